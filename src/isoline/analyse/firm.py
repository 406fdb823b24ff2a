"""Where both sides of a comparison are really known: at or between close measured points."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.analyse.built import Built
from isoline.analyse.read import is_known, known_spans

ENOUGH = 9  # interactivities to try when looking for targets with a ratio


def both_known(built: Sequence[Built], x: float) -> bool:
    """Whether neither side is outside, dominated or in a wide gap at `x`."""
    a, b = built
    return is_known(a.lines, x, pooled=a.pooled) and is_known(b.lines, x, pooled=b.pooled)


def candidates(built: Sequence[Built]) -> list[float]:
    """Interactivities at which both sides may be known, ascending.

    A knot of one side is known there; the other needs a knot there or close ones around it.
    """
    knots = [{p.interactivity for line in one.lines for p in line.points} for one in built]
    near = knots[0] & knots[1]
    for own, other in zip(knots, reversed(built), strict=True):
        spans = known_spans(other.lines)
        near.update(x for x in own if any(low <= x <= high for low, high in spans))
    return sorted(near)


def three(built: Sequence[Built]) -> tuple[float, ...]:
    """A slow, a middle and a fast interactivity at which both sides are known; none where that is nowhere."""
    near = candidates(built)
    few = near[:: len(near) // ENOUGH + 1]
    found = [x for x in few if both_known(built, x)]
    return tuple(found[len(found) * i // 6] for i in (1, 3, 5)) if found else ()
