"""Two runs at the same speed per user: each run's own points, read as a comparison reads a side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isoline.analyse.built import Built
from isoline.analyse.comparison import Side, Target
from isoline.analyse.defaults import measured_range
from isoline.analyse.figure import Figure
from isoline.analyse.firm import three
from isoline.analyse.line import Line
from isoline.analyse.matched import target
from isoline.analyse.noise import Noise
from isoline.analyse.quantities import NO_RATES, QUANTITIES, THROUGHPUT
from isoline.analyse.repeats import pool_repeats
from isoline.domain.point import Point


@dataclass(frozen=True, slots=True)
class SameSpeed:
    """Both runs at one interactivity (tok/s/user): total tok/s/GPU, and how it is known of each."""

    interactivity: float
    statuses: tuple[str, str]
    figure: Figure


def same_speed(a: Sequence[Point], b: Sequence[Point]) -> tuple[SameSpeed, ...]:
    """A slow, a middle and a fast speed at which both runs are measured or interpolated between close points;
    none where that is nowhere. The points of each are of one workload, whatever their loads.
    """
    built = [_built(key, points) for key, points in (("a", a), ("b", b))]
    if not all(one.lines for one in built):
        return ()
    quantity = QUANTITIES[THROUGHPUT]
    found = [target(x, built, quantity) for x in three(built)]
    return tuple(_change(one) for one in found if one.throughput_ratio)


def _change(found: Target) -> SameSpeed:
    a, b = found.readings
    ratio = found.throughput_interval
    interval = (1 / ratio.high - 1, 1 / ratio.low - 1) if ratio else None
    figure = Figure("throughput", a.throughput_per_gpu, b.throughput_per_gpu, interval)
    return SameSpeed(found.interactivity, (a.status, b.status), figure)


def _built(key: str, points: Sequence[Point]) -> Built:
    pooled = pool_repeats(points)
    line = Line.of(pooled, key, pooled=False) if pooled else None
    speeds = measured_range([point.interactivity for point in pooled])
    side = Side(key, key, "", None, tuple(pooled), (), speeds)
    return Built(side, (line,) if line else (), NO_RATES, Noise.of(pooled), pooled=False)
