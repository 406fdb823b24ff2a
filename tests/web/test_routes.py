"""Addresses: what answers, what is moved, what is missing, and that page and twin say the same."""

from __future__ import annotations

import csv
import html
import io
import json
import math
import re
from collections import Counter
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from isoline.domain.point import Dataset
from isoline.present.charts import MOVING
from isoline.present.palette import THEMES
from isoline.present.web import assets
from isoline.present.web.headers import HEADERS
from isoline.present.web.query import PARAMETERS
from isoline.present.web.site import PER_DOLLAR, ROUTES
from isoline.store.store import Store
from tests.points import point
from tests.shared import needs_shared
from tests.store.fakes import evaluation
from tests.web.conftest import client

SEED = "/compare-precision/qwen-3-5-b300-fp4-vs-bf16"
DEEPSEEK = "/compare-precision/deepseek-r1-b200-fp4-vs-fp8"
QUERIES = [
    "",
    "?at=120,200",
    "?at=160&price=b300=3.1",
    "?tier=rental&method=pooled",
    "?at=300,1&power=b300=2",
    "?dataset=published&sequence=1k/1k",
    "?metric=cost_per_mtok&vendor=nvidia&log=1&optimal=1",
    "?metric=provisioned_j_per_token&at=160",
    "?within=0.316,0.4,0.01&tier=rental",
]
FLAGS = ("log", "optimal")


@pytest.mark.parametrize("query", QUERIES)
def test_the_twin_is_the_command_lines_document(
    packaged: TestClient, query: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from isoline.cli.main import main

    options = [part.split("=", 1) for part in query[1:].split("&") if part]
    words = [text for key, value in options for text in (f"--{key}", *([] if key in FLAGS else [value]))]
    assert (
        main(["compare", SEED.rsplit("/", 1)[1], *words, "--format", "json", "--store", str(tmp_path)]) == 0
    )
    printed = json.loads(capsys.readouterr().out)
    assert packaged.get(f"{SEED}.json{query}").json() == printed


@pytest.mark.parametrize("query", QUERIES)
def test_the_page_says_what_its_twin_says(packaged: TestClient, query: str) -> None:
    page = packaged.get(SEED + query)
    assert page.status_code == 200
    text = html.unescape(page.text)
    found = packaged.get(f"{SEED}.json{query}").json()
    for sentence in found["narrative"]:
        assert sentence in text
    for target in found["targets"]:
        assert f'value="{target["interactivity"]:.10g}"' in text
        for reading in target["readings"]:
            value = reading["throughput_per_gpu"]
            digits = "10" if reading["status"] == "published" else "3"
            shown = "—</td>" if value is None else f"{float(f'{value:.{digits}g}'):,.10g}"
            assert f"<td>{shown}" in text


def test_per_dollar_is_the_same_comparison_led_by_cost(packaged: TestClient) -> None:
    path = f"{PER_DOLLAR}/{SEED.rsplit('/', 1)[1]}"
    usual, other = (packaged.get(f"{where}.json?at=160").json() for where in (SEED, path))
    assert other["view"]["metric"] == "cost_per_mtok"
    assert other["narrative"][0].partition(": ")[2].startswith("FP4 costs 65 % less per token")
    readings = [[r | {"value": None} for r in found["targets"][0]["readings"]] for found in (usual, other)]
    assert readings[0] == readings[1]
    page = html.unescape(packaged.get(f"{path}?at=160").text)
    assert "isoline compare qwen-3-5-b300-fp4-vs-bf16 --view per-dollar --at 160" in page
    assert packaged.get(PER_DOLLAR).status_code == 200


@needs_shared
@pytest.mark.parametrize("aggregation", ["aggregated", "disaggregated"])
@pytest.mark.parametrize("axis", ["interactivity", "e2e", "ttft"])
def test_filters_and_axes_narrow_all_parts_alike(shared: TestClient, aggregation: str, axis: str) -> None:
    query = f"sequence=8k/1k&aggregation={aggregation}&x={axis}&metric=output_throughput_per_gpu"
    found = shared.get(f"{DEEPSEEK}.json?{query}").json()
    assert found["filters"]["aggregation"] == aggregation
    assert found["offers"]["aggregation"] == ["aggregated", "disaggregated"]
    for side in found["sides"]:
        assert {recipe["disaggregated"] for recipe in side["recipes"]} == {aggregation == "disaggregated"}
    for sentence in (found["narrative"][0], shared.get(f"{DEEPSEEK}?{query}").text):
        assert f"{aggregation} only" in sentence
    drawn = shared.get(f"{DEEPSEEK}.chart.json?{query}").json()
    assert len(drawn["datasets"]["points"]) == sum(side["points"] for side in found["sides"])
    part = shared.get(f"{DEEPSEEK}.chart.json?{query}&part=targets").json()
    assert part == {"datasets": {name: drawn["datasets"][name] for name in MOVING}}


@needs_shared
def test_the_points_beside_a_target_tell_their_latencies(shared: TestClient) -> None:
    found = shared.get(f"{DEEPSEEK}.json").json()
    near = [n for t in found["targets"] for r in t["readings"] for n in r["neighbours"]]
    assert near
    assert all(0 < n["ttft"] < n["e2e"] for n in near)
    page = shared.get(DEEPSEEK).text
    assert "TTFT <span>s, median" in page
    assert all(f'href="{n["run_url"]}"' in page for n in near)


def test_every_kind_has_a_page_and_an_index(packaged: TestClient) -> None:
    for path in ROUTES.values():
        assert packaged.get(path).status_code == 200
    assert SEED in packaged.get("/").text
    assert SEED in packaged.get("/compare-precision").text
    nothing = packaged.get("/compare-precision?q=none+such&utm_source=x").text
    assert "No comparison matches “none such”." in nothing
    assert '<div id="pairs" hidden>' in nothing


def ahead(page: str, path: str) -> tuple[str, str]:
    """Class and text of what a table of pairs tells of one comparison."""
    row = next(part for part in page.split("<tr")[1:] if f'href="{path}"' in part)
    cells = re.findall(r"<td(?: class=\"(\w+)\")?><b>(.*?)</td>", row, re.DOTALL)
    ((name, text),) = cells
    return name, html.unescape(re.sub(r"<[^>]+>", "", text))


def test_lists_tell_ratios_with_an_interval_from_those_without(packaged: TestClient) -> None:
    """Own measurements are repeated; published readings are what a page printed once."""
    for page in (packaged.get("/").text, packaged.get("/compare-precision").text):
        own, text = ahead(page, "/compare-precision/qwen-3-8b-h100-fp4-vs-bf16")
        assert own == "firm"
        assert re.fullmatch(r"FP4 \d\.\d\d× \[\d\.\d\d–\d\.\d\d\] at \d+, 1k/1k", text)
        assert ahead(page, SEED) == ("", "FP4 2.9× at 160, 1k/1k published")
        assert "95 % interval between repeated runs" in page
    firm = packaged.get("/compare-precision/qwen-3-8b-h100-fp4-vs-bf16").text
    assert "<h1>" in firm
    assert '<h1 class="soft">' in packaged.get(SEED).text


def test_only_the_ratios_of_winners_are_bold(packaged: TestClient) -> None:
    """At 80 the interval holds 1, at 120 a point beside was measured once."""
    path = "/compare-precision/qwen-3-8b-h100-fp4-vs-bf16?at=80,94,120"
    page = packaged.get(path).text
    rows = re.findall(r'<tr class="ratio">(.*?)</tr>', page, re.DOTALL)
    cells = [re.findall(r'<td(?: class="(ahead)")?>[\d.]+×<small>', row) for row in rows]
    assert cells == [["", "ahead", ""]] * 2  # throughput and cost
    assert "bold × a side wins there" in page
    assert "bold ×" not in packaged.get(path.replace("94,", "")).text


STANDS = {
    "full": "on the line",
    "pale": "best of its series",
    "hollow": "beaten in its series",
}


@needs_shared
def test_the_table_of_points_says_what_the_chart_draws(shared: TestClient) -> None:
    path = "/compare-precision/deepseek-r1-gb200-fp4-vs-fp8"
    drawn = shared.get(f"{path}.chart.json").json()["datasets"]["points"]
    beaten = {"frontier": "pale", "other": "hollow"}
    looks = Counter("full" if point["on_line"] else beaten[point["role"]] for point in drawn)
    listed = shared.get(f"{path}.points").text
    assert {look: listed.count(f"<td>{text}</td>") for look, text in STANDS.items()} == looks
    assert len(looks) == len(STANDS)
    assert listed.count("<td>1 run</td>") == len(drawn)


@needs_shared
def test_lists_mark_single_runs(shared: TestClient) -> None:
    path = "/compare-precision/deepseek-r1-gb200-fp4-vs-fp8"
    assert ahead(shared.get("/compare-precision").text, path)[1].endswith("single runs")
    assert ", from single runs" in shared.get(f"{path}.json").json()["narrative"][0]
    assert ahead(shared.get(PER_DOLLAR).text, "/compare-per-dollar/deepseek-r1-b200-vs-b300")[1].endswith(
        "single runs"
    )


@needs_shared
@pytest.mark.parametrize(
    "path",
    [
        DEEPSEEK,
        "/compare/deepseek-r1-b200-vs-h200?precision=fp8",
        "/compare-spec-decode/deepseek-r1-b200-fp4-mtp-vs-none",
        "/compare-engine/deepseek-r1-b200-fp8-sglang-vs-trt",
        "/compare-gpu-precision/deepseek-r1-b200-fp4-vs-h200-fp8",
    ],
)
def test_every_kind_with_rows(shared: TestClient, path: str) -> None:
    page = shared.get(path)
    assert page.status_code == 200
    assert "Answer quality" in page.text
    assert shared.get(path.replace("?", ".json?") if "?" in path else f"{path}.json").status_code == 200


def test_budgets_are_told_as_on_the_command_line(packaged: TestClient) -> None:
    """The printed page has $0.316 and $0.524 at 160 and 218 tok/s/user for FP4, BF16 from $0.474 at 102."""
    text = packaged.get(f"{SEED}?within=0.316,0.524").text
    told = re.search(r'<p class="scores within">(.*?)</p>', text, re.DOTALL)
    assert told is not None
    first, second = told[1].split("<br>")
    budget = "<b>Within ${} per M tokens:</b> FP4 up to {} tok/s/user (published), BF16 {}"
    assert first == budget.format("0.316", "160", "nowhere")
    between = re.escape(budget.format("0.524", "218", "up to "))
    assert re.fullmatch(between + r"1\d\d(\.\d)? .*", second.strip())
    assert re.findall('name="within"[^>]* value="([^"]*)"', text)[:3] == ["0.316", "0.524", ""]
    assert "isoline compare qwen-3-5-b300-fp4-vs-bf16 --within 0.316,0.524" in text
    edited = packaged.get(f"{SEED}?default_at=102,160,218&at=102&at=161&at=&within=0.316")
    assert edited.headers["location"] == f"{SEED}?at=102,161&within=0.316"
    for fields, told_as in (("0,05", "0.05"), ("0,05 0.5", "0.05,0.5"), ("1,250 0,5", "1250,0.5")):
        sent = "&".join(f"within={field}" for field in (*fields.split(), "", ""))
        assert packaged.get(f"{SEED}?{sent}").headers["location"] == f"{SEED}?within={told_as}"


@needs_shared
def test_scores_of_both_sides_are_under_the_table(shared: TestClient) -> None:
    line = re.search(r'<p class="scores">.*?</p>', shared.get(DEEPSEEK).text, re.DOTALL)
    assert line is not None
    assert re.search(r"FP4 <b>0\.\d{3}</b>.*FP8 <b>0\.\d{3}</b>", line.group(), re.DOTALL)


def test_every_output_has_the_scores_of_both_sides(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest of each side; one of another precision is no side's."""
    from isoline.cli.main import main

    points = {
        precision: [point(x, y, 8, precision=precision) for x, y in ((40.0, 900.0), (60.0, 500.0))]
        for precision in ("fp4", "bf16", "fp8")
    }
    held = [
        ("fp4", 0.95, None, "2026-01-01", None, None),
        ("fp4", 0.954, 0.0058, "2026-02-01", 1319, "https://example.org/1"),
        ("bf16", 0.9614, None, None, None, None),
        ("fp8", 0.5, None, None, None, None),
    ]
    evaluations = [
        evaluation(
            *(f"{precision} {date}",),
            recipe=points[precision][0].recipe,
            dataset="test",
            score=score,
            standard_error=error,
            date=date,
            n=n,
            run_url=url,
        )
        for precision, score, error, date, n, url in held
    ]
    both = [one for group in points.values() for one in group]
    Store(tmp_path).write_run(Dataset("test", "runs"), "import", points=both, evaluations=evaluations)

    def printed(form: str) -> str:
        asked = ["compare", SEED.rsplit("/", 1)[1], "--dataset", "test", "--store", str(tmp_path)]
        assert main([*asked, "--format", form]) == 0
        return capsys.readouterr().out

    told = json.loads(printed("json"))
    with client(tmp_path) as pages:
        assert pages.get(f"{SEED}.json?dataset=test").json() == told
    keys = ("side", "score", "standard_error", "n", "date", "source", "others")
    assert [tuple(score[key] for key in keys) for score in told["scores"]] == [
        ("FP4", 0.954, 0.0058, 1319, "2026-02-01", "https://example.org/1", 1),
        ("BF16", 0.9614, None, None, None, None, 0),
    ]
    line = (
        "Answer quality: gsm8k (exact match): FP4 0.954 ± 0.006 (n 1,319, 2026-02-01; of the recipe read: "
        "sglang, without spec decode, TP4); BF16 0.961 (undated; of the recipe read: sglang, without "
        "spec decode, TP4). "
        "Difference FP4 − BF16: −0.007, how sure is not known. Read are the recipes beside 50 tok/s/user."
    )
    for form in ("table", "markdown"):
        assert line in " ".join(printed(form).split())


@pytest.mark.parametrize(
    ("asked", "status", "leads_to"),
    [
        ("/compare-precision/qwen-3-5-b300-bf16-vs-fp4?at=60,90", 308, f"{SEED}?at=60,90"),
        ("/compare-precision/qwen-3-5-b300-bf16-vs-fp4.json?at=60", 308, f"{SEED}.json?at=60"),
        ("/compare/qwen-3-5-b300-fp4-vs-bf16?tier=rental", 308, f"{SEED}?tier=rental"),
        ("/compare-precision/Qwen-3-5-B300-FP4-vs-BF16?at=60", 308, f"{SEED}?at=60"),
        ("/compare-precision/QWEN-3-5-b300-fp4-VS-bf16.csv", 308, f"{SEED}.csv"),
        (f"{SEED}/?at=60,90&tier=rental", 308, f"{SEED}?at=60,90&tier=rental"),
        (
            "/compare-precision/qwen-3-8b-h200-fp8-vs-h100-fp4?at=150",
            308,
            "/compare-gpu-precision/qwen-3-8b-h100-fp4-vs-h200-fp8?at=150",
        ),
        (
            "/compare-gpu-precision/qwen-3-5-b300-bf16-vs-b300-fp4?at=60",
            308,
            f"{SEED}?at=60",
        ),
        (
            "/compare-gpu-precision/qwen-3-8b-h100-fp4-vs-h200-fp8?to.b=h200-bf16&at=120",
            302,
            "/compare-gpu-precision/qwen-3-8b-h100-fp4-vs-h200-bf16?at=120",
        ),
        ("/compare-precision/", 308, "/compare-precision"),
        ("/live/", 308, "/live"),
        (f"{SEED}?at=&tier=&price.b300=2.26&power.b300=", 302, f"{SEED}?price=b300=2.26"),
        (f"{SEED}?at=60&at=90", 302, f"{SEED}?at=60,90"),
        (f"{SEED}?at=94&at=118,5&at=128&at=", 302, f"{SEED}?at=94,118.5,128"),  # a field is one number
        (f"{SEED}?at=1,250&at=0,125&at=12,3456", 302, f"{SEED}?at=1250,0.125,12.3456"),
        (f"{SEED}?at=118,5&at=&price.b300=2,26", 302, f"{SEED}?at=118.5&price=b300=2.26"),
        (
            f"{SEED}?default_at=102,160,218&at=102&at=160&at=218&at=&method=pooled",
            302,
            f"{SEED}?method=pooled",
        ),
        (f"{SEED}?default_at=102,160&at=102&at=161", 302, f"{SEED}?at=102,161"),
        (
            f"{SEED}?to.b=fp8&to.model=qwen-3-5&tier=rental",
            302,
            "/compare-precision/qwen-3-5-b300-fp4-vs-fp8?tier=rental",
        ),
        (
            f"{SEED}?to.hardware=mi355x&price=b300=3&log=1",
            302,
            "/compare-precision/qwen-3-5-mi355x-fp4-vs-bf16?log=1",
        ),
        (f"{SEED}?to.a=fp4&metric=cost_per_mtok", 302, f"{SEED}?metric=cost_per_mtok"),
    ],
)
def test_redirects_keep_the_selection(packaged: TestClient, asked: str, status: int, leads_to: str) -> None:
    answer = packaged.get(asked)
    assert (answer.status_code, answer.headers["location"]) == (status, leads_to)
    assert packaged.get(leads_to).status_code == 200


@pytest.mark.parametrize("suffix", ["", ".json", ".svg", ".points"])
def test_what_others_add_to_links_is_left_alone(packaged: TestClient, suffix: str) -> None:
    assert packaged.get(f"{SEED}{suffix}?utm_source=x&gclid=y&ref=z").status_code == 200


def test_tables_of_pairs_have_a_twin(packaged: TestClient) -> None:
    """Its ratios are those of each comparison's own document, at the target that this is told by."""
    found = packaged.get("/compare-precision.json?q=h100").json()
    page = packaged.get("/compare-precision?q=h100").text
    rows = re.findall(
        r'<tr data-words="[^"]*"( hidden)?>.*?href="/compare-precision/([\w-]+)"', page, re.DOTALL
    )
    assert [pair["slug"] for pair in found["pairs"]] == [slug for hidden, slug in rows if not hidden]
    assert len(rows) > len(found["pairs"]) > 0
    own = next(pair for pair in found["pairs"] if pair["slug"] == "qwen-3-8b-h100-fp4-vs-bf16")
    document = packaged.get(own["json"]).json()
    same = next(t for t in document["targets"] if t["interactivity"] == own["told"]["interactivity"])
    keys = ("interactivity", "ratios", "winner", "winner_reason")
    assert own["told"] == {"sequence": "1k/1k", "precision": None} | {key: same[key] for key in keys}
    assert f", at {own['told']['interactivity']:g} tok/s/user:" in document["narrative"][0]
    assert (own["points"], own["own"], own["simulated"]) == ([7, 7], True, False)
    dollars = packaged.get(f"{PER_DOLLAR}.json").json()
    assert dollars["count"] == len(dollars["pairs"])
    assert all(pair["path"].startswith(PER_DOLLAR) for pair in dollars["pairs"])
    start = packaged.get("/index.json").json()["kinds"]
    assert [kind["path"] for kind in start] == list(ROUTES.values())
    for kind in start:
        assert kind["count"] == packaged.get(f"{kind['path']}.json").json()["count"]


@needs_shared
def test_tables_of_pairs_say_of_which_sequence_and_precision_they_tell(shared: TestClient) -> None:
    """Neighbouring ratios need not be of the same: of each pair as its own page has it."""
    found = {pair["slug"]: pair for pair in shared.get("/compare.json").json()["pairs"]}
    cells = dict(
        re.findall(
            r'href="/compare/([\w-]+)">.*?<span class="at">(at .*?)(?: <abbr|</td>)',
            shared.get("/compare").text,
            re.DOTALL,
        )
    )
    told = set()
    for slug in ("deepseek-r1-b300-vs-h200", "deepseek-r1-b200-vs-b300", "qwen-3-8b-h100-vs-h200"):
        own, page = found[slug]["told"], shared.get(f"/compare/{slug}").text
        assert f"{own['sequence']} · {own['precision'].upper()} · method" in page
        assert f"at {own['interactivity']:g} tok/s/user" in page
        said = re.sub(r"<[^>]+>", "", cells[slug])
        assert said.endswith(f"at {own['interactivity']:g}, {own['sequence']} {own['precision'].upper()}")
        told.add((own["sequence"], own["precision"]))
    assert len(told) > 1


def test_every_response_has_the_policy(packaged: TestClient) -> None:
    for path in ("/", SEED, f"{SEED}.json", "/compare-precision/nothing", "/nothing", f"{SEED}?at=x"):
        headers = packaged.get(path).headers
        for name, value in HEADERS.items():
            assert headers[name] == value
    for path in ("/", SEED, "/compare"):
        text = packaged.get(path).text
        assert not re.search(
            r"<style|style=|<script(?! defer src=\"/static/"
            r"| type=\"application/ld\+json\")"
            r"| on[a-z]+=\"",
            text,
        )
        assert not re.search(r"(src|srcset|action)=\"(https?:)?//", text)


def test_files_are_kept_for_good_and_stay_inside(packaged: TestClient) -> None:
    (address,) = re.findall(r'href="(/static/[^"]+\.css)"', packaged.get("/").text)
    answer = packaged.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/page.css", "/static//etc/passwd"):
        assert packaged.get(path).status_code == 404


def test_side_colours_are_those_of_the_chart() -> None:
    css = (Path(assets.__file__).parent / "static/page.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    for text, name in ((light, "light"), (dark, "dark")):
        theme = THEMES[name]
        for colour in (theme.background, theme.ink, theme.muted, theme.rule, theme.grid, *theme.sides):
            assert colour in text, (name, colour)


def test_pictures_follow_theme_and_size(packaged: TestClient) -> None:
    narrow = packaged.get(f"{SEED}.svg?size=narrow&theme=dark")
    assert narrow.headers["content-type"] == "image/svg+xml"
    assert THEMES["dark"].background in narrow.text
    assert packaged.get(f"{SEED}.png").content.startswith(b"\x89PNG")
    spec = packaged.get(f"{SEED}.chart.json?width=500&height=400").json()
    around = spec["padding"]
    assert spec["width"] + around["left"] + around["right"] == 500
    assert spec["height"] + around["top"] + around["bottom"] == 400


def test_csv(packaged: TestClient) -> None:
    assert packaged.get(f"{SEED}.csv?at=160").text.splitlines()[1].startswith("160.0,FP4,published,2057.5")


def test_all_points_can_be_taken_along(packaged: TestClient) -> None:
    path = "/compare-precision/qwen-3-8b-h100-fp4-vs-bf16"
    document = packaged.get(f"{path}.points.json").json()
    rows = list(csv.DictReader(io.StringIO(packaged.get(f"{path}.points.csv").text)))
    assert len(rows) == len(document["points"]) == 14
    for row, told in zip(rows, document["points"], strict=True):
        assert float(row["throughput"]) == told["throughput"]
        assert int(row["runs"]) == max(len(told["runs"]), 1)
        assert row["weight_format"] == told["recipe"]["weight_format"]
        assert float(row["energy_j"]) == told["metrics"]["energy_j"]  # no comparison reads it
        if told["runs"]:
            product = math.prod(run["throughput"] for run in told["runs"])
            assert told["throughput"] == pytest.approx(product ** (1 / len(told["runs"])))
    assert [row["side"] for row in rows] == ["FP4"] * 7 + ["BF16"] * 7
    assert packaged.get(f"{path}.points.csv?sequence=8k/1k").status_code == 404


def test_the_page_names_the_command(packaged: TestClient) -> None:
    page = html.unescape(packaged.get(f"{SEED}?at=120&as_of=2026-11-01").text)
    assert "isoline compare qwen-3-5-b300-fp4-vs-bf16 --at 120 --as-of 2026-11-01" in page or (
        packaged.get(f"{SEED}?at=120&as_of=2026-11-01").status_code == 404  # published readings are undated
    )


def test_routes_and_parameters_are_documented() -> None:
    text = (Path(__file__).parents[2] / "docs/page.md").read_text()
    for name in (*PARAMETERS, *(f"{path}/" for path in (*ROUTES.values(), PER_DOLLAR))):
        assert f"`{name}" in text, name
