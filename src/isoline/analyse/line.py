"""A line: the frontier of some points, with a curve for every metric along it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import floor

from isoline.analyse.quantities import COST, QUANTITIES, TOTAL, Quantity, Rates
from isoline.domain.point import Point
from isoline.numerics.curve import Curve
from isoline.numerics.frontier import frontier

SAME = 1e-9  # relative distance within which a target is on a knot


@dataclass(frozen=True, slots=True)
class Values:
    """Every metric at one interactivity; units as in `Reading`."""

    throughput: float
    output_throughput: float | None
    input_throughput: float | None
    cost: float | None
    tokens_per_mw: float | None
    concurrency: int | None
    recomputed: tuple[str, ...]


@dataclass(slots=True)
class Line:
    """`points` are the frontier, interactivity ascending; metrics are splined over interactivity.

    `pooled` lines keep the reference's slopes for two knots and spline tok/s/MW; series lines are
    straight between two knots and derive tok/s/MW from throughput.
    """

    label: str | None
    points: tuple[Point, ...]
    curve: Curve
    pooled: bool
    _curves: dict[str, Curve | None] = field(default_factory=dict)

    @classmethod
    def of(cls, points: Sequence[Point], label: str | None, *, pooled: bool) -> Line | None:
        """The upper-left frontier (interactivity, total throughput) of `points` and its curve."""
        front = frontier([p.interactivity for p in points], [p.throughput for p in points])
        if not front:
            return None
        knots = tuple(points[i] for i in front)
        curve = Curve.through(
            [p.interactivity for p in knots], [p.throughput for p in knots], straight_pair=not pooled
        )
        return cls(label, knots, curve, pooled)

    @property
    def first(self) -> Point:
        """The frontier point of the lowest interactivity."""
        return self.points[0]

    @property
    def last(self) -> Point:
        """The frontier point of the highest interactivity."""
        return self.points[-1]

    def neighbours(self, x: float) -> tuple[Point, ...]:
        """The knot at `x`, or the two around it, or the end beyond which it lies."""
        for i, knot in enumerate(self.points):
            if abs(knot.interactivity - x) <= SAME * abs(x):
                return (knot,)
            if knot.interactivity > x:
                return self.points[max(i - 1, 0) : i + 1]
        return (self.last,)

    def at(self, x: float, rates: Rates) -> Values:
        """All metrics at `x` (clamped to the knots; whether that is a reading, the caller decides)."""
        throughput = self.curve(x)
        return Values(
            throughput,
            self._metric("output", x, lambda p: p.output_throughput),
            self._metric("input", x, lambda p: p.input_throughput),
            self.value(QUANTITIES[COST], x, rates),
            self.value(QUANTITIES["tokens_per_s_per_mw"], x, rates),
            self._concurrency(x),
            self._recomputed(rates),
        )

    def value(self, quantity: Quantity, x: float, rates: Rates) -> float | None:
        """One metric at `x`: derived from what it is based on, or splined between printed figures."""
        if quantity.printed is not None and quantity.states(self.first, rates):
            return self._metric(f"printed {quantity.key}", x, quantity.printed)
        base = quantity.base
        value = self.curve(x) if base is TOTAL else self._metric(base.name, x, base.read)
        return None if value is None else quantity.convert(value, rates)

    @property
    def printed(self) -> bool:
        """Whether its points are readings that a page printed, with their own cost and power."""
        return self.first.printed_cost is not None

    def _recomputed(self, rates: Rates) -> tuple[str, ...]:
        replaced = {"cost_per_mtok": rates.explicit_price, "tokens_per_s_per_mw": rates.explicit_power}
        return tuple(name for name, explicit in replaced.items() if self.printed and explicit)

    def _concurrency(self, x: float) -> int | None:
        value = self._metric("concurrency", x, lambda p: p.concurrency)
        return None if value is None else floor(value + 0.5)

    def _metric(self, name: str, x: float, read: Callable[[Point], float | None]) -> float | None:
        """The metric splined over the knots that report it; `None` if a neighbour does not."""
        if name not in self._curves:
            known = [(p.interactivity, value) for p in self.points if (value := read(p)) is not None]
            self._curves[name] = (
                Curve.through([k[0] for k in known], [k[1] for k in known], straight_pair=not self.pooled)
                if known
                else None
            )
        curve = self._curves[name]
        if curve is None or any(read(p) is None for p in self.neighbours(x)):
            return None
        return curve(x)
