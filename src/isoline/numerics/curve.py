"""A monotone curve through the knots of a frontier.

Steffen (1990), "A simple method for monotonic interpolation in one dimension", A&A 239, 443: slopes that
never overshoot, joined by cubic Hermite pieces. The ends use a one-sided slope, as in D3's monotone-X
curve, so that figures agree with the reference's charts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Curve:
    """Knots `xs` (strictly ascending) and `ys` with a slope at each; the unit of y is the caller's."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    slopes: tuple[float, ...]
    low: float = field(init=False, repr=False)
    high: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", min(self.ys))
        object.__setattr__(self, "high", max(self.ys))

    @classmethod
    def through(cls, xs: Sequence[float], ys: Sequence[float], *, straight_pair: bool = False) -> Curve:
        """The curve through the knots. `straight_pair`: two knots make a straight line."""
        knots_x, knots_y = tuple(xs), tuple(ys)
        if straight_pair and len(knots_x) == 2:
            slope = (knots_y[1] - knots_y[0]) / (knots_x[1] - knots_x[0])
            return cls(knots_x, knots_y, (slope, slope))
        return cls(knots_x, knots_y, steffen_slopes(knots_x, knots_y))

    def __call__(self, x: float) -> float:
        """y at `x`, never outside the range of the knots' y; beyond the ends the end's y."""
        xs, ys = self.xs, self.ys
        if x <= xs[0]:
            return ys[0]
        if x >= xs[-1]:
            return ys[-1]
        i = bisect_right(xs, x) - 1
        h = xs[i + 1] - xs[i]
        t = (x - xs[i]) / h
        t2, t3 = t * t, t * t * t
        y = (
            (2 * t3 - 3 * t2 + 1) * ys[i]
            + (t3 - 2 * t2 + t) * h * self.slopes[i]
            + (3 * t2 - 2 * t3) * ys[i + 1]
            + (t3 - t2) * h * self.slopes[i + 1]
        )
        return min(max(y, self.low), self.high)


def steffen_slopes(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, ...]:
    """Slopes at the knots; see the module for the formula. One knot has slope 0."""
    n = len(xs)
    if n < 2:
        return (0.0,) * n
    widths = [xs[i + 1] - xs[i] for i in range(n - 1)]
    secants = [(ys[i + 1] - ys[i]) / widths[i] for i in range(n - 1)]
    if n == 2:
        # What D3 draws: the left end is taken before the right one has a slope.
        return (1.5 * secants[0], 0.75 * secants[0])
    slopes = [0.0] * n
    for i in range(1, n - 1):
        s0, s1 = secants[i - 1], secants[i]
        p = (s0 * widths[i] + s1 * widths[i - 1]) / (widths[i - 1] + widths[i])
        slopes[i] = (_sign(s0) + _sign(s1)) * min(abs(s0), abs(s1), 0.5 * abs(p))
    slopes[0] = (3 * secants[0] - slopes[1]) / 2
    slopes[-1] = (3 * secants[-1] - slopes[-2]) / 2
    return tuple(slopes)


def _sign(value: float) -> float:
    return -1.0 if value < 0 else 1.0
