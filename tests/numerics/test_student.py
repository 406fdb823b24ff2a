"""Student's t and batch means against printed tables and known series."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.numerics.batches import batch_median
from isoline.numerics.student import normal_quantile, ratio_interval, t_interval, t_quantile

# Two-sided 95 % and 99 %, from the tables of any statistics book.
TABLE = {1: (12.706, 63.657), 2: (4.303, 9.925), 3: (3.182, 5.841), 4: (2.776, 4.604), 9: (2.262, 3.250),
         10: (2.228, 3.169), 19: (2.093, 2.861), 30: (2.042, 2.750), 120: (1.980, 2.617)}  # fmt: skip


@pytest.mark.parametrize("freedom", TABLE)
def test_quantiles_are_those_of_the_tables(freedom: int) -> None:
    wide, wider = TABLE[freedom]
    assert t_quantile(freedom) == pytest.approx(wide, abs=5e-4)
    assert t_quantile(freedom, 0.99) == pytest.approx(wider, abs=5e-4)


def test_many_degrees_of_freedom_join_the_normal_law() -> None:
    assert t_quantile(1_000) == pytest.approx(1.96234, abs=1e-4)
    assert t_quantile(1_001) == pytest.approx(t_quantile(1_000), abs=1e-4)
    assert t_quantile(10**7) == pytest.approx(1.95996, abs=1e-4)


def test_interval_of_five_values() -> None:
    # mean 10, s = sqrt(2.5), 2.776 * s / sqrt(5) = 1.963
    assert t_interval([8.0, 9.0, 10.0, 11.0, 12.0]) == pytest.approx((8.0367, 11.9633), abs=1e-3)
    assert t_interval([3.0]) is None


@given(st.lists(st.floats(0.1, 1e3), min_size=2, max_size=20), st.floats(0.01, 100))
def test_an_interval_follows_its_unit(sample: list[float], factor: float) -> None:
    first, second = t_interval(sample), t_interval([value * factor for value in sample])
    assert first is not None
    assert second is not None
    assert second == pytest.approx([edge * factor for edge in first], rel=1e-6, abs=1e-6)


def test_batches_hold_at_least_as_many_values_as_asked() -> None:
    assert batch_median([1.0] * 49, smallest=10) is None  # four batches
    found = batch_median([1.0] * 50, smallest=10)
    assert found is not None
    assert (found.median, found.low, found.high, found.batches, found.relative) == (1.0, 1.0, 1.0, 5, 0.0)


def test_batch_means_cover_a_correlated_series_where_independence_would_not() -> None:
    """A slow random walk around 100: neighbours are alike, so n values say much less than n values."""
    covered, trials = 0, 200
    draw = random.Random(7)
    for _ in range(trials):
        value, series = 0.0, []
        for _ in range(4_000):
            value = 0.95 * value + draw.gauss(0.0, 1.0)
            series.append(100.0 + value)
        found = batch_median(series, smallest=200)
        assert found is not None
        covered += found.low <= 100.0 <= found.high
        naive = 1.96 * 1.2533 * math.sqrt(1 / (1 - 0.95**2)) / math.sqrt(len(series))
        assert found.high - found.low > 2 * naive
    assert covered >= 0.88 * trials


# Whole degrees of freedom have a closed form (Abramowitz and Stegun 26.7.3-4), which the code does not use.
def within(t: float, freedom: int) -> float:
    angle = math.atan2(t, math.sqrt(freedom))
    powers = [math.cos(angle) ** k for k in range(freedom)]
    if freedom % 2:
        odd = sum(
            math.prod(range(2, k, 2)) / math.prod(range(3, k + 1, 2)) * powers[k]
            for k in range(1, freedom - 1, 2)
        )
        return 2 / math.pi * (angle + math.sin(angle) * odd)
    even = sum(
        math.prod(range(1, k, 2)) / math.prod(range(2, k + 1, 2)) * powers[k]
        for k in range(0, freedom - 1, 2)
    )
    return math.sin(angle) * even


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 5, 8, 13, 30, 31, 50])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.9875, 0.999])
def test_quantiles_invert_the_closed_form(freedom: int, level: float) -> None:
    assert 1 - within(t_quantile(freedom, level), freedom) == pytest.approx(1 - level, rel=1e-5)


@given(st.floats(1, 60), st.floats(1, 60))
def test_more_degrees_of_freedom_never_widen(one: float, other: float) -> None:
    few, many = sorted((one, other))
    assert t_quantile(many) <= t_quantile(few) + 1e-6
    assert t_quantile(math.ceil(few)) - 1e-6 <= t_quantile(few) <= t_quantile(math.floor(few)) + 1e-6


def test_the_interval_of_a_ratio_is_welchs() -> None:
    """Student's sleep data as R's `t.test(extra ~ group)` prints them: -3.3654832 to 0.2054832."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = ratio_interval(*([math.exp(value) for value in side] for side in (first, second)))
    assert found is not None
    assert [math.log(limit) for limit in found] == pytest.approx([-0.2054832, 3.3654832], abs=1e-7)


@pytest.mark.parametrize(
    ("a", "b"), [([1.0], [1.0, 2.0]), ([0.0, 1.0], [1.0, 2.0]), ([3.0, 3.0], [4.0, 4.0])]
)
def test_a_ratio_without_a_known_spread_has_no_interval(a: list[float], b: list[float]) -> None:
    assert ratio_interval(a, b) is None


def test_the_normal_law() -> None:
    assert normal_quantile() == pytest.approx(1.959963984540054, abs=1e-12)
    assert normal_quantile(0.99) == pytest.approx(2.5758293035489, abs=1e-12)
