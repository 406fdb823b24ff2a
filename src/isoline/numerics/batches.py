"""Intervals for values that come in order and are correlated: batch means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from isoline.numerics.order import quantile
from isoline.numerics.student import t_quantile

FEWEST = 5  # batches for an interval
MOST = 20  # more add little, and shorter batches are more correlated


@dataclass(frozen=True, slots=True)
class BatchInterval:
    """A median and its 95 % interval over consecutive batches."""

    median: float
    low: float
    high: float
    batches: int

    @property
    def relative(self) -> float:
        """Half the interval's width as a fraction of the median."""
        return (self.high - self.low) / 2 / self.median if self.median else math.inf


def batch_median(ordered_in_time: Sequence[float], smallest: int = 1) -> BatchInterval | None:
    """The interval of the median from the medians of consecutive batches of at least `smallest` values.

    Neighbours in time were served together and are correlated, so they must share a batch: for a
    load of c streams `smallest` is c. `None` where that leaves fewer than FEWEST batches. What does
    not fill the batches evenly goes to the first ones.
    """
    n = len(ordered_in_time)
    count = min(MOST, n // max(1, smallest))
    if count < FEWEST:
        return None
    edges = [round(number * n / count) for number in range(count + 1)]
    medians = [quantile(sorted(ordered_in_time[low:high]), 0.5) for low, high in pairwise(edges)]
    mean = math.fsum(medians) / count
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in medians) / (count - 1))
    half = t_quantile(count - 1) * spread / math.sqrt(count)
    middle = quantile(sorted(ordered_in_time), 0.5)
    return BatchInterval(middle, middle - half, middle + half, count)
