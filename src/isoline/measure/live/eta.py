"""When a sweep will be over, from how long its points took."""

from __future__ import annotations

from isoline.measure.loads import Load
from isoline.measure.sweep.plan import LONGEST


def share_done(load: Load, finished: int, seconds: float) -> float | None:
    """How much of a point's load is over, 0 to 1; `None` where it ends when it has seen enough."""
    if load.requests is not None:
        return min(1.0, finished / load.requests)
    if load.duration is None or load.duration == LONGEST:
        return None
    return min(1.0, seconds / load.duration)


def seconds_left(
    took: list[float], remaining: int, seconds: float, share: float | None, loading: float
) -> float | None:
    """`took`: seconds of finished points; `remaining`: points not yet finished, this one among them.

    `seconds`: this point so far, of which `loading` under its load, of which `share` is over. Loads differ,
    so this is a guess that gets better; `None` until there is something to guess from, and where the last
    point takes longer than those before it did: nobody knows how much longer.
    """
    if remaining <= 0:
        return 0.0
    whole = loading / share + (seconds - loading) if share else None
    known = [*took, *([whole] if whole is not None else [])]
    if not known:
        return None
    typical = sum(known) / len(known)
    if whole is None and remaining == 1 and seconds > typical:
        return None
    here = max(0.0, (whole if whole is not None else max(typical, seconds)) - seconds)
    return here + (remaining - 1) * typical
