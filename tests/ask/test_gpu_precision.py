"""GPUs compared each at a precision of its own: which points count, at which prices, what is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from isoline.analyse.comparison import Comparison
from isoline.ask.answer import answer
from isoline.ask.asked import Asked, question
from isoline.ask.pairs import comparable_pairs
from isoline.ask.scores import scores
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Dataset, Evaluation, Point
from isoline.domain.slugs import parse_slug
from isoline.errors import NoDataError, UsageError
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point

CATALOG = load_catalog(())
SLUG = "qwen-3-5-b300-fp4-vs-h200-fp8"


def line(scale: float, hardware: str, precision: str) -> list[Point]:
    formats = {"weight_format": precision, "activation_format": "bf16", "checkpoint": f"it-{precision}"}
    return [
        point(x, scale * (400 - x), hardware=hardware, precision=precision, **formats)
        for x in (100.0, 140.0, 200.0)
    ]


# All four; the two that are not asked for are far better, so that they would be seen.
POINTS = [
    *line(20, "b300", "fp4"),
    *line(900, "b300", "fp8"),
    *line(800, "h200", "fp4"),
    *line(5, "h200", "fp8"),
]


def sources(tmp_path: Path, points: list[Point], evaluations: list[Evaluation] | None = None) -> Sources:
    store = Store(tmp_path)
    store.write_run(Dataset("test", "runs"), "import", points=points, evaluations=evaluations or [])
    return Sources(lambda: store)


def asked(data: Sources, slug: str = SLUG, **texts: object) -> Comparison:
    return answer(question(parse_slug(slug, CATALOG), Asked(**texts), CATALOG), data, CATALOG)  # type: ignore[arg-type]


def test_each_side_has_its_gpu_at_its_precision(tmp_path: Path) -> None:
    found = asked(sources(tmp_path, POINTS), at="150", price=("b300=4,h200=2",))
    a, b = found.sides
    assert [(s.label, s.hardware, s.precision, len(s.points)) for s in (a, b)] == [
        ("B300 FP4", "b300", "fp4", 3),
        ("H200 FP8", "h200", "fp8", 3),
    ]
    target = found.targets[0]
    assert target.throughput_ratio == pytest.approx(4)
    assert target.cost_ratio == pytest.approx(4 / 2 / 4)  # twice the price, four times the tokens
    assert found.precision is None
    assert sum(source.points for source in found.sources) == 6
    # What is compared, and what goes with it, is no other difference.
    assert [one.field for one in found.differences if not one.compared] == []
    assert "GPU" in found.narrative[-1]
    assert found.narrative[0].startswith("Qwen 3.5 397B-A17B, at 150 tok/s/user: B300 FP4 is higher by 4.0×")


def test_without_one_of_the_two_that_is_said(tmp_path: Path) -> None:
    found = asked(sources(tmp_path, POINTS[:9], None), dataset=("test",))
    assert not found.has_both
    assert any("No points of H200 FP8 here" in note for note in found.notes)
    with pytest.raises(NoDataError, match="no data for qwen-3-5-h100-fp8-vs-h200-bf16"):
        asked(sources(tmp_path / "b", POINTS), "qwen-3-5-h100-fp8-vs-h200-bf16")
    with pytest.raises(UsageError, match="precision is for comparisons of GPUs"):
        asked(sources(tmp_path / "c", POINTS), precision="fp8")


def test_only_pairs_that_differ_in_both_are_listed(tmp_path: Path) -> None:
    pairs = comparable_pairs(sources(tmp_path, POINTS), CATALOG, "qwen-3-5")
    own = [pair for pair in pairs if pair.kind == "gpu-precision" and pair.datasets == ("test",)]
    assert [pair.slug for pair in own] == [SLUG, "qwen-3-5-b300-fp8-vs-h200-fp4"]
    assert [pair.points for pair in own] == [(3, 3), (3, 3)]


def test_scores_are_those_of_the_same_gpu_and_precision(tmp_path: Path) -> None:
    held = [
        Evaluation(f"e{i}", one.recipe, "gsm8k", 0.9 + i / 100, None, 100, "test", "exact match")
        for i, one in enumerate(POINTS[::3])
    ]
    data = sources(tmp_path, POINTS, held)
    known = scores(asked(data), data)
    assert [(one.side, one.score) for one in known] == [("B300 FP4", 0.9), ("H200 FP8", 0.93)]
