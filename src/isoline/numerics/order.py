"""Quantiles of a sample, and whether the sample is large enough to state them."""

from __future__ import annotations

import math
from collections.abc import Sequence

LEVEL = 0.95
_EXACT_BELOW = 2_000  # above, the normal approximation is right to a rank or two


def quantile(ordered: Sequence[float], p: float) -> float:
    """The p-quantile of an ascending, non-empty sample, interpolated linearly between ranks."""
    place = p * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def supports(n: int, p: float, level: float = LEVEL) -> bool:
    """A sample of n has an interval for its p-quantile: p99 needs 299, p90 29, the median 6."""
    return n > 0 and 1.0 - p**n - (1.0 - p) ** n >= level


def rank_interval(n: int, p: float, level: float = LEVEL) -> tuple[int, int] | None:
    """0-based ranks (low, high) between which the p-quantile lies with at least `level`.

    Distribution-free: the number of values below the quantile is binomial. `None` when even the
    whole sample does not reach that level.
    """
    if not supports(n, p, level):
        return None
    middle, spread = n * p, math.sqrt(n * p * (1.0 - p)) * _Z95
    low = max(1, math.floor(middle - spread))
    high = min(n, math.ceil(middle + spread) + 1)
    while n < _EXACT_BELOW and _coverage(n, p, low, high) < level:
        low, high = max(1, low - 1), min(n, high + 1)
    return low - 1, high - 1


_Z95 = 1.959964


def _coverage(n: int, p: float, low: int, high: int) -> float:
    """Probability that the quantile lies between the low-th and the high-th smallest of n."""
    log_p, log_q = math.log(p), math.log(1.0 - p)
    total = 0.0
    for k in range(low, high):
        log_ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        total += math.exp(log_ways + k * log_p + (n - k) * log_q)
    return total
