"""A line: the frontier of some points, with a curve for every metric along it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import exp, floor, log

import msgspec

from isoline.analyse.quantities import (
    CONCURRENCY,
    COST,
    INPUT,
    OUTPUT,
    PER_MW,
    QUANTITIES,
    TOTAL,
    Base,
    Quantity,
    Rates,
    Read,
)
from isoline.domain.point import Point
from isoline.numerics.curve import Curve
from isoline.numerics.frontier import frontier

SAME = 1e-9  # relative distance within which a target is on a knot


class Values(msgspec.Struct, frozen=True, gc=False):
    """Every metric at one interactivity; units as in `Reading`."""

    throughput: float
    output_throughput: float | None
    input_throughput: float | None
    cost: float | None
    tokens_per_mw: float | None
    concurrency: int | None
    recomputed: tuple[str, ...]


def best_points(points: Sequence[Point]) -> tuple[Point, ...]:
    """The upper-left frontier (interactivity, total throughput), interactivity ascending."""
    if len(points) == 1:
        return (points[0],)
    front = frontier([p.interactivity for p in points], [p.throughput for p in points])
    return tuple(points[i] for i in front)


@dataclass(slots=True)
class Line:
    """`points` are the frontier, interactivity ascending; metrics are splined over interactivity.

    `pooled` lines keep the reference's slopes for two knots and spline tok/s/MW; series lines are
    straight between two knots and derive tok/s/MW from throughput.
    """

    label: str | None
    points: tuple[Point, ...]
    pooled: bool
    first: Point = field(init=False)  # of the lowest interactivity
    last: Point = field(init=False)  # of the highest
    printed: bool = field(init=False)  # readings that a page printed, with their own cost and power
    _curve: Curve | None = None
    _curves: dict[str, Curve | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first, self.last = self.points[0], self.points[-1]
        self.printed = self.first.printed_cost is not None

    @classmethod
    def of(cls, points: Sequence[Point], label: str | None, *, pooled: bool) -> Line | None:
        """The line through the frontier of `points`; none if they have no frontier."""
        knots = best_points(points)
        return cls.through(knots, label, pooled=pooled) if knots else None

    @classmethod
    def through(cls, knots: tuple[Point, ...], label: str | None, *, pooled: bool) -> Line:
        """The line through the points of a frontier."""
        return cls(label, knots, pooled)

    @property
    def curve(self) -> Curve:
        """Total throughput over interactivity; made when first asked, most lines are beaten before."""
        if self._curve is None:
            self._curve = throughput_curve(self.points, pooled=self.pooled)
        return self._curve

    def neighbours(self, x: float) -> tuple[Point, ...]:
        """The knot at `x`, or the two around it, or the end beyond which it lies."""
        xs, same = self.curve.xs, SAME * abs(x)
        i = bisect_left(xs, x - same)
        if i == len(xs):
            return (self.last,)
        if xs[i] <= x + same:
            return (self.points[i],)
        return self.points[max(i - 1, 0) : i + 1]

    def at(self, x: float, near: tuple[Point, ...], rates: Rates) -> Values:
        """All metrics at `x` (clamped to the knots; whether that is a reading, the caller decides).

        `near` are the `neighbours` of `x`.
        """
        total = self.curve(x)
        return Values(
            total,
            self._metric(OUTPUT, x, near),
            self._metric(INPUT, x, near),
            self.value(QUANTITIES[COST], x, rates, near, total),
            self.value(QUANTITIES[PER_MW], x, rates, near, total),
            self._concurrency(x, near),
            self._recomputed(rates),
        )

    def value(
        self,
        quantity: Quantity,
        x: float,
        rates: Rates,
        near: tuple[Point, ...] = (),
        total: float | None = None,
    ) -> float | None:
        """One metric at `x`: derived from what it is based on, or splined between printed figures.

        `near` are the `neighbours` of `x` and `total` is the throughput there, where they are known already.
        """
        if self.printed and quantity.printed is not None and quantity.kept(rates):
            return self._metric(quantity.printed, x, near or self.neighbours(x))
        if quantity.base is TOTAL:
            return quantity.convert(self.curve(x) if total is None else total, rates)
        value = self._metric(quantity.base, x, near or self.neighbours(x))
        return None if value is None else quantity.convert(value, rates)

    def elasticity(self, base: Base, x: float) -> float:
        """d log(base) / d log(interactivity) of its curve at `x`; 0 left of the first knot."""
        curve, x = self._curve_for(base), self._snapped(x)
        value = curve(x)
        return x * curve.slope(x) / value if value else 0.0

    def rise(self, base: Base, x: float, step: float) -> float:
        """How much higher log(base) is where log(interactivity) is lower than at `x` by `step`.

        Left of the first knot the curve goes on with the slope it has there, unless `x` is left of it.
        """
        curve, x, first = self._curve_for(base), self._snapped(x), self.first.interactivity
        there = x * exp(-step)
        rise = log(curve(there) / curve(x))
        return rise + self.elasticity(base, first) * log(there / first) if there < first <= x else rise

    def _curve_for(self, base: Base) -> Curve:
        if base is TOTAL:
            return self.curve
        curve = self._curves.get(base.name) or self._curve_of(base.read)
        if curve is None:
            raise ValueError(f"no point of {self.label} reports {base.name}")
        return curve

    def _snapped(self, x: float) -> float:
        """`x`, or the first knot where `x` is on it but for rounding: the curve is flat left of it."""
        first = self.first.interactivity
        return first if abs(x - first) <= SAME * x else x

    def curves(self, quantities: Iterable[Quantity]) -> dict[str, Curve]:
        """What `at` and `value` evaluate for these metrics, by name of the base, where a knot reports it."""
        bases = [OUTPUT, INPUT, CONCURRENCY]
        for quantity in quantities:
            bases += [quantity.base, *([quantity.printed] if quantity.printed else [])]
        told = {base.name: self._curve_of(base.read) for base in bases if base is not TOTAL}
        return {TOTAL.name: self.curve, **{name: curve for name, curve in told.items() if curve}}

    def _recomputed(self, rates: Rates) -> tuple[str, ...]:
        if not self.printed:
            return ()
        replaced = {"cost_per_mtok": rates.explicit_price, "tokens_per_s_per_mw": rates.explicit_power}
        return tuple(name for name, explicit in replaced.items() if explicit)

    def _concurrency(self, x: float, near: tuple[Point, ...]) -> int | None:
        value = self._metric(CONCURRENCY, x, near)
        return None if value is None else floor(value + 0.5)

    def _metric(self, base: Base, x: float, near: tuple[Point, ...]) -> float | None:
        """A base splined over the knots that report it; `None` if a neighbour does not."""
        if len(near) == 1 and x <= near[0].interactivity:
            return base.read(near[0])
        if base.name not in self._curves:
            self._curves[base.name] = self._curve_of(base.read)
        curve = self._curves[base.name]
        if curve is None or (
            len(curve.xs) < len(self.points) and None in [base.read(point) for point in near]
        ):
            return None
        return curve(x)

    def _curve_of(self, read: Read) -> Curve | None:
        """Through the knots that report it; `None` where none does."""
        values = list(map(read, self.points))
        xs, ys = self.curve.xs, [value for value in values if value is not None]
        if len(ys) < len(values):
            xs = tuple(x for x, value in zip(xs, values, strict=True) if value is not None)
        return Curve.through(xs, ys, straight_pair=not self.pooled) if ys else None


def throughput_curve(knots: Sequence[Point], *, pooled: bool) -> Curve:
    """Total throughput (tok/s/GPU) over interactivity (tok/s/user) through a frontier; two knots of a series
    make a straight line."""
    xs, ys = [p.interactivity for p in knots], [p.throughput for p in knots]
    return Curve.through(xs, ys, straight_pair=not pooled)
