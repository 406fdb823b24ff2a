"""Every address with whatever schemathesis makes of its description: an answer or a clear 4xx, no 5xx."""

from __future__ import annotations

import html
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from isoline.domain.catalog import load_catalog
from isoline.present.web.app import create_app
from isoline.present.web.compare import SUFFIXES
from isoline.present.web.openapi import ENDLESS, LOOK, PART, PICTURES, PLAIN, QUESTION, TEXTS, document
from isoline.present.web.query import PARAMETERS
from isoline.present.web.site import PER_DOLLAR, ROUTES
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.web.test_routes import SEED

DESCRIBED = schemathesis.openapi.from_dict(document("http://testserver"))
OPERATIONS = [
    found.ok() for found in DESCRIBED.get_all_operations() if found.ok().path not in PLAIN | ENDLESS
]
SLUG = SEED.rpartition("/")[2]
ALLOWED = (200, 302, 304, 308, 400, 404)
SLOW = list(HealthCheck)  # generating values takes longer than asking for them


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Packaged readings alone; an exception of the application fails the test."""
    root = tmp_path_factory.mktemp("described")
    app = create_app(Sources(lambda: Store(root / "store")), load_catalog(()), cache=root)
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
def test_no_address_breaks(server: TestClient, operation: schemathesis.APIOperation, mode: object) -> None:
    @settings(max_examples=5, suppress_health_check=SLOW)
    @given(operation.as_strategy(generation_mode=mode), st.booleans())
    def ask(case: schemathesis.Case, known: bool) -> None:
        if known and "slug" in case.path_parameters:
            case.path_parameters["slug"] = SLUG  # then the query decides
        if known and "model" in case.path_parameters:
            case.path_parameters["model"] = "qwen-3-8b"
        answer = server.get(f"{case.formatted_path}?{urlencode(case.query, doseq=True, errors='replace')}")
        assert answer.status_code in ALLOWED
        if answer.status_code >= 400 and case.path_parameters:
            assert answer.text

    ask()


BAD = {
    "at": ("x", "0", "-1", "1e7", "nan", ",".join(["5"] * 101), "1" * 400),
    "sequence": ("long", "1k", "9/9/9", "4k/4k"),
    "method": ("median", "Pooled"),
    "tier": ("free", "<b>"),
    "price": ("b300", "b300=-1", "b300=inf", "h100=2", "=2"),
    "power": ("b300=x", "mi300=1"),
    "dataset": ("nothing", "../../etc/passwd", "'; DROP TABLE points; --"),
    "as_of": ("yesterday", "2026-13-01"),
    "metric": ("speed", "cost_per_mtok,throughput_per_gpu", "avg_power_w"),
    "vendor": ("intel", "amd"),
    "aggregation": ("both", "aggregated"),
    "spec_decode": ("magic", "mtp,x"),
    "match": ("speed", "precision", "all"),
    "max_ttft": ("x", "0", "-1", "0.5"),  # the last: published readings report none
    "max_e2e": ("1e9", "nan", "20"),
    "limit_on": ("p50", "mean"),
    "x": ("time", "ttft"),
    "log": ("yes", "2"),
    "hide": ("fp8", "fp4:vllm", "../fp4"),
}
GOOD = {"at": "120,200", "tier": "rental", "method": "pooled", "price": "b300=3.1", "power": "b300=1.9"}


@given(st.sampled_from(sorted(BAD)).flatmap(lambda k: st.tuples(st.just(k), st.sampled_from(BAD[k]))))
def test_a_wrong_value_keeps_the_rest_of_the_selection(server: TestClient, bad: tuple[str, str]) -> None:
    rest = {name: value for name, value in GOOD.items() if name != bad[0]}
    answer = server.get(f"{SEED}?{urlencode(rest | dict([bad]))}")
    assert answer.status_code in (400, 404)
    text = html.unescape(answer.text)
    kept = "&".join(f"{name}={rest[name]}" for name in PARAMETERS if name in rest)
    assert f'href="{SEED}?{kept}"' in text
    assert server.get(f"{SEED}?{kept}").status_code == 200
    if "tier" in rest:
        assert '<option value="rental" selected>' in text


@contextmanager
def opened() -> Iterator[list[str]]:
    """The paths of files that Python opens meanwhile."""
    seen: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in ("open", "os.listdir", "os.scandir"):
            seen.append(os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes) else "")

    sys.addaudithook(watch)
    try:
        yield seen
    finally:
        watching = False


TRAVERSALS = (
    "../" * 8 + "etc/passwd",
    "/etc/passwd",
    "..\\..\\etc\\passwd",
    "%2e%2e%2f" * 8 + "etc%2fpasswd",
    "\0",
)

CONTENT = "what nobody may read"


def test_no_address_reads_outside_the_store(server: TestClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.parquet"
    secret.write_text(CONTENT)
    names = (*TRAVERSALS, str(secret), f"file://{secret}", f"{secret}*", f"'{secret}'")
    server.get(SEED)
    with opened() as seen:
        for name in names:
            for path in (f"/static/{name}", f"/compare-precision/{quote(name, safe='')}", f"/{name}"):
                assert CONTENT not in server.get(quote(path, safe="/%")).text
            for parameter in (*PARAMETERS, "theme", "size", "q"):
                for suffix in ("", ".json", ".points", ".svg"):
                    answer = server.get(f"{SEED}{suffix}?{urlencode({parameter: name})}")
                    assert answer.status_code in ALLOWED
                    assert CONTENT not in answer.text
                    assert "root:" not in answer.text
    inside = (str(Path(sys.prefix)), str(Path(__file__).parents[2] / "src"), sys.base_prefix)
    strange = [path for path in seen if path and not path.startswith(inside) and "described" not in path]
    assert strange == []


def test_the_description_is_complete(server: TestClient) -> None:
    found = server.get("/openapi.json").json()
    assert found["servers"] == [{"url": "http://testserver"}]
    assert {item["name"] for item in QUESTION} == set(PARAMETERS)
    assert {suffix for suffix in (*TEXTS, *PICTURES) if suffix} == set(SUFFIXES)
    for path in (*PLAIN, *ROUTES.values(), PER_DOLLAR):
        assert path in found["paths"]
        assert server.get(path).status_code == 200
    for item in (*QUESTION, *LOOK, PART):
        suffix = ".json" if item in QUESTION else ".chart.json" if item == PART else ".svg"
        asked = urlencode({str(item["name"]): item["example"]})
        assert server.get(f"{SEED}{suffix}?{asked}").status_code in (200, 400, 404), item["name"]


def test_every_address_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs/page.md").read_text()
    for name in (*PLAIN, *ENDLESS, *(f"…{suffix}" for suffix in SUFFIXES)):
        assert f"`{name}`" in text, name
