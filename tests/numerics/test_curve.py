"""The curve: the reference's slopes, and the properties a reader relies on."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isoline.numerics.curve import Curve, steffen_slopes
from tests.rows import oracle
from tests.shared import needs_shared

gaps = st.lists(st.tuples(st.floats(0.01, 1e3), st.floats(0.01, 1e4)), min_size=1, max_size=12)


@needs_shared
def test_slopes_on_real_frontiers_are_the_references() -> None:
    for case in oracle("interpolate-curves"):
        xs = [p["interactivity"] for p in case["frontier"]]
        ys = [p["throughput"] for p in case["frontier"]]
        assert steffen_slopes(xs, ys) == pytest.approx(case["slopesThroughput"], rel=1e-9), case["key"]


@given(gaps, st.booleans(), st.floats(0, 1))
def test_falling_knots_give_a_falling_curve_through_them(
    steps: list[tuple[float, float]], straight: bool, where: float
) -> None:
    xs, ys = [10.0], [1e6]
    for dx, dy in steps:
        xs.append(xs[-1] + dx)
        ys.append(ys[-1] - dy)
    curve = Curve.through(xs, ys, straight_pair=straight)
    for x, y in zip(xs, ys, strict=True):
        assert curve(x) == y
    for i in range(len(xs) - 1):
        a = xs[i] + (xs[i + 1] - xs[i]) * where
        b = a + (xs[i + 1] - a) / 2
        assume(xs[i] <= a <= b <= xs[i + 1])
        assert ys[i] + 1e-6 >= curve(a) >= ys[i + 1] - 1e-6
        if straight or len(xs) > 2:
            assert curve(a) >= curve(b) - 1e-6


def test_two_knots_are_a_line_for_a_series_and_the_references_curve_when_pooled() -> None:
    assert Curve.through([10, 20], [100, 0], straight_pair=True)(12.5) == 75
    assert Curve.through([10, 20], [100, 0]).slopes == (-15, -7.5)


def test_one_knot_is_its_value_everywhere() -> None:
    curve = Curve.through([50], [1000])
    assert [curve(0), curve(50), curve(99)] == [1000, 1000, 1000]


@given(st.lists(st.floats(0.5, 5), min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_slope_is_the_derivative(steps: list[float], draw: Random) -> None:
    xs = [sum(steps[: i + 1]) for i in range(len(steps))]
    curve = Curve.through(xs, [draw.uniform(1, 9) for _ in xs])
    for _ in range(5):
        x = draw.uniform(xs[0] + 0.01, xs[-1] - 0.01)
        if min(abs(x - knot) for knot in xs) > 1e-3 and curve.low < curve(x) < curve.high:
            assert curve.slope(x) == pytest.approx((curve(x + 1e-6) - curve(x - 1e-6)) / 2e-6, abs=1e-4)
    assert [curve.slope(x) for x in xs] == pytest.approx(curve.slopes)
    assert curve.slope(xs[0] - 1) == 0
