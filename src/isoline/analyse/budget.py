"""The inverse reading: the highest interactivity that a cost allows."""

from __future__ import annotations

from collections.abc import Callable

SAMPLES = 512
CLOSE = 1e-12  # of a speed: what a crossing is bisected to


def highest_within(
    cost: Callable[[float], float | None], first: float, last: float, budget: float
) -> float | None:
    """The largest x in [first, last] with cost(x) <= budget, or `None`.

    Cost need not be monotone (input tokens of a disaggregated frontier are not), so the range is
    scanned from its fast end and the crossing then bisected.
    """
    if not budget > 0:
        return None

    def affordable(x: float) -> bool:
        value = cost(x)
        return value is not None and value <= budget

    if affordable(last):
        return last
    above = last
    for i in range(SAMPLES - 1, -1, -1):
        x = first + (last - first) * i / SAMPLES
        if affordable(x):
            return _bisect(affordable, x, above)
        above = x
    return None


def _bisect(affordable: Callable[[float], bool], low: float, high: float) -> float:
    while high - low > CLOSE * high:
        middle = (low + high) / 2
        if affordable(middle):
            low = middle
        else:
            high = middle
    return low
