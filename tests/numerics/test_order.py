from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from isoline.numerics.order import quantile, rank_interval, supports


@pytest.mark.parametrize(("p", "least"), [(0.5, 6), (0.9, 29), (0.99, 299), (0.999, 2995)])
def test_a_percentile_needs_enough_requests(p: float, least: int) -> None:
    assert supports(least, p)
    assert not supports(least - 1, p)
    assert rank_interval(least - 1, p) is None


@pytest.mark.parametrize("p", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("n", [6, 29, 50, 299, 300, 700, 1_500])
def test_the_interval_covers_the_quantile(n: int, p: float) -> None:
    """Against exact binomial sums in rational arithmetic."""
    ranks = rank_interval(n, p)
    if ranks is None:
        assert not supports(n, p)
        return
    exact = Fraction(str(p))
    low, high = ranks[0] + 1, ranks[1] + 1
    coverage = sum(comb(n, k) * exact**k * (1 - exact) ** (n - k) for k in range(low, high))
    assert coverage >= 0.95 - 1e-9
    assert 1 <= low <= n * p + 1
    assert n * p <= high <= n


def test_quantiles_interpolate() -> None:
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.5
    assert quantile([5.0], 0.99) == 5.0
    assert quantile([0.0, 10.0], 0.9) == pytest.approx(9.0)
