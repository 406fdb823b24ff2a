"""The page as one file: no server, no request, and still every target reads what Python reads."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from isoline.analyse import words
from isoline.analyse.built import Built
from isoline.analyse.comparison import Comparison, Interval, Reading
from isoline.ask.answer import answer, ready
from isoline.ask.asked import Asked, question
from isoline.domain.catalog import load_catalog
from isoline.domain.point import SIMULATED, Dataset, Point
from isoline.domain.slugs import parse_slug
from isoline.present import table
from isoline.present.behind import behind
from isoline.present.charts import comparison_chart
from isoline.present.web.query import Query
from isoline.present.web.saved import saved
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point
from tests.shared import SHARED
from tests.web.conftest import CHROMIUM, HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import Page

SEED = "qwen-3-5-b300-fp4-vs-bf16"
CASES = {
    "published": (SEED, Asked(), ""),
    "own rates": (SEED, Asked(price=("b300=3.1",), power=("b300=1.9",)), ""),
    "gaps": ("deepseek-r1-b200-fp4-vs-fp8", Asked(), "shared"),
    "pooled": ("deepseek-r1-b200-fp4-vs-fp8", Asked(method="pooled", tier="rental"), "shared"),
    "GPUs": ("deepseek-r1-b200-vs-h200", Asked(precision="fp8"), "shared"),
    "far apart": ("deepseek-r1-gb300-vs-h100", Asked(), "shared"),
    "gaps, cost": ("deepseek-r1-b300-fp4-vs-fp8", Asked(view="per-dollar"), "shared"),
    "cost": (SEED, Asked(view="per-dollar", log="1"), ""),
    "energy": ("deepseek-r1-b200-fp4-vs-fp8", Asked(metric="provisioned_j_per_output_token"), "shared"),
    "board power": ("llama-3-3-70b-b300-fp4-vs-fp8", Asked(metric="avg_power_w"), ""),
    "latency": (
        "deepseek-r1-b200-fp4-vs-fp8",
        Asked(x="ttft", metric="output_tokens_per_s_per_mw", spec_decode=("none",), optimal="1"),
        "shared",
    ),
    "simulated": ("llama-3-3-70b-h100-vs-h200", Asked(x="e2e", aggregation="aggregated"), ""),
    "dense": (SEED, Asked(dataset=("dense",)), "dense"),
    "repeats": (SEED, Asked(dataset=("repeats",)), "dense"),
    "repeats, cost": (SEED, Asked(dataset=("repeats",), view="per-dollar", method="pooled"), "dense"),
    "repeats, power": (SEED, Asked(dataset=("repeats",), metric="avg_power_w"), "dense"),
    "one side": (SEED, Asked(dataset=("lone",)), "lone"),
}
KEYS = (
    "value",
    "throughput_per_gpu",
    "output_throughput_per_gpu",
    "input_throughput_per_gpu",
    "cost_per_mtok",
    "tokens_per_s_per_mw",
    "concurrency",
)


def dense(root: Path) -> Path:
    """Two series a side without gaps, one simulated, some points without concurrency; one lone side."""
    speeds = [20 * 1.2**i for i in range(10)]
    points = [
        point(x, level / x, None if i == 4 else 200 - i * 15, precision=precision, engine=engine, status=how)
        for precision, level in (("fp4", 90_000.0), ("bf16", 30_000.0))
        for engine, factor, how in (("vllm", 1.0, "measured"), ("sglang", 1.3, SIMULATED))
        for i, x in enumerate(speed * factor for speed in speeds)
    ]
    lone = [point(x, 9_000 / x, 8, precision="fp4", image=HOSTILE) for x in (30.0, 40.0)]
    store = Store(root)
    runs = [replace(run, dataset="repeats") for run in repeated()]
    store.write_run(Dataset("repeats", "runs", "latest-run"), "bench", points=runs)
    for name, rows in (("dense", points), ("lone", lone)):
        own = [replace(row, dataset=name) for row in rows]
        store.write_run(Dataset(name, "runs", source=HOSTILE), "import", points=own)
    return root


def repeated() -> list[Point]:
    """Near-equal recipes against one, three noisy runs of each point but one."""
    draw = random.Random(5)
    return [
        replace(
            point(x * (1 + 0.02 * draw.gauss(0, 1)), level / x * (1 + 0.02 * draw.gauss(0, 1)), 200 - i * 15,
                  precision=precision, flags=f"--v {recipe}", engine=("vllm", "sglang")[recipe % 2]),
            key=f"{precision}/{recipe}/{i}/{run}",
            repeat=run,
            run_started_at=f"2026-11-01T0{recipe}:00:00+00:00",
            metrics={"avg_power_w": 500 + 40 * i + 5 * draw.gauss(0, 1)},
        )
        for precision, level, recipes in (("fp4", 33_000.0, 4), ("bf16", 30_000.0, 1))
        for recipe in range(recipes)
        for i, x in enumerate(20 * 1.2**k for k in range(10))
        for run in range(1 if i == 3 else 3)
    ]  # fmt: skip


class Case:
    """One comparison, and the same question at other targets."""

    def __init__(self, name: str, folder: Path, shared: Path | None) -> None:
        slug, self.asked, where = CASES[name]
        root = dense(folder / "own") if where in ("dense", "lone") else shared or folder / "none"
        self.catalog = load_catalog(())
        self.sources = Sources(lambda: Store(root))
        self.slug = parse_slug(slug, self.catalog)
        text = saved(
            self.at(self.asked.at, draw=True),
            self.built(),
            self.slug,
            Query.of_asked(self.asked),
            self.sources,
            cache=folder.parent / "library",
            today=date(2026, 11, 24),
        )
        self.file = folder / "page.html"
        self.file.write_text(text)

    def at(self, targets: str | None, *, draw: bool = False) -> Comparison:
        asked = question(self.slug, dataclasses.replace(self.asked, at=targets), self.catalog)
        return answer(asked, self.sources, self.catalog, draw=draw)

    def built(self) -> tuple[Built, Built]:
        """What both sides are read from."""
        asked = question(self.slug, self.asked, self.catalog)
        return ready(asked, self.sources, self.catalog).prepared.built


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    shared = None
    if CASES[request.param][2] == "shared":
        if not SHARED.exists():
            pytest.skip(f"no shared data at {SHARED}")
        shared = request.getfixturevalue("shared_store")
    return Case(request.param, tmp_path, shared)


def targets_of(case: Case, count: int) -> list[float]:
    """Random speeds in and around what is measured, and exact knots."""
    rng = random.Random(7)
    knots = [p.interactivity for one in case.built() for line in one.lines for p in line.points]
    low, high = min(knots) * 0.5, max(knots) * 1.2
    return [rng.uniform(low, high) for _ in range(count)] + rng.sample(knots, min(8, len(knots)))


def close(found: float | None, value: float | None) -> bool:
    return found == pytest.approx(value, rel=1e-9, abs=0) if value is not None else found is None


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
def test_the_file_reads_what_python_reads(case: Case, page: Page) -> None:
    page.goto(case.file.as_uri())
    page.wait_for_selector("#live svg")
    targets = targets_of(case, 90)
    read = page.evaluate(
        "xs => { const data = JSON.parse(document.getElementById('curves').textContent);"
        "return xs.map(x => modules['reading.js'].target(data, x)); }",
        targets,
    )
    comparison = case.at(",".join(map(repr, targets)))
    expected, labels = comparison.targets, [side.label for side in comparison.sides]
    assert len(read) == len(expected)
    assert any(target.interval for target in expected) == (case.asked.dataset == ("repeats",))
    for found, target in zip(read, expected, strict=True):
        assert close(found["throughput_ratio"], target.throughput_ratio)
        assert close(found["cost_ratio"], target.cost_ratio)
        assert close(found["ratio"], target.ratio)
        winner = None if found["winner"] is None else labels[found["winner"]]
        assert winner == target.winner, target.interactivity
        for name in ("throughput_interval", "cost_interval", "interval"):
            assert same_interval(found[name], getattr(target, name)), (target.interactivity, name)
        for one, reading in zip(found["readings"], target.readings, strict=True):
            assert same(one, reading), (target.interactivity, one, reading)


def same(one: dict[str, Any], reading: Reading) -> bool:
    bound = one["bound"]
    edge = (bound["edge"], bound["interactivity"]) if isinstance(bound, dict) else None
    return (
        one["status"] == reading.status
        and one["basis"] == reading.basis
        and one["series"] == reading.series
        and one["recomputed"] == list(reading.recomputed)
        and [knot["x"] for knot in one["near"]] == [n.interactivity for n in reading.neighbours]
        and same_interval(one["interval"], reading.interval)
        and edge == ((reading.bound.edge, reading.bound.interactivity) if reading.bound else None)
        and all(close(one[key], getattr(reading, key)) for key in KEYS)
    )


def same_interval(found: dict[str, Any] | None, interval: Interval | None) -> bool:
    if found is None or interval is None:
        return found is interval
    numbers = [interval.low, interval.high, interval.freedom, *interval.runs]
    return [found[key] for key in ("low", "high", "freedom")] + found["runs"] == pytest.approx(
        numbers, rel=1e-9
    )


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
def test_edited_targets_change_verdict_table_sentences_and_chart(case: Case, page: Page) -> None:
    page.goto(case.file.as_uri())
    page.wait_for_selector("#live svg")
    typed = [f"{x:.4g}" for x in targets_of(case, 4)[:4]]
    for count in (3, 4, 1):
        shown = typed[:count]
        page.goto(f"{case.file.as_uri()}#at={','.join(shown)}")
        page.reload()
        page.wait_for_function("t => document.getElementById('chart').dataset.drawn === t", arg=plain(shown))
        agrees(page, case.at(",".join(shown)))
        found, expected = moving(page, case.at(",".join(shown), draw=True))
        assert found == expected
    field = page.locator(".readings thead th:not(.add) input").first
    field.fill("55.5")
    page.wait_for_function("document.getElementById('chart').dataset.drawn.startsWith('55.5')")
    agrees(page, case.at("55.5"))
    page.locator(".readings thead .add input").fill("61")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('chart').dataset.drawn === '55.5,61'")
    agrees(page, case.at("55.5,61"))
    assert "--at 55.5,61" in page.locator(".command").inner_text()


def moving(page: Page, expected: Comparison) -> tuple[list[Any], list[Any]]:
    """What stands at target lines, and where: as the file has it, and as a picture of its size has it."""
    found: list[dict[str, Any]] = page.evaluate(
        "['targets', 'readings'].flatMap(name => modules['chart.js'].view().data(name))"
    )
    data: Any = comparison_chart(expected, width=1080, height=460, title=False, legend=False)["datasets"]
    rows: list[dict[str, Any]] = [*data["targets"], *data["readings"]]
    for one in (found, rows):
        one.sort(key=lambda row: (row.get("side", ""), round(row["x"], 6), round(row.get("y", 0), 3)))
    read = [{key: row.get(key) for key in other} for row, other in zip(found, rows, strict=True)]
    return read, [{key: near(value) for key, value in row.items()} for row in rows]


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-6, abs=0.06) if isinstance(value, float) else value


def plain(texts: list[str]) -> str:
    return ",".join(f"{float(text):g}" for text in texts)


def agrees(page: Page, expected: Comparison) -> None:
    assert page.locator("h1").inner_text() == expected.narrative[0]
    heads = page.locator(".readings tbody tr:not(.metric) th").all_inner_texts()
    assert [text.strip() for text in heads] == [row.label for row in table.rows(expected)]
    assert page.locator("#narrative p").all_inner_texts() == list(expected.narrative[1:])
    rows = [r.cells for r in table.rows(expected)]
    found = page.eval_on_selector_all(
        ".readings tbody tr:not(.metric)",
        "rows => rows.map(row => [...row.querySelectorAll('td:not(.add)')].map(cell => cell.textContent))",
    )
    assert [tuple(row) for row in found] == rows
    ahead = page.eval_on_selector_all(
        ".readings tbody tr.ratio",
        "rows => rows.map(row => [...row.cells].map(c => c.className === 'ahead'))",
    )
    assert [tuple(row[1:-1]) for row in ahead] == [r.ahead for r in table.rows(expected) if r.is_ratio]
    told = behind(expected)
    assert recipes(page) == [[row.name, *dict.fromkeys(row.sides)] for row in told.rows]
    strong = [text for row in told.rows if row.strong for text in row.sides]
    assert page.locator("#behind b").all_inner_texts() == strong
    assert page.locator("#behind h2").text_content() == told.title
    assert page.locator("#behind").is_visible() == bool(told.rows)
    assert page.locator("#behind p").all_text_contents() == [told.note] * bool(told.note)
    assert page.locator("#legend").inner_text() == " · ".join(table.legend(expected, bold=True))


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
@pytest.mark.parametrize("case", ["published"], indirect=True)
def test_figures_are_written_as_python_writes_them(case: Case, page: Page) -> None:
    page.goto(case.file.as_uri())
    page.wait_for_selector("#live svg")
    rng = random.Random(11)
    values = [10 ** rng.uniform(-4, 7) for _ in range(2000)]
    values += [float(whole) for whole in range(985, 2100, 5)]  # among them exact halves
    values += [0.5, 2.125, 9.996, 99.95, 999.5, 9995.0, 1e6, 12_250_000.0]
    written = page.evaluate("xs => xs.map(x => modules['words.js'].amount(x))", values)
    assert written == [words.amount(value) for value in values]
    ends = [[low, low * (1 + 10 ** rng.uniform(-5, 0))] for low in values[:500]]
    ranges = page.evaluate("xs => xs.map(([a, b]) => modules['words.js'].rangeOf(a, b))", ends)
    assert ranges == [words.range_of(low, high) for low, high in ends]


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
@pytest.mark.parametrize("case", ["published"], indirect=True)
def test_a_file_asks_nobody_for_anything(case: Case, page: Page) -> None:
    """What the browser fetches is the file and the picture that stands in it."""
    asked: list[str] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    page.goto(case.file.as_uri())
    page.wait_for_selector("#live svg")
    assert [address for address in asked if not address.startswith("data:")] == [case.file.as_uri()]


def recipes(page: Page) -> Any:
    """Rows of the recipes beside the told target, a field that both sides share once."""
    return page.eval_on_selector_all(
        "#behind tbody tr", "rows => rows.map(row => [...row.children].map(cell => cell.textContent))"
    )


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM}")
@pytest.mark.parametrize("case", ["dense"], indirect=True)
def test_target_lines_move_in_the_file(case: Case, page: Page) -> None:
    page.goto(f"{case.file.as_uri()}#at=60")
    page.wait_for_selector("#live svg")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("document.getElementById('chart').dataset.drawn === '71'")
    agrees(page, case.at("71"))
    page.locator(".readings thead th:not(.add) input").first.fill("-3")
    assert "-3" in page.locator("#problem").inner_text()
    assert page.locator("thead [aria-invalid]").count() == page.locator("#wrong-at").count() == 1
    assert page.locator(".readings tr.value td:visible:not(.add)").count() == 0  # of 71, under a head of -3
    page.locator(".readings thead .add input").fill("80,5")
    page.keyboard.press("Enter")
    page.wait_for_function("document.getElementById('chart').dataset.drawn === '71,80.5'")
    agrees(page, case.at("71,80.5"))
    shown = page.locator(".readings tr.value td:visible:not(.add)").count()
    assert shown == page.locator(".readings tr.value").count()
    assert "“-3” is not a number" in page.locator("#wrong-at").inner_text()


def test_nothing_in_a_file_leads_out_or_becomes_markup(tmp_path: Path) -> None:
    text = Case("one side", tmp_path, None).file.read_text()
    body = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", text, flags=re.DOTALL)
    assert "Content-Security-Policy" in body
    assert "default-src &#39;none&#39;" in body
    assert "unsafe" not in body.partition(">")[0]
    assert "<script>alert" not in text
    assert not re.search(r"(src|srcset|href|action)=\"(?!#|data:|https?://)", body)
    assert not re.search(r"<(script|img|link|iframe)[^>]+(src|href)=\"(?!data:)", body)
    curves = re.search(r'id="curves">(.*?)</script>', text, re.DOTALL)
    assert curves is not None
    assert json.loads(curves.group(1))["method"] == "envelope"


def test_the_command_writes_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from isoline.cli.main import main

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["compare", SEED, "--at", "120", "--format", "html", "--store", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("<!doctype html>")
    assert f"--at {120}" in text
    assert "<script src" not in text
