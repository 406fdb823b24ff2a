"""Student's t for the small samples of benchmark runs, without scipy (0.45 s to import)."""

from __future__ import annotations

import math
from collections.abc import Sequence

LEVEL = 0.95
_LARGEST = 1e9  # a quantile beyond this is infinite for every use


def t_quantile(freedom: int, level: float = LEVEL) -> float:
    """The t below which |T| stays with probability `level`: 12.706 for 1 degree of freedom, 1.96 for many."""
    low, high = 0.0, 1.0
    while _within(high, freedom) < level and high < _LARGEST:
        low, high = high, high * 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < level else (low, middle)
    return (low + high) / 2


def t_interval(sample: Sequence[float], level: float = LEVEL) -> tuple[float, float] | None:
    """The interval of the mean of independent values, e.g. one a repeat; `None` for fewer than 2."""
    n = len(sample)
    if n < 2:
        return None
    mean = math.fsum(sample) / n
    variance = math.fsum((value - mean) ** 2 for value in sample) / (n - 1)
    half = t_quantile(n - 1, level) * math.sqrt(variance / n)
    return mean - half, mean + half


def _within(t: float, freedom: int) -> float:
    """P(|T| <= t) for whole degrees of freedom: the finite series of Abramowitz and Stegun 26.7.3-4."""
    if freedom > 1_000:  # the normal law, to six digits
        return math.erf(
            t / math.sqrt(2.0) * (1.0 - 0.25 / freedom) / math.sqrt(1.0 + t * t / (2.0 * freedom))
        )
    angle = math.atan2(t, math.sqrt(freedom))
    square = math.cos(angle) ** 2
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= square * (k - 1) / k
        total += term
    if odd:
        return 2.0 / math.pi * (angle + math.sin(angle) * total)
    return math.sin(angle) * total
