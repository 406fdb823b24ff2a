"""Hostile addresses and hostile rows: clear 4xx pages, nothing reflected as markup, no traceback."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from isoline.domain.catalog import load_catalog
from isoline.present.web.app import create_app
from isoline.present.web.query import PARAMETERS, Query
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.web.conftest import HOSTILE
from tests.web.test_routes import SEED

FIELDS = ("price.b300", "power.b300", "default_at")  # what only a form sends


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("?at=60,x&tier=rental", 400, "60,x"),
        ("?at=nan", 400, "nan"),
        ("?at=-5", 400, "above 0"),
        ("?at=1e308", 400, "at most"),
        ("?at=" + ",".join(["1"] * 101), 400, "100"),
        ("?at=" + "9," * 3000, 400, "longer"),
        ("?method=median", 400, "pooled"),
        ("?tier=free", 400, "rental"),
        ("?price=b300=-1", 400, "b300=2.26"),
        ("?price=h100=2", 400, "h100"),
        ("?price.h100=2&tier=rental", 302, ""),
        ("?sequence=long", 400, "8k/1k"),
        ("?sequence=8k/1k", 404, "1k/1k"),
        ("?sequence=" + "9" * 3000 + "k/1k", 400, "8k/1k"),
        ("?as_of=yesterday", 400, "2026-06-14"),
        ("?dataset=nothing", 400, "published"),
        ("?at=%00%ff<script>", 400, ""),
        ("?metric=speed&tier=rental&at=60,90", 400, "output_throughput_per_gpu"),
        ("?x=time", 400, "ttft"),
        ("?log=yes", 400, "neither 1"),
        ("?vendor=intel", 400, "nvidia"),
        ("?vendor=amd", 404, "AMD only"),
        ("?aggregation=both", 400, "disaggregated"),
        ("?spec_decode=magic", 400, "mtp"),
        ("?aggregation=aggregated", 404, "published readings do not say"),
        ("?spec_decode=mtp", 404, "published readings do not say"),
        ("?x=ttft", 404, "do not report x ttft"),
        ("?metric=avg_power_w", 404, "do not report metric avg_power_w"),
        ("?to.colour=red", 400, "none of model"),
        ("?bogus=1", 400, "there is no parameter 'bogus'; there is at, within"),
        ("?mehtod=pooled&at=60", 400, "there is no parameter 'mehtod'. Did you mean method?"),
        ("?utm_campaign=1&tier=free", 400, "rental"),
        ("?to.model=none", 404, "model none"),
    ],
)
def test_bad_parameters_get_a_page_that_keeps_the_rest(
    packaged: TestClient, query: str, status: int, words: str
) -> None:
    answer = packaged.get(SEED + query)
    assert answer.status_code == status
    assert words in html.unescape(answer.text)
    assert "<script>" not in answer.text
    if "tier=rental" in query and status == 400:
        left = "?at=60,90&amp;tier=rental" if "metric" in query else "?tier=rental"
        assert f'href="{SEED}{left}"' in answer.text
        assert '<option value="rental" selected>' in answer.text
        assert re.findall('name="at"[^>]* value="([^"]*)"', answer.text)[:3] in (
            ["60", "x", ""],
            ["60", "90", ""],
        )


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("?at=60,x&tier=rental", {"at": "60,x"}),
        ("?method=median&at=60", {"method": "there is envelope, pooled"}),
        ("?price=b300=-1&as_of=x&tier=rental", {"price": "b300=2.26", "as_of": "2026-06-14"}),
        ("?vendor=amd&at=60", {"vendor": "AMD only"}),  # only together with the data is it wrong
        ("?dataset=nothing&log=1", {"dataset": "there is no dataset"}),
        ("?within=0.5,x&at=60", {"within": "like 0.05,0.5"}),
        ("?bogus=1&at=60", {}),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    packaged: TestClient, query: str, wrong: dict[str, str]
) -> None:
    text = packaged.get(SEED + query).text
    said = dict(re.findall(r'<span class="wrong" id="wrong-(\w+)">(.*?)</span>', text))
    assert said.keys() == wrong.keys()
    for name, words in wrong.items():
        assert words in html.unescape(said[name])
        fields = re.findall(rf'<(?:input|select)[^>]* name="{name}[."][^>]*>', text)
        marked = f'aria-invalid="true" aria-describedby="wrong-{name}"'
        assert sum(marked in field for field in fields) == 1
    assert text.count('aria-invalid="true"') == len(wrong)


def test_lists_take_no_other_parameters(packaged: TestClient) -> None:
    for path in ("/", "/index.json", "/compare-precision", "/compare.json", "/compare-per-dollar"):
        assert packaged.get(f"{path}?utm_medium=mail&fbclid=x").status_code == 200
        answer = packaged.get(f"{path}?bogus=1")
        assert answer.status_code == 400
        assert "there is no parameter" in answer.text
        assert (answer.headers["content-type"] == "application/json") == path.endswith(".json")


@pytest.mark.parametrize("suffix", [".json", ".chart.json", ".csv", ".svg", ".png"])
def test_other_forms_say_it_in_their_own_way(packaged: TestClient, suffix: str) -> None:
    for path, status in (
        (f"{SEED}{suffix}?at=x", 400),
        (f"/compare-precision/nothing-at-all{suffix}", 404),
    ):
        answer = packaged.get(path)
        assert answer.status_code == status
        assert "<" not in answer.text
        if suffix.endswith("json"):
            assert answer.json()["error"]


@pytest.mark.parametrize("query", ["theme=pink", "size=huge", "width=1", "height=1e9", "width=nan"])
def test_bounds_of_pictures(packaged: TestClient, query: str) -> None:
    assert packaged.get(f"{SEED}.svg?{query}").status_code == 400


def test_parts_are_of_specifications_only(packaged: TestClient) -> None:
    assert set(packaged.get(f"{SEED}.chart.json?part=targets").json()) == {"datasets"}
    assert packaged.get(f"{SEED}.chart.json?part=points").status_code == 400
    assert "<path" in packaged.get(f"{SEED}.svg?part=targets").text


def test_an_unknown_comparison_suggests_known_ones(packaged: TestClient) -> None:
    meant = packaged.get("/compare-precision/qwn-3-5-b300-fp4-vs-bf16")
    assert meant.status_code == 404
    assert 'href="/compare-precision/qwen-3-5-b300-fp4-vs-bf16"' in meant.text
    for path in ("/compare-precision/" + "x" * 3000, "/nothing"):  # like nothing known: what there is
        answer = packaged.get(path)
        assert answer.status_code == 404
        assert 'href="/compare-precision/qwen-3-8b-h200-fp4-vs-fp8"' in answer.text
    for name in (quote(HOSTILE, safe=""), "..%2f..%2fetc%2fpasswd", "%00-vs-%00"):
        answer = packaged.get(f"/compare-precision/{name}")
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text


def test_markup_in_imported_texts_stays_text(hostile: TestClient) -> None:
    page = hostile.get(SEED)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert 'href="javascript:' not in page.text
    assert HOSTILE in html.unescape(page.text)
    assert "{{7*7}}" in page.text  # no template evaluates it
    assert hostile.get(f"{SEED}.chart.json").status_code == 200


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    root = tmp_path_factory.mktemp("fuzz")
    app = create_app(Sources(lambda: Store(root)), load_catalog(()))
    return TestClient(app, follow_redirects=False, raise_server_exceptions=True)


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.sampled_from((*PARAMETERS, *FIELDS, "to.model", "to.a")),
            st.text(max_size=30),
        ),
        max_size=6,
    )
)
@example([("price.b300", ",")])
def test_no_query_breaks_a_page(one: TestClient, pairs: list[tuple[str, str]]) -> None:
    query = "&".join(f"{key}={quote(value, safe='', errors='replace')}" for key, value in pairs)
    answer = one.get(f"{SEED}?{query}")
    assert answer.status_code in (200, 302, 400, 404)
    if answer.status_code == 302:  # a tidied address is tidy
        assert one.get(answer.headers["location"]).status_code in (200, 400, 404)


@example([("price.b300", ",")])
@given(st.lists(st.tuples(st.sampled_from((*PARAMETERS, *FIELDS)), st.text(max_size=20)), max_size=9))
def test_tidying_twice_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    once = Query.of(pairs)
    assert Query.of(once.values) == once
