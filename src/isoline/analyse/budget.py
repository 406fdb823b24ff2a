"""The inverse reading: the highest interactivity that a cost allows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from isoline.analyse.built import Built
from isoline.analyse.comparison import Within
from isoline.analyse.quantities import COST, QUANTITIES

SAMPLES = 512
CLOSE = 1e-12  # of a speed: what a crossing is bisected to


def within(built: tuple[Built, Built], budgets: tuple[float, ...]) -> tuple[Within, ...]:
    """The highest speed that each side gives for each budget ($ per M tokens), whatever the targets are."""
    a, b = (_highest(one, budgets) for one in built)
    return tuple(
        Within(budget, (x, y), (how_x, how_y), (_fastest(built[0], budget), _fastest(built[1], budget)))
        for budget, (x, how_x), (y, how_y) in zip(budgets, a, b, strict=True)
    )


def _highest(one: Built, budgets: tuple[float, ...]) -> list[tuple[float | None, str]]:
    """Of one side, for each budget, with how it is known. All budgets look at the same speeds first."""
    quantity = QUANTITIES[COST]
    cost = cache(lambda x: one.value(x, quantity))
    first = min((line.first.interactivity for line in one.lines), default=0.0)
    last = max((line.last.interactivity for line in one.lines), default=0.0)
    found = [highest_within(cost, first, last, budget) for budget in budgets]
    return [(x, "outside" if x is None else one.read(x, quantity).status) for x in found]


def _fastest(one: Built, budget: float) -> float | None:
    """The speed of its fastest known point that costs no more."""
    quantity = QUANTITIES[COST]
    priced = (
        (point.interactivity, quantity.of(point, one.rates)) for line in one.lines for point in line.points
    )
    return max((x for x, cost in priced if cost is not None and cost <= budget), default=None)


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
