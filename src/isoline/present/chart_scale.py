"""Axis domains, ticks and the numbers printed beside them.

Vega could choose these, but labels are placed in Python and need to know where a value lands.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


NEAR_ZERO = 0.2  # of the highest value: an axis that may be fitted starts at 0 below this


@dataclass(frozen=True, slots=True)
class Scale:
    """A domain with its ticks; `fraction` is how far along it a value lies (on a log axis never below 0)."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    def fraction(self, value: float) -> float:
        if self.log:
            return math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, fraction: float) -> float:
        """What lies this far along."""
        if self.log:
            return float(self.low * (self.high / self.low) ** fraction)
        return self.low + fraction * (self.high - self.low)

    @property
    def constant(self) -> float:
        """What makes Vega's symlog scale linear or logarithmic, so that one chart can switch.

        log(1 + value / constant) is value / constant where the constant is huge, and
        log(value) - log(constant) where it is tiny; both to a millionth.
        """
        return self.low * 1e-6 if self.log else max(abs(self.low), abs(self.high)) * 1e6


def scale_for(values: Sequence[float], count: int, *, from_zero: bool, log: bool) -> Scale:
    """A linear or a logarithmic domain."""
    return logarithmic(values) if log else linear(values, count, from_zero=from_zero)


def linear(values: Sequence[float], count: int, *, from_zero: bool) -> Scale:
    """A domain around `values` that ends on half ticks; `count` is about how many intervals."""
    if not values:
        return Scale(0.0, 1.0, ())
    low, high = min(values), max(values)
    if low == high and not from_zero:
        low, high = 0.0, 1.6 * high  # a lone point stands in the middle, not at the edge
    # Far from zero, a start there would waste the width.
    if from_zero or low < NEAR_ZERO * high or low == high:
        low = 0.0
    margin = 0.04 * (high - low) or 1.0
    step = _nice((high - low + 2 * margin) / count)
    half = step / 2  # ending on whole steps could leave a fifth of the plot empty
    first = math.floor((low - margin) / half) if low > 0 else 0
    last = math.ceil((high + margin) / half)
    ticks = tuple(_round(k * half) for k in range(first, last + 1) if k % 2 == 0)
    return Scale(_round(first * half), _round(last * half), ticks)


def logarithmic(values: Sequence[float]) -> Scale:
    """A domain around the positive `values` that ends on 1, 2 or 5 times a power of ten."""
    positive = [value for value in values if value > 0]
    if not positive:
        return Scale(1.0, 10.0, (), log=True)
    low, high = min(positive) * 0.95, max(positive) * 1.05
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    steps = [_round(m * 10.0**k) for k in decades for m in (1, 2, 5)]
    first = max(step for step in steps if step <= low)
    last = min(step for step in steps if step >= high)
    ticks = tuple(step for step in steps if first <= step <= last)
    return Scale(first, last, ticks, log=True)


def tick_format(scale: Scale) -> str:
    """A d3 format with the decimals the ticks need (2.5 must not read 3)."""
    if scale.log:
        return ",.12~g"
    decimals = max((len(f"{tick:.10f}".rstrip("0").split(".")[1]) for tick in scale.ticks), default=0)
    return f",.{min(decimals, 6)}f"


def plain(value: float) -> str:
    """A target as a person would type it: `102`, `37.5`."""
    return f"{value:,.1f}".removesuffix(".0")


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return power * next(m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if step <= m * power * (1 + 1e-9))


def _round(value: float) -> float:
    """Without the noise of binary fractions (0.30000000000000004)."""
    return float(f"{value:.12g}")
