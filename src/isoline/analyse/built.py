"""A side as it is read: its lines, rates and noise, from which readings at any interactivity follow."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from isoline.analyse.comparison import Interval, Reading, Side
from isoline.analyse.intervals import Spread, of_reading, spread
from isoline.analyse.line import Line
from isoline.analyse.noise import Noise
from isoline.analyse.plotting import Lines, bands, plot
from isoline.analyse.quantities import QUANTITIES, Base, Quantity, Rates
from isoline.analyse.read import line_at, read_envelope, read_pooled, value_at
from isoline.analyse.terms import AXIS_METRICS, View


@dataclass(slots=True)
class Built:
    """A side and what its readings come from.

    `lines` are those of its series, or the one frontier of `pooled`; `noise` is `None` without repeats.
    """

    side: Side
    lines: tuple[Line, ...]
    rates: Rates
    noise: Noise | None
    pooled: bool
    _plotted: Side | None = field(default=None, repr=False)

    def read(self, x: float, quantity: Quantity) -> Reading:
        """The side at one interactivity."""
        if self.pooled:
            return read_pooled(self.lines[0] if self.lines else None, x, self.rates, quantity)
        return read_envelope(self.lines, x, self.rates, quantity)

    def value(self, x: float, quantity: Quantity) -> float | None:
        """What `read` has as its value."""
        return value_at(self.lines, x, self.rates, quantity, pooled=self.pooled)

    def spread(self, x: float, base: Base) -> Spread | None:
        """How far `base` read at `x` may be off; `None` without repeats."""
        if self.noise is None or not self.lines:
            return None
        return spread(self.noise, line_at(self.lines, x, pooled=self.pooled), x, base)

    def interval(self, x: float, value: float, quantity: Quantity) -> Interval | None:
        """Of `value`, read of `quantity` at `x`."""
        found = self.spread(x, quantity.base)
        return of_reading(value, quantity, found) if found else None

    def plotted(self, view: View) -> Side:
        """The side with what a chart draws, made once."""
        if self._plotted is None:
            own = tuple(Line.through(s.frontier, s.label, pooled=False) for s in self.side.series)
            drawn = plot(self.side.series, Lines(self.lines if self.pooled else own, own), self.rates, view)
            if self.noise is not None and view.x not in AXIS_METRICS:
                quantity = QUANTITIES[view.metric]
                told = tuple(
                    replace(p, interval=self.interval(p.x, p.y, quantity)) if p.on_line else p
                    for p in drawn.points
                )
                found = bands(drawn.line, lambda x, y: self.interval(x, y, quantity))
                drawn = replace(drawn, bands=found, points=told)
            self._plotted = replace(self.side, plot=drawn)
        return self._plotted
