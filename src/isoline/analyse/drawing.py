"""The line that is drawn for a side: exactly what a reading at each interactivity would say."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise

from isoline.analyse.comparison import LineSegment
from isoline.analyse.line import SAME, Line
from isoline.analyse.read import is_wide
from isoline.domain.point import PUBLISHED

SAMPLES = 160
STEPS = 8  # samples of a series' line between two neighbours

Sample = tuple[float, float]
Value = Callable[[Line, float], float | None]


def throughput(line: Line, x: float) -> float:
    """What is drawn unless something else is asked for."""
    return line.curve(x)


def drawn_line(lines: Sequence[Line], value: Value = throughput) -> tuple[LineSegment, ...]:
    """The envelope of `lines` from the first knot to the last, in stretches of one series and style.

    Where the envelope drops because a series ends, the stretch ends too: nothing is drawn across.
    `value` is what is drawn of the series that is best in throughput.
    """
    if not lines:
        return ()
    segments: list[LineSegment] = []
    current: tuple[Line, str] | None = None
    samples: list[Sample] = []
    for x, best in _best(lines, _abscissae(lines)):
        y = value(best, x)
        kind = (best, _style(best, x, from_left=current is not None and current[0] is best))
        if current is not None and kind != current:
            if x <= current[0].last.interactivity:
                _add(samples, x, value(best, x))  # the stretches meet
            _close(segments, current, samples)
            samples = [samples[-1]] if samples and current[0] is best else []
        current = kind
        _add(samples, x, y)
    if current is not None:
        _close(segments, current, samples)
    return tuple(segments)


def series_lines(lines: Sequence[Line], value: Value = throughput) -> tuple[LineSegment, ...]:
    """Every line of its own, broken at wide gaps; a stretch of one point has no line."""
    segments = []
    for line in lines:
        for start, end in _runs(line):
            knots = line.points[start : end + 1]
            samples: list[Sample] = []
            for left, right in pairwise(knots):
                width = right.interactivity - left.interactivity
                for step in range(STEPS):
                    x = left.interactivity + width * step / STEPS
                    _add(samples, x, value(line, x))
            _add(samples, knots[-1].interactivity, value(line, knots[-1].interactivity))
            if len(samples) > 1:
                segments.append(LineSegment(line.label, "series", tuple(samples)))
    return tuple(segments)


def _runs(line: Line) -> list[tuple[int, int]]:
    """First and last knot of each stretch without a wide gap."""
    runs, start = [], 0
    for i in range(1, len(line.points) + 1):
        if i == len(line.points) or is_wide(line.points[i - 1], line.points[i]):
            if i - start > 1:
                runs.append((start, i - 1))
            start = i
    return runs


def _best(lines: Sequence[Line], xs: Sequence[float]) -> list[tuple[float, Line]]:
    """`read.envelope_line` at every ascending x; a line that ended is not looked at again."""
    ends = sorted(lines, key=lambda line: line.last.interactivity)
    found: list[tuple[float, Line]] = []
    gone = 0
    for x in xs:
        while gone < len(ends) and ends[gone].last.interactivity * (1 + SAME) < x:
            gone += 1
        best, most = None, 0.0
        for line in ends[gone:]:  # of equals the one that reaches furthest
            if best is not None and line.first.throughput < most:
                continue  # no curve rises above its first knot
            if line.printed and line.first.interactivity * (1 - SAME) > x:
                continue
            y = line.curve(x)
            if best is None or y > most or (y == most and line.last.interactivity > best.last.interactivity):
                best, most = line, y
        if best is not None:
            found.append((x, best))
    return found


def _abscissae(lines: Sequence[Line]) -> list[float]:
    first = min(line.first.interactivity for line in lines)
    last = max(line.last.interactivity for line in lines)
    grid = {first + (last - first) * i / SAMPLES for i in range(SAMPLES + 1)}
    knots = {point.interactivity for line in lines for point in line.points}
    return sorted(x for x in grid | knots if first <= x <= last)


def _style(line: Line, x: float, from_left: bool) -> str:
    """How the stretch beside `x` is known; a knot belongs to the stretch that leads to it, or from it."""
    knots = line.curve.xs
    if x < knots[0]:
        return "reach"  # only a faster point gives this
    i = bisect_left(knots, x)
    left = i if i < len(knots) and knots[i] == x and not from_left else i - 1
    left = min(max(left, 0), max(len(knots) - 2, 0))
    near = line.points[left : left + 2]
    if len(near) == 2 and is_wide(*near):
        return "gap"
    return "published" if near[0].status == PUBLISHED else "curve"


def _add(samples: list[Sample], x: float, y: float | None) -> None:
    if y is not None:
        samples.append((x, y))


def _close(segments: list[LineSegment], kind: tuple[Line, str], samples: Sequence[Sample]) -> None:
    if len(samples) > 1:
        segments.append(LineSegment(kind[0].label, kind[1], tuple(samples)))
