"""Bands along drawn lines."""

from __future__ import annotations

from isoline.analyse.comparison import Interval, LineSegment
from isoline.analyse.plotting import bands


def interval(x: float, y: float) -> Interval | None:
    """Of a reading; none between 59 and 70, where nothing was repeated."""
    return None if 59 < x < 70 else Interval(y - 1, y + 1, 0.95, (2,), (2,), 1.0, (1,), (0.0,))


def test_a_point_without_repeats_interrupts_the_band() -> None:
    line = LineSegment("a", "curve", tuple((float(x), 100.0 - x) for x in range(50, 81)))
    found = bands((line,), interval)
    assert [(band.samples[0][0], band.samples[-1][0]) for band in found] == [(50.0, 59.0), (70.0, 80.0)]


def test_what_bridges_a_gap_has_no_band() -> None:
    line = LineSegment("a", "gap", ((50.0, 100.0), (58.0, 90.0)))
    assert bands((line,), interval) == ()
