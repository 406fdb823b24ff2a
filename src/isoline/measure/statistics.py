"""One sample as the figures that its size allows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import accumulate

import msgspec

from isoline.numerics.order import quantile, rank_interval

NS = 1_000_000_000


class Distribution(msgspec.Struct, frozen=True, kw_only=True):
    """A sample's figures, in the sample's unit (seconds).

    A percentile is `None` where no 95 % order-statistic interval exists; the intervals are within
    this run only: requests of one batch are correlated, so they understate what a repeat would show.
    """

    n: int
    mean: float
    std: float | None  # None for fewer than 2
    min: float
    max: float
    median: float
    median_interval: tuple[float, float] | None = None
    p90: float | None = None
    p90_interval: tuple[float, float] | None = None
    p99: float | None = None
    p99_interval: tuple[float, float] | None = None


def describe(sample: Iterable[int]) -> Distribution | None:
    """The figures, in seconds, of nanoseconds in any order; `None` for an empty sample.

    Integers, since a run has millions of gaps: their sum is exact and adds up in C.
    """
    ordered = sorted(sample)
    n = len(ordered)
    if n == 0:
        return None
    total = sum(ordered)
    spread = math.dist(ordered, [total / n] * n)  # root of the summed squares of the deviations, in C

    def interval(p: float) -> tuple[float, float] | None:
        ranks = rank_interval(n, p)
        return None if ranks is None else (ordered[ranks[0]] / NS, ordered[ranks[1]] / NS)

    p90, p99 = interval(0.90), interval(0.99)
    return Distribution(
        n=n, mean=total / n / NS, min=ordered[0] / NS, max=ordered[-1] / NS,
        std=spread / math.sqrt(n - 1) / NS if n > 1 else None,
        median=quantile(ordered, 0.5) / NS, median_interval=interval(0.5),
        p90=quantile(ordered, 0.90) / NS if p90 else None, p90_interval=p90,
        p99=quantile(ordered, 0.99) / NS if p99 else None, p99_interval=p99,
    )  # fmt: skip


def describe_weighted(sample: Iterable[tuple[float, float]]) -> Distribution | None:
    """The figures, in seconds, of (nanoseconds, weight) pairs: a chunk of k tokens counts k times.

    Intervals are left out, since k tokens of one chunk are one observation; percentiles need as
    many pairs as unweighted ones.
    """
    pairs = sorted(sample)
    if not pairs:
        return None
    values = [value / NS for value, _ in pairs]
    sums = list(accumulate(weight for _, weight in pairs))
    total = sums[-1]
    mean = math.fsum(value * weight for value, weight in pairs) / total / NS
    variance = math.fsum(weight * (value / NS - mean) ** 2 for value, weight in pairs) / total
    n = len(pairs)

    def at(p: float) -> float | None:
        if rank_interval(n, p) is None:
            return None
        target = p * total
        return next(value for value, reached in zip(values, sums, strict=True) if reached >= target)

    middle = next(value for value, reached in zip(values, sums, strict=True) if reached >= total / 2)
    return Distribution(
        n=n, mean=mean, std=math.sqrt(variance) if n > 1 else None, min=values[0], max=values[-1],
        median=middle, p90=at(0.90), p99=at(0.99),
    )  # fmt: skip
