"""A monotone curve through the knots of a frontier.

Steffen (1990), "A simple method for monotonic interpolation in one dimension", A&A 239, 443: slopes that
never overshoot, joined by cubic Hermite pieces. The ends use a one-sided slope, as in D3's monotone-X
curve, so that figures agree with the reference's charts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from math import copysign

import msgspec


class Curve(msgspec.Struct, frozen=True, gc=False):
    """Knots `xs` (strictly ascending) and `ys` with a slope at each; the unit of y is the caller's.

    `low` and `high` are the least and the largest of `ys`.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    slopes: tuple[float, ...]
    low: float
    high: float

    @classmethod
    def through(cls, xs: Sequence[float], ys: Sequence[float], *, straight_pair: bool = False) -> Curve:
        """The curve through the knots. `straight_pair`: two knots make a straight line."""
        knots_x, knots_y = tuple(xs), tuple(ys)
        if len(knots_x) == 1:
            return cls(knots_x, knots_y, (0.0,), knots_y[0], knots_y[0])
        if straight_pair and len(knots_x) == 2:
            slopes: tuple[float, ...] = ((knots_y[1] - knots_y[0]) / (knots_x[1] - knots_x[0]),) * 2
        else:
            slopes = steffen_slopes(knots_x, knots_y)
        return cls(knots_x, knots_y, slopes, min(knots_y), max(knots_y))

    def __call__(self, x: float) -> float:
        """y at `x`, never outside the range of the knots' y; beyond the ends the end's y."""
        xs, ys = self.xs, self.ys
        if x <= xs[0]:
            return ys[0]
        if x >= xs[-1]:
            return ys[-1]
        i = bisect_right(xs, x) - 1
        h, rise = xs[i + 1] - xs[i], ys[i + 1] - ys[i]
        t = (x - xs[i]) / h
        m0, m1 = h * self.slopes[i], h * self.slopes[i + 1]
        # The cubic Hermite piece in Horner's form.
        y = ys[i] + t * (m0 + t * (3 * rise - 2 * m0 - m1 + t * (m0 + m1 - 2 * rise)))
        return self.low if y < self.low else self.high if y > self.high else y

    def slope(self, x: float) -> float:
        """dy/dx at `x`; before the first knot 0, where y is held, and from the last knot on its slope."""
        xs = self.xs
        if x < xs[0] or len(xs) == 1:
            return 0.0
        i = min(bisect_right(xs, x), len(xs) - 1) - 1
        h, rise = xs[i + 1] - xs[i], self.ys[i + 1] - self.ys[i]
        t = min((x - xs[i]) / h, 1.0)
        m0, m1 = h * self.slopes[i], h * self.slopes[i + 1]
        return (m0 + t * (2 * (3 * rise - 2 * m0 - m1) + t * 3 * (m0 + m1 - 2 * rise))) / h


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
        if s0 * s1 > 0:  # else an extremum or a flat stretch, where the slope is 0
            slopes[i] = copysign(2 * min(abs(s0), abs(s1), 0.5 * abs(p)), s0)
    slopes[0] = (3 * secants[0] - slopes[1]) / 2
    slopes[-1] = (3 * secants[-1] - slopes[-2]) / 2
    return tuple(slopes)
