"""What a chart draws of one side on the axes chosen.

On a latency axis a point's speed is 1 / latency: frontier, curve, gaps and reach are then the same
notions as on interactivity, and what is drawn is read back as a latency.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from isoline.analyse.comparison import Band, Interval, LineSegment, Plot, Plotted, Series
from isoline.analyse.drawing import drawn_line, series_lines
from isoline.analyse.line import Line
from isoline.analyse.quantities import QUANTITIES, Quantity, Rates
from isoline.analyse.terms import AXIS_METRICS, View
from isoline.domain.point import Point

BAND_SAMPLES = 40
Between = Callable[[float, float], Interval | None]  # the interval of a value (y) read at x


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a side, and which of them belong to its series."""

    read: tuple[Line, ...]  # what readings are taken from: one line if pooled
    series: tuple[Line, ...]


def plot(series: Sequence[Series], lines: Lines, rates: Rates, view: View) -> Plot:
    """Points, drawn line and lines of series in units of the axes."""
    quantity = QUANTITIES[view.metric]
    axis = AXIS_METRICS.get(view.x)
    members = {s.label: s.points for s in series}
    if axis is not None:
        members = {label: _by_latency(points, axis) for label, points in members.items()}
        lines = _rebuilt(members, pooled=any(line.pooled for line in lines.read))
    drawn = _Drawn(quantity, rates, view)
    line = drawn_line(lines.read, drawn.value)
    knots = {sample for segment in line for sample in segment.samples}
    best = {p.key for one in lines.series for p in one.points}
    points = [
        Plotted(
            p, drawn.x(p.interactivity), y, label, p.key in best, (p.interactivity, y) in knots or not line
        )
        for label, own in members.items()
        for p in own
        if (y := quantity.of(p, rates)) is not None and (p.key in best or not view.optimal)
    ]
    total = sum(len(s.points) for s in series)
    told = sum(quantity.of(p, rates) is not None for own in members.values() for p in own)
    thin = series_lines(lines.series, drawn.value) if len(series) > 1 else ()
    return Plot(tuple(points), drawn.segments(line), drawn.segments(thin), total - told)


def bands(line: Sequence[LineSegment], between: Between) -> tuple[Band, ...]:
    """Intervals along a drawn line, where points are close enough for a reading."""
    found = []
    for segment in line:
        if segment.style != "curve":
            continue
        samples = segment.samples[:: len(segment.samples) // BAND_SAMPLES + 1]
        if samples[-1:] != segment.samples[-1:]:
            samples += segment.samples[-1:]
        told = [(x, between(x, y)) for x, y in samples]
        for known, own in groupby(told, lambda sample: sample[1] is not None):
            band = tuple((x, at.low, at.high) for x, at in own if at is not None)
            if known and len(band) > 1:  # a point without repeats interrupts it
                found.append(Band(band, segment.series))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Drawn:
    quantity: Quantity
    rates: Rates
    view: View

    def value(self, line: Line, x: float) -> float | None:
        return line.value(self.quantity, x, self.rates)

    def x(self, speed: float) -> float:
        return 1 / speed if self.view.x in AXIS_METRICS else speed

    def segments(self, found: Sequence[LineSegment]) -> tuple[LineSegment, ...]:
        if self.view.x not in AXIS_METRICS:
            return tuple(found)
        return tuple(
            LineSegment(s.series, s.style, tuple((1 / x, y) for x, y in reversed(s.samples)))
            for s in reversed(found)
        )


def _by_latency(points: Sequence[Point], metric: str) -> tuple[Point, ...]:
    return tuple(
        msgspec.structs.replace(point, interactivity=1 / latency)
        for point in points
        if (latency := point.metrics.get(metric)) is not None and latency > 0
    )


def _rebuilt(members: dict[str, tuple[Point, ...]], *, pooled: bool) -> Lines:
    series = tuple(
        line for label, own in members.items() if (line := Line.of(own, label, pooled=False)) is not None
    )
    if not pooled:
        return Lines(series, series)
    every = [point for own in members.values() for point in own]
    one = Line.of(every, None, pooled=True)
    return Lines((one,) if one else (), series)
