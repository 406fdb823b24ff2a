"""A line: the frontier of some points, with a curve for every metric along it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor

import msgspec

from isoline.analyse.comparison import throughput_curve
from isoline.analyse.metrics import cost_per_mtok, tokens_per_s_per_mw
from isoline.domain.point import Point
from isoline.numerics.curve import Curve
from isoline.numerics.frontier import frontier

SAME = 1e-9  # relative distance within which a target is on a knot


@dataclass(frozen=True, slots=True)
class Rates:
    """What a GPU of one hardware costs ($/GPU-hour) and draws (all-in kW); `None` where unknown.

    `explicit_*` says that the user chose the value, so that it replaces a printed figure.
    """

    usd_per_gpu_hour: float | None
    kw_per_gpu: float | None
    explicit_price: bool = False
    explicit_power: bool = False


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
    _curves: dict[str, Curve] = field(default_factory=dict)

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
        i = bisect_left(self.curve.xs, x - SAME * abs(x))
        if i == len(self.points):
            return (self.last,)
        if self.curve.xs[i] <= x + SAME * abs(x):
            return (self.points[i],)
        return self.points[max(i - 1, 0) : i + 1]

    def at(self, x: float, near: tuple[Point, ...], rates: Rates) -> Values:
        """All metrics at `x` (clamped to the knots; whether that is a reading, the caller decides).

        `near` are the `neighbours` of `x`.
        """
        throughput = self.curve(x)
        return Values(
            throughput,
            self._metric("output_throughput", x, near),
            self._metric("input_throughput", x, near),
            self._cost(x, near, throughput, rates),
            self._tokens_per_mw(x, near, throughput, rates),
            self._concurrency(x, near),
            self._recomputed(rates),
        )

    def _recomputed(self, rates: Rates) -> tuple[str, ...]:
        if not self.printed:
            return ()
        replaced = {"cost_per_mtok": rates.explicit_price, "tokens_per_s_per_mw": rates.explicit_power}
        return tuple(name for name, explicit in replaced.items() if explicit)

    def _cost(self, x: float, near: tuple[Point, ...], throughput: float, rates: Rates) -> float | None:
        if self.printed and not rates.explicit_price:
            return self._metric("printed_cost", x, near)
        if rates.usd_per_gpu_hour is None:
            return None
        return cost_per_mtok(rates.usd_per_gpu_hour, throughput)

    def _tokens_per_mw(
        self, x: float, near: tuple[Point, ...], throughput: float, rates: Rates
    ) -> float | None:
        if self.printed and not rates.explicit_power:
            return self._metric("printed_tokens_per_mw", x, near)
        if rates.kw_per_gpu is None:
            return None
        return tokens_per_s_per_mw(throughput, rates.kw_per_gpu)

    def _concurrency(self, x: float, near: tuple[Point, ...]) -> int | None:
        value = self._metric("concurrency", x, near)
        return None if value is None else floor(value + 0.5)

    def _metric(self, name: str, x: float, near: tuple[Point, ...]) -> float | None:
        """A field of `Point` splined over the knots that report it; `None` if a neighbour does not."""
        values: list[float | None] = [getattr(point, name) for point in near]
        if None in values:
            return None
        if len(values) == 1 and x <= near[0].interactivity:
            return values[0]
        if name not in self._curves:
            self._curves[name] = self._curve_of(name)
        return self._curves[name](x)

    def _curve_of(self, name: str) -> Curve:
        known = [(p.interactivity, value) for p in self.points if (value := getattr(p, name)) is not None]
        return Curve.through([k[0] for k in known], [k[1] for k in known], straight_pair=not self.pooled)
