"""The line that is drawn for a side: exactly what a reading at each interactivity would say."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.analyse.comparison import LineSegment
from isoline.analyse.line import Line
from isoline.analyse.read import envelope_line, is_wide
from isoline.domain.point import PUBLISHED

SAMPLES = 160


def drawn_line(lines: Sequence[Line]) -> tuple[LineSegment, ...]:
    """The envelope of `lines` from the first knot to the last, in stretches of one series and style.

    Where the envelope drops because a series ends, the stretch ends too: nothing is drawn across.
    """
    if not lines:
        return ()
    segments: list[LineSegment] = []
    current: tuple[Line, str] | None = None
    samples: list[tuple[float, float]] = []
    for x in _abscissae(lines):
        best = envelope_line(lines, x)
        if best is None:  # cannot happen inside the range; keeps the type honest
            continue
        kind = (best, _style(best, x, from_left=current is not None and current[0] is best))
        if current is not None and kind != current:
            if x <= current[0].last.interactivity:
                samples.append((x, best.curve(x)))  # the stretches meet
            _close(segments, current, samples)
            samples = [samples[-1]] if samples and current[0] is best else []
        current = kind
        samples.append((x, best.curve(x)))
    if current is not None:
        _close(segments, current, samples)
    return tuple(segments)


def _abscissae(lines: Sequence[Line]) -> list[float]:
    first = min(line.first.interactivity for line in lines)
    last = max(line.last.interactivity for line in lines)
    grid = {first + (last - first) * i / SAMPLES for i in range(SAMPLES + 1)}
    knots = {point.interactivity for line in lines for point in line.points}
    return sorted(x for x in grid | knots if first <= x <= last)


def _style(line: Line, x: float, from_left: bool) -> str:
    """How the stretch beside `x` is known; a knot belongs to the stretch that leads to it, or from it."""
    if x < line.first.interactivity:
        return "reach"  # only a faster point gives this
    near = line.neighbours(x)
    if len(near) == 1:
        i = line.points.index(near[0])
        near = line.points[max(i - 1, 0) : i + 1] if from_left else line.points[i : i + 2]
    if len(near) == 2 and is_wide(*near):
        return "gap"
    return "published" if near[0].status == PUBLISHED else "curve"


def _close(
    segments: list[LineSegment], kind: tuple[Line, str], samples: Sequence[tuple[float, float]]
) -> None:
    if len(samples) > 1:
        segments.append(LineSegment(kind[0].label, kind[1], tuple(samples)))
