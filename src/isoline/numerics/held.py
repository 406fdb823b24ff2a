"""The mean over time of something that is read now and then and keeps its value in between. Pure."""

from __future__ import annotations

from itertools import pairwise

from isoline.numerics.power import Trace


def held_mean(trace: Trace, start: int, end: int) -> float | None:
    """Each reading counts for as long as it was the last one, inside the window only (nanoseconds).

    `None` if none was there before the window's end.
    """
    weights = [
        (max(0, min(later, end) - max(time, start)), value)
        for (time, later), value in zip(pairwise((*trace.times, end)), trace.values, strict=True)
    ]
    whole = sum(weight for weight, _ in weights)
    return sum(weight * value for weight, value in weights) / whole if whole > 0 else None
