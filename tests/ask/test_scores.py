"""Which scores stand for a side: those of the recipe read, of several the mean, with what they leave open."""

from __future__ import annotations

from itertools import permutations

import pytest

from isoline.analyse.compare import compare
from isoline.analyse.terms import Terms
from isoline.ask.scores import differences, matched
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Evaluation, Point
from isoline.domain.slugs import parse_slug
from isoline.present.quality import quality
from tests.points import point
from tests.store.fakes import evaluation

CATALOG = load_catalog()
TERMS = Terms("1k/1k", targets=(50.0,))


def side(precision: str, **recipe: object) -> list[Point]:
    return [point(x, y, 8, precision=precision, **recipe) for x, y in ((45.0, 900.0), (60.0, 500.0))]


def scored(
    precision: str, score: float, error: float, streams: int, day: str = "2026-05-22", **more: object
) -> Evaluation:
    n = int(str(more.pop("n", 100)))
    recipe = point(1.0, 1.0, None, precision=precision, **more).recipe
    key = f"{precision} {score} {streams} {day} {more}"
    return evaluation(
        *(key,), recipe=recipe, score=score, standard_error=error, n=n, concurrency=streams, date=day
    )


FP4 = [
    scored("fp4", 0.99, 0.01, 4, "2026-05-23"),  # newest, of another engine
    scored("fp4", 0.5, 0.03, 64, "2026-05-21", engine="vllm", spec_method="mtp"),  # read, but older
    scored("fp4", 0.90, 0.03, 64, engine="vllm", spec_method="mtp", n=100),
    scored("fp4", 0.94, 0.03, 128, engine="vllm", spec_method="mtp", n=300),
]
BF16 = [scored("bf16", 0.97, 0.04, 32), scored("bf16", 0.95, 0.04, 16, "2026-05-20")]


def test_the_score_is_that_of_the_recipe_read_whatever_the_order_of_rows() -> None:
    """The mean of 0.90 (100 questions) and 0.94 (300) is 0.93; 0.93 − 0.97 with errors 0.03 and 0.04 is off
    by 0.05."""
    slug = parse_slug("qwen-3-5-b300-fp4-vs-bf16", CATALOG)
    points = [*side("fp4", engine="vllm", spec_method="mtp"), *side("bf16", decode_tp=8, spec_method="mtp")]
    comparison = compare(slug, points, TERMS, CATALOG)
    every = [matched(comparison, [*some, *BF16]) for some in permutations(FP4)]
    assert all(found == every[0] for found in every)
    a, b = every[0]
    assert (a.score, a.pooled, a.low, a.high, a.n, a.others) == (pytest.approx(0.93), 2, 0.90, 0.94, 300, 2)
    assert (a.engine, a.spec_method, a.concurrency, a.differs) == ("vllm", "mtp", (64, 128), ())
    assert (b.score, b.date, b.others) == (0.97, "2026-05-22", 1)
    assert (b.standard_error, b.differs) == (0.04, ("spec_method", "parallelism"))
    assert a.standard_error == pytest.approx(0.03)
    (apart,) = differences([a, b])
    assert (apart.difference, apart.standard_error) == (pytest.approx(-0.04), pytest.approx(0.05))
    assert apart.measurable is False
    assert quality([a, b]) == (
        "Answer quality: gsm8k (exact match): FP4 0.930 ± 0.030 (n 300, mean of 2 from 0.900 to 0.940, "
        "2026-05-22; of the recipe read: vllm, with MTP, TP4, 64 and 128 streams); "
        "BF16 0.970 ± 0.040 (n 100, 2026-05-22; of another spec decode and parallelism than read: "
        "sglang, without spec decode, TP4, 32 streams). "
        "Difference FP4 − BF16: −0.040 ± 0.050 (standard error): not measurable. "
        "Read are the recipes beside 50 tok/s/user."
    )


@pytest.mark.parametrize(("other", "measurable"), [(0.79, True), (0.84, False)])
def test_a_difference_is_measurable_beyond_1_96_standard_errors(other: float, measurable: bool) -> None:
    """0.05 x 1.96 = 0.098, between 0.93 − 0.84 and 0.93 − 0.79."""
    slug = parse_slug("qwen-3-5-b300-fp4-vs-bf16", CATALOG)
    comparison = compare(slug, [*side("fp4"), *side("bf16")], TERMS, CATALOG)
    held = [scored("fp4", 0.93, 0.03, 8), scored("bf16", other, 0.04, 8)]
    (apart,) = differences(matched(comparison, held))
    assert apart.measurable is measurable


def test_another_target_may_read_another_recipe() -> None:
    slug = parse_slug("qwen-3-5-b300-fp4-vs-bf16", CATALOG)
    fast = [point(x, 300.0 - x, 1, precision="fp4", engine="vllm") for x in (100.0, 120.0)]
    slow = [point(x, 900.0 - x, 64, precision="fp4") for x in (40.0, 50.0)]
    held = [scored("fp4", 0.9, 0.01, 64), scored("fp4", 0.8, 0.01, 1, engine="vllm")]
    reference = [point(x, 500.0 - x, 8, precision="bf16") for x in (40.0, 50.0, 75.0, 100.0, 120.0)]
    for target, expected in ((45.0, 0.9), (110.0, 0.8)):
        asked = Terms("1k/1k", targets=(target,))
        (found,) = matched(compare(slug, [*fast, *slow, *reference], asked, CATALOG), held)
        assert (found.score, found.at, found.differs) == (expected, target, ())
