"""Lines of few points that look like lines of many."""

from __future__ import annotations

from collections.abc import Sequence

Sample = tuple[float, float]


def thinned(samples: Sequence[Sample], tolerance: float) -> list[Sample]:
    """Those of `samples`, x ascending, that straight lines between them need; both ends stay.

    What is left out lies within `tolerance` times its own y of these lines (the method of Ramer, Douglas
    and Peucker, with distances along y).
    """
    kept = list(samples[:1])
    stack = [(0, len(samples) - 1)] if len(samples) > 1 else []
    while stack:
        first, last = stack.pop()
        beyond, furthest = _furthest(samples, first, last, tolerance)
        if beyond > 0:
            stack += [(furthest, last), (first, furthest)]
        else:
            kept.append(samples[last])
    return kept


def _furthest(samples: Sequence[Sample], first: int, last: int, tolerance: float) -> tuple[float, int]:
    """The sample between two that is furthest beyond the tolerance of the line through them, and how far."""
    (x0, y0), (x1, y1) = samples[first], samples[last]
    slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
    between = enumerate(samples[first + 1 : last], first + 1)
    away = ((abs(y0 + slope * (x - x0) - y) - tolerance * abs(y), number) for number, (x, y) in between)
    return max(away, default=(0.0, first))
