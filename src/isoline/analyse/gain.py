"""Which side is better at a target, and by how much, in words."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.analyse import words
from isoline.analyse.comparison import Interval, Side, Target
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT, Quantity


def gained(quantity: Quantity, sides: tuple[Side, Side], target: Target) -> str | None:
    """What the metric chosen says, and for throughput and cost the other of the two: `FP4 is higher by
    3.1× in tokens per GPU and costs 68 % less per token (3.1× the tokens per dollar)`; None if equal."""
    pair = {THROUGHPUT: (THROUGHPUT, COST), COST: (COST, THROUGHPUT)}.get(quantity.key, (quantity.key,))
    parts: list[str] = []
    leader: Side | None = None
    statuses = [reading.status for reading in target.readings]
    for key in pair:
        better, words_of = _better(
            QUANTITIES[key], sides, *values_of(key, target), first=key == pair[0], statuses=statuses
        )
        if words_of:
            subject = "" if better is leader or better is None else f"{better.label} "
            parts.append(f"{subject}{words_of}")
            leader = leader or better
    return " and ".join(parts) if parts else None


def values_of(key: str, target: Target) -> tuple[list[float | None], Interval | None]:
    if key == THROUGHPUT:
        return [reading.throughput_per_gpu for reading in target.readings], target.throughput_interval
    if key == COST:
        return [reading.cost_per_mtok for reading in target.readings], target.cost_interval
    return [reading.value for reading in target.readings], target.interval


def _better(
    quantity: Quantity,
    sides: tuple[Side, Side],
    values: Sequence[float | None],
    interval: Interval | None,
    *,
    first: bool,
    statuses: Sequence[str],
) -> tuple[Side | None, str]:
    """The side that is better, and by how much, with the interval where it comes first.

    No side where that is not clear, and words then only where the interval of their ratio includes 1.
    """
    a, b = values
    better = leader_of(quantity, values, interval)
    if better is None or not a or not b:
        return None, _no_difference(
            quantity, sides, a / b, interval
        ) if first and interval and a and b else ""
    side, bound = sides[better], _bounded(statuses[better], statuses[not better])
    more = max(a, b) / min(a, b)
    low, high = upwards(interval, a < b) if interval else (0.0, 0.0)
    text = words.factor(more, low, high) if interval else words.times(more)
    if not quantity.lower_is_better:
        beside = words.bracketed(words.between(low, high), interval.runs) if interval and first else ""
        return side, f"is higher by {bound}{text}{beside} in {quantity.noun}"
    beside = words.bracketed(words.percent_between(low, high), interval.runs) if interval and first else ""
    less = f"{quantity.verb} {bound}{words.percent_less(more)}{beside} less {quantity.noun}"
    return side, f"{less} ({bound}{text} the tokens per dollar)" if quantity.key == COST else less


def leader_of(quantity: Quantity, values: Sequence[float | None], interval: Interval | None) -> int | None:
    """Which side is better; None where that is not clear."""
    a, b = values
    undecided = interval.low <= 1 <= interval.high if interval else bool(a and b and words.about_equal(a, b))
    return None if not a or not b or undecided else int((a < b) != quantity.lower_is_better)


def _bounded(leading: str, trailing: str) -> str:
    """A side that is faster than asked gives at least its value: their ratio is a bound, then."""
    return "at least " if leading == "dominated" else "at most " if trailing == "dominated" else ""


def _no_difference(quantity: Quantity, sides: tuple[Side, Side], ratio: float, interval: Interval) -> str:
    low, high = interval.low, interval.high
    beside = words.bracketed(words.between(low, high), interval.runs)
    a, b = (side.label for side in sides)
    return f"no measurable difference in {quantity.noun}, {a} ÷ {b} {words.factor(ratio, low, high)}{beside}"


def upwards(interval: Interval, inverted: bool) -> tuple[float, float]:
    """The interval of larger / smaller from that of first / second."""
    return (1 / interval.high, 1 / interval.low) if inverted else (interval.low, interval.high)
