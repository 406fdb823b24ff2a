"""Repeats of several sweeps, from the store to everything `isoline compare` writes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from isoline import present
from isoline.ask.answer import answer
from isoline.ask.question import Question
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Dataset, Point
from isoline.domain.slugs import parse_slug
from isoline.present.charts import comparison_chart
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.cli.process import isoline
from tests.points import point

SLUG = "qwen-3-5-b300-fp4-vs-bf16"
SCHEMA = json.loads((Path(present.__file__).parent / "compare.schema.json").read_text())


def sweeps(days: tuple[str, ...]) -> list[Point]:
    """FP4 a third above BF16, two repeats a day, with a little noise."""
    draw = Random(4)
    return [
        replace(
            point(x * draw.gauss(1, 0.004), level * y * draw.gauss(1, 0.004), load, precision=precision),
            key=f"{precision}/{load}/{day}/{number}",
            dataset="local",
            date=day,
            run_started_at=f"{day}T08:00:00+00:00",
            repeat=number,
        )
        for day in days
        for precision, level in (("fp4", 1.33), ("bf16", 1.0))
        for x, y, load in ((60, 6000, 64), (80, 4900, 32), (100, 3800, 16), (120, 2600, 8))
        for number in range(2)
    ]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = Store(tmp_path / "store")
    for day in ("2026-11-20", "2026-11-23"):
        store.write_run(Dataset("local", "runs", "latest-run"), "bench", points=sweeps((day,)))
    return tmp_path / "store"


def document(root: Path, *options: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(isoline(root, "compare", SLUG, "--format", "json", *options).stdout)
    jsonschema.validate(found, SCHEMA)
    return found


def test_both_sweeps_count_and_dates_narrow(root: Path) -> None:
    found = document(root)
    assert found["notes"][0] == "8 points are the mean of 4 runs each, from 2 server starts on 2 dates"
    target = found["targets"][1]
    assert target["winner"] == "FP4"
    interval = target["ratios"]["intervals"]["metric"]
    assert (interval["runs"], interval["starts"], interval["level"]) == ([4, 4], [2, 2], 0.95)
    assert interval["low"] < target["ratios"]["metric"] < interval["high"]
    assert interval["low"] < 1.33 < interval["high"]
    assert found["sources"][0]["first_date"] == "2026-11-20"
    older = document(root, "--as-of", "2026-11-20")
    assert older["targets"][1]["ratios"]["intervals"]["metric"]["runs"] == [2, 2]
    assert "from one server start" in older["notes"][0]


def test_text_markdown_and_csv_show_what_is_there(root: Path) -> None:
    few = isoline(root, "compare", SLUG, "--as-of", "2026-11-20").stdout
    assert "2 runs" in few
    assert "[ ] 95 % interval between runs (Student's t)" in few
    markdown = isoline(root, "compare", SLUG, "--format", "markdown").stdout
    assert "| 95 % interval, total tok/s/GPU, between runs | FP4 |" in markdown
    rows = list(csv.DictReader(io.StringIO(isoline(root, "compare", SLUG, "--format", "csv").stdout)))
    assert all(float(row["low"]) < float(row["value"]) < float(row["high"]) for row in rows)
    assert {row["winner"] for row in rows} == {"FP4"}


def test_lists_count_the_points_that_are_compared(root: Path) -> None:
    pairs = {pair["slug"]: pair for pair in json.loads(isoline(root, "list", "--format", "json").stdout)}
    for slug in (SLUG, "qwen-3-8b-h100-fp8-vs-bf16"):
        sources = json.loads(isoline(root, "compare", slug, "--format", "json").stdout)["sources"]
        assert sum(pairs[slug]["points"]) == sum(source["points"] for source in sources)
    assert pairs[SLUG]["points"] == [4, 4]  # of 16 + 16 runs


def test_the_chart_has_a_band_only_where_repeats_were_measured(root: Path) -> None:
    catalog = load_catalog(user_dirs=())
    slug = parse_slug(SLUG, catalog)
    drawn = answer(Question(slug), Sources(lambda: Store(root)), catalog, draw=True)
    spec = comparison_chart(drawn)
    data = spec["datasets"]
    assert isinstance(data, dict)
    for side, name in zip(drawn.sides, ("FP4", "BF16"), strict=True):
        band = [row for row in data["bands"] if row["side"] == name]
        line = [row for row in data["lines"] if row["side"] == name]
        assert side.measured_range is not None
        assert min(row["x"] for row in band) >= side.measured_range[0]
        assert max(row["x"] for row in band) <= side.measured_range[1]
        assert all(row["y"] < row["y2"] for row in band)
        assert min(row["y"] for row in band) < min(row["y"] for row in line)
    published = answer(Question(slug), Sources(lambda: Store(root / "none")), catalog, draw=True)
    plain = comparison_chart(published)["datasets"]
    assert isinstance(plain, dict)
    assert plain["bands"] == []
