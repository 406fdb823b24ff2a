"""At which interactivities two sides are read if nothing was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, log

from isoline.analyse.defaults import default_targets
from isoline.domain.point import PUBLISHED, Point

Known = Callable[[float], bool]


def chosen(
    span: tuple[float, float] | None,
    groups: Sequence[Sequence[Point]],
    knots: Callable[[], Sequence[float]],
    known: Known | None,
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Default targets, and a remark where they were moved.

    Printed readings are read where both sides have one; everything else at the quarters of the common
    range. With `known`, a quarter at which a side is not really known gives way to the nearest of
    `knots` at which both are.
    """
    printed = [{p.interactivity for p in group if p.status == PUBLISHED} for group in groups]
    if all(printed) and (shared := sorted(set.intersection(*printed))):
        return tuple(shared), ()
    quarters = default_targets(span)
    if known is None:
        return quarters, ()
    kept = [target for target in quarters if known(target)]
    if len(kept) == len(quarters):
        return quarters, ()
    moved = _moved(quarters, kept, knots(), known)
    if moved == quarters:
        return quarters, ()
    return moved, (
        f"The quarters of the common range ({_listed(quarters)} tok/s/user) are not all well known on both "
        f"sides; where they are not, the nearest speed that is was taken",
    )


def _moved(
    quarters: Sequence[float], kept: Sequence[float], knots: Sequence[float], known: Known
) -> tuple[float, ...]:
    firm = [x for x in knots if known(x)]
    taken = [*kept]
    for target in quarters:
        free = [x for x in firm if all(abs(log(x / t)) > 0.05 for t in taken)]
        if target not in taken and free:
            near = min(free, key=lambda x: abs(log(x / target)))
            taken.append(_tidy(near, known))
    return tuple(sorted(taken)) if taken else tuple(quarters)


def _tidy(x: float, known: Known) -> float:
    """A number that a person would type: whole, or with one decimal or two, where that is known as well."""
    steps = (1.0, 0.1, 0.01)
    near = (round(turn(x / step) * step, 2) for step in steps for turn in (round, floor, ceil))
    return next((value for value in near if value > 0 and known(value)), x)


def _listed(values: Sequence[float]) -> str:
    return ", ".join(f"{value:g}" for value in values)
