"""A line: the frontier of some points, with a curve for every metric along it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import floor

from isoline.analyse.metrics import cost_per_mtok, tokens_per_s_per_mw
from isoline.domain.point import Point
from isoline.numerics.curve import Curve
from isoline.numerics.frontier import frontier

SAME = 1e-9  # relative distance within which a target is on a knot

SPLINED: Mapping[str, Callable[[Point], float | None]] = {
    "output": lambda p: p.output_throughput,
    "input": lambda p: p.input_throughput,
    "printed cost": lambda p: p.printed_cost,
    "printed tokens/MW": lambda p: p.printed_tokens_per_mw,
    "concurrency": lambda p: p.concurrency,
}
"""What is splined beside throughput, and where a point has it."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a GPU of one hardware costs ($/GPU-hour) and draws (all-in kW); `None` where unknown.

    `explicit_*` says that the user chose the value, so that it replaces a printed figure.
    """

    usd_per_gpu_hour: float | None
    kw_per_gpu: float | None
    explicit_price: bool = False
    explicit_power: bool = False


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
            self._metric("output", x),
            self._metric("input", x),
            self._cost(x, throughput, rates),
            self._tokens_per_mw(x, throughput, rates),
            self._concurrency(x),
            self._recomputed(rates),
        )

    @property
    def printed(self) -> bool:
        """Whether its points are readings that a page printed, with their own cost and power."""
        return self.first.printed_cost is not None

    def _recomputed(self, rates: Rates) -> tuple[str, ...]:
        replaced = {"cost_per_mtok": rates.explicit_price, "tokens_per_s_per_mw": rates.explicit_power}
        return tuple(name for name, explicit in replaced.items() if self.printed and explicit)

    def _cost(self, x: float, throughput: float, rates: Rates) -> float | None:
        if self.printed and not rates.explicit_price:
            return self._metric("printed cost", x)
        if rates.usd_per_gpu_hour is None:
            return None
        return cost_per_mtok(rates.usd_per_gpu_hour, throughput)

    def _tokens_per_mw(self, x: float, throughput: float, rates: Rates) -> float | None:
        if self.printed and not rates.explicit_power:
            return self._metric("printed tokens/MW", x)
        if rates.kw_per_gpu is None:
            return None
        return tokens_per_s_per_mw(throughput, rates.kw_per_gpu)

    def _concurrency(self, x: float) -> int | None:
        value = self._metric("concurrency", x)
        return None if value is None else floor(value + 0.5)

    def splined(self, name: str) -> Curve | None:
        """The curve of one of `SPLINED` through the knots that report it; `None` if none does."""
        if name not in self._curves:
            read = SPLINED[name]
            known = [(p.interactivity, value) for p in self.points if (value := read(p)) is not None]
            self._curves[name] = (
                Curve.through([k[0] for k in known], [k[1] for k in known], straight_pair=not self.pooled)
                if known
                else None
            )
        return self._curves[name]

    def _metric(self, name: str, x: float) -> float | None:
        """The metric at `x`; `None` if a neighbour does not report it."""
        curve = self.splined(name)
        if curve is None or any(SPLINED[name](p) is None for p in self.neighbours(x)):
            return None
        return curve(x)
