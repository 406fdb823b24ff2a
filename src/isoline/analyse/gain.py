"""Which side is better at a target, and by how much, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isoline.analyse import words
from isoline.analyse.comparison import Interval, Side, Target
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT, Quantity

BOUNDS = {"≥": "at least ", "≤": "at most ", "": ""}


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much the side at place `side` is better in one metric.

    `more` is larger / smaller, `ends` those of its interval (twice `more` without one). `bound`: a side
    that is faster than asked gives at least its value, so their ratio is a bound, then.
    """

    side: int
    more: float
    ends: tuple[float, float]
    bound: str
    factor: str


def gain_of(quantity: Quantity, target: Target) -> Gain | None:
    """`None` where it is not clear which side is better."""
    (a, b), interval = values_of(quantity.key, target)
    side = leader_of(quantity, (a, b), interval)
    if side is None or not a or not b:
        return None
    more = max(a, b) / min(a, b)
    ends = upwards(interval, a < b) if interval else (more, more)
    leading, trailing = target.readings[side].status, target.readings[not side].status
    bound = "≥" if leading == "dominated" else "≤" if trailing == "dominated" else ""
    return Gain(side, more, ends, bound, words.factor(more, *ends) if interval else words.times(more))


def gained(quantity: Quantity, sides: tuple[Side, Side], target: Target) -> str | None:
    """What the metric chosen says, and for throughput and cost the other of the two: `FP4 is higher by
    3.1× in tokens per GPU and costs 68 % less per token (3.1× the tokens per dollar)`; None if equal."""
    pair = {THROUGHPUT: (THROUGHPUT, COST), COST: (COST, THROUGHPUT)}.get(quantity.key, (quantity.key,))
    parts: list[str] = []
    leader: Side | None = None
    for key in pair:
        better, words_of = _better(QUANTITIES[key], sides, target, first=key == pair[0])
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
    quantity: Quantity, sides: tuple[Side, Side], target: Target, *, first: bool
) -> tuple[Side | None, str]:
    """The side that is better, and by how much, with the interval where it comes first.

    No side where that is not clear, and words then only where the interval of their ratio includes 1.
    """
    (a, b), interval = values_of(quantity.key, target)
    found = gain_of(quantity, target)
    if found is None:
        if not first or interval is None or not a or not b:
            return None, ""
        return None, _no_difference(quantity, sides, a / b, interval)
    side, bound = sides[found.side], BOUNDS[found.bound]
    runs = interval.runs if interval and first else ()
    if not quantity.lower_is_better:
        beside = words.bracketed(words.between(*found.ends), runs) if runs else ""
        return side, f"is higher by {bound}{found.factor}{beside} in {quantity.noun}"
    beside = words.bracketed(words.percent_between(*found.ends), runs) if runs else ""
    less = f"{quantity.verb} {bound}{words.percent_less(found.more)}{beside} less {quantity.noun}"
    return side, f"{less} ({bound}{found.factor} the tokens per dollar)" if quantity.key == COST else less


def leader_of(quantity: Quantity, values: Sequence[float | None], interval: Interval | None) -> int | None:
    """Which side is better; None where that is not clear."""
    a, b = values
    undecided = interval.low <= 1 <= interval.high if interval else bool(a and b and words.about_equal(a, b))
    return None if not a or not b or undecided else int((a < b) != quantity.lower_is_better)


def _no_difference(quantity: Quantity, sides: tuple[Side, Side], ratio: float, interval: Interval) -> str:
    low, high = interval.low, interval.high
    beside = words.bracketed(words.between(low, high), interval.runs)
    a, b = (side.label for side in sides)
    what = quantity.name.lower() if quantity.verb == "costs" else quantity.noun
    return f"no measurable difference in {what}, {a} ÷ {b} {words.factor(ratio, low, high)}{beside}"


def upwards(interval: Interval, inverted: bool) -> tuple[float, float]:
    """The interval of larger / smaller from that of first / second."""
    return (1 / interval.high, 1 / interval.low) if inverted else (interval.low, interval.high)
