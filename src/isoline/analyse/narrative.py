"""The comparison in plain sentences; the same comparison always reads the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isoline.analyse import words
from isoline.analyse.comparison import Difference, Interval, Reading, Side, Target
from isoline.analyse.dimensions import Dimension
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT, Quantity
from isoline.domain.point import SIMULATED

HOW_KNOWN = {
    "measured": "measured",
    "interpolated": "interpolated between measured points",
    "published": "as published",
    "simulated": "simulated",
    "dominated": "reached by a faster point",
}
WHERE_MEASURED = frozenset({"concurrency", "date"})  # differences of the points, not of what is served


@dataclass(frozen=True, slots=True)
class About:
    """What the sentences are about. `scope` are the filters in words."""

    dimension: Dimension
    quantity: Quantity
    where: str
    sequence: str | None
    scope: tuple[str, ...] = ()


def verdict(
    about: About, sides: tuple[Side, Side], targets: tuple[Target, ...], differing: tuple[Difference, ...]
) -> str:
    """One sentence: the ratio at the headline target and the largest caveat, or why none."""
    where = ", ".join([about.where, *about.scope])
    if not any(map(_comparable, targets)):
        return f"{where}: {_why_none(sides, targets)}."
    told = headline_target(targets)
    if told is None:
        return f"{where}: {about.quantity.noun} is not reported by both sides at any of these targets."
    at = f"at {words.interactivity(told.interactivity)} tok/s/user"
    gain = _gain(about.quantity, sides, told) or "the two sides are about equal"
    drafting = "" if about.dimension.kind == "spec-decode" else _drafting(sides, told)
    how = footing([side.label for side in sides], told)
    caveat = _caveat(about.quantity, sides, targets, told, differing)
    return f"{where}, {at}: {gain}{f', {how}' if how else ''}{drafting}{caveat}."


def headline_target(targets: Sequence[Target]) -> Target | None:
    """The target that a comparison is told by: by speed the middle one of those with a ratio; those where
    every point was measured more than once come before the others.
    """
    told = sorted(
        (t for t in targets if _comparable(t) and t.ratio is not None), key=lambda t: t.interactivity
    )
    firm = [t for t in told if t.interval and min(t.interval.runs) > 1] or told
    return firm[len(firm) // 2] if firm else None


SINGLE, PRINTED, UNTOLD = "from single runs", "as published", "without an interval"


def footing(labels: Sequence[str], target: Target) -> str:
    """What a ratio without an interval rests on; that it is simulated, all sentences say before."""
    if target.interval or any(reading.basis == SIMULATED for reading in target.readings):
        return ""
    if any(reading.basis for reading in target.readings):
        return PRINTED
    once = [
        label
        for label, reading in zip(labels, target.readings, strict=True)
        if any(point.runs == 1 for point in reading.neighbours)
    ]
    return UNTOLD if not once else SINGLE if len(once) == len(labels) else f"{words.join(once)} {SINGLE}"


def selected_target(targets: Sequence[Target]) -> Target | None:
    """The headline target; where there is none, the middle one of those with a known point beside."""
    near = sorted(
        (t for t in targets if any(r.neighbours for r in t.readings)), key=lambda t: t.interactivity
    )
    return headline_target(targets) or (near[len(near) // 2] if near else None)


def _comparable(target: Target) -> bool:
    return target.throughput_ratio is not None


def _why_none(sides: tuple[Side, Side], targets: tuple[Target, ...]) -> str:
    empty = [s.label for s in sides if s.measured_range is None]
    if empty:
        return f"no data for {words.join(empty)}, so there is nothing to compare"
    if gaps := sorted((t for t in targets if any(r.best for r in t.readings)), key=lambda t: t.interactivity):
        at = gaps[len(gaps) // 2]
        return (
            "no ratio can be claimed at these targets, whose points beside are too far apart; "
            f"{_uninterpolated(sides, at, f'{words.interactivity(at.interactivity)} tok/s/user')}"
        )
    if any(_both_faster(target) for target in targets):
        return f"{reached(sides)}; both are faster than asked, so nothing can be compared at these targets"
    return f"{reached(sides)}; they are not both measured at any of these targets"


def _uninterpolated(sides: tuple[Side, Side], target: Target, where: str) -> str:
    """`measured at or above 82 tok/s/user, not matched: FP4 972 tok/s/GPU at 112.1 tok/s/user (256 in
    flight), FP8 193 at 101.9 (8 in flight)`: what is known without a curve; units are told once."""
    found: list[str] = []
    units = (" tok/s/GPU", " tok/s/user")
    for side, best in zip(sides, (reading.best for reading in target.readings), strict=True):
        if best is None:
            found.append(f"{side.label} nothing")
            continue
        load = "" if best.concurrency is None else f" ({best.concurrency:,} in flight)"
        speed = words.interactivity(round(best.interactivity, 1))
        found.append(
            f"{side.label} {words.throughput(best.throughput_per_gpu)}{units[0]} at {speed}{units[1]}{load}"
        )
        units = ("", "")
    kind = SIMULATED if any(r.basis == SIMULATED for r in target.readings) else "measured"
    return f"{kind} at or above {where}, not matched: {', '.join(found)}"


def reached(sides: tuple[Side, Side]) -> str:
    """The best of each side whatever the load: what is known even where nothing can be matched."""
    ends = [
        (max(p.throughput for p in side.points), max(p.interactivity for p in side.points)) for side in sides
    ]
    (a, fast_a), (b, fast_b) = (
        (words.throughput(most), words.interactivity(round(fastest))) for most, fastest in ends
    )
    return (
        f"{sides[0].label} reached up to {a} tok/s/GPU and {fast_a} tok/s/user, "
        f"{sides[1].label} {b} and {fast_b}"
    )


def _both_faster(target: Target) -> bool:
    """Both values are only lower bounds, and there is no ratio."""
    return all(reading.status == "dominated" for reading in target.readings)


def _caveat(
    quantity: Quantity,
    sides: tuple[Side, Side],
    targets: tuple[Target, ...],
    told: Target,
    differing: tuple[Difference, ...],
) -> str:
    if other := _elsewhere(quantity, sides, targets, told):
        return f"; {other}"
    untold = sum(not _comparable(target) for target in targets)
    if untold:
        return f"; at {untold} of {len(targets)} targets nothing can be said"
    known = recorded(differing)
    return f"; {known} other {_fields_differ(known)} between the sides" if known else ""


def _elsewhere(
    quantity: Quantity, sides: tuple[Side, Side], targets: tuple[Target, ...], told: Target
) -> str:
    """Targets at which somebody else is ahead than where it is told: `at 75 BF16 is ahead, at 80 neither`."""
    ahead: dict[int | None, list[str]] = {}
    for target in sorted(targets, key=lambda target: target.interactivity):
        if _comparable(target) and target.ratio is not None:
            leader = _leader(quantity, *_values(quantity.key, target))
            ahead.setdefault(leader, []).append(words.interactivity(target.interactivity))
    ahead.pop(_leader(quantity, *_values(quantity.key, told)))
    return ", ".join(
        f"at {words.join(speeds)} {'neither' if side is None else sides[side].label} is ahead"
        for side, speeds in ahead.items()
    )


def _leader(quantity: Quantity, values: Sequence[float | None], interval: Interval | None) -> int | None:
    """Which side is better; None where that is not clear."""
    a, b = values
    undecided = interval.low <= 1 <= interval.high if interval else bool(a and b and words.about_equal(a, b))
    return None if not a or not b or undecided else int((a < b) != quantity.lower_is_better)


def _drafting(sides: tuple[Side, Side], target: Target) -> str:
    """`; FP4 with MTP, FP8 without speculative decoding` where the points beside differ in it, uncompared."""
    a, b = ({near.spec_method for near in reading.neighbours} for reading in target.readings)
    if a == b or not a or not b or None in a | b:
        return ""
    return "; " + ", ".join(f"{side.label} {_drafted(m)}" for side, m in zip(sides, (a, b), strict=True))


def _drafted(methods: set[str | None]) -> str:
    named = sorted(method.upper() for method in methods if method and method != "none")
    return (
        f"{'partly ' if 'none' in methods else ''}with {' or '.join(named)}"
        if named
        else "without speculative decoding"
    )


def _fields_differ(count: int) -> str:
    return "field differs" if count == 1 else "fields differ"


def recorded(differing: tuple[Difference, ...]) -> int:
    """Differences that both sides recorded and that may be why one is ahead.

    Only listed are what one side does not say, what carries the thing compared, and where it was measured.
    """
    return sum(
        "not recorded" not in (d.a, d.b) and not d.compared and d.field not in WHERE_MEASURED
        for d in differing
    )


def narrative(
    about: About,
    sides: tuple[Side, Side],
    targets: tuple[Target, ...],
    differing: tuple[Difference, ...],
    span: tuple[float, float] | None,
) -> tuple[str, ...]:
    """A verdict, a sentence or two per target, and what limits the comparison."""
    lines = [verdict(about, sides, targets, differing)]
    if any(side.measured_range for side in sides):
        lines += [_at(about.quantity, sides, target, span) for target in targets]
        lines.append(_closing(about, sides, differing))
    return tuple(lines)


def _at(
    quantity: Quantity, sides: tuple[Side, Side], target: Target, span: tuple[float, float] | None
) -> str:
    x = f"{words.interactivity(target.interactivity)} tok/s/user{_band(target.interactivity, span)}"
    clauses = [_clause(quantity, side, r) for side, r in zip(sides, target.readings, strict=True)]
    if all(reading.throughput_per_gpu is None for reading in target.readings):
        return f"At {x} neither side has a reading: {'; '.join(clauses)}."
    text = f"At {x} {'; '.join(clauses)}."
    if any(reading.best for reading in target.readings):
        return f"{text} {_capital(_uninterpolated(sides, target, 'it'))}."
    if _both_faster(target):
        return f"{text} Both sides are faster than asked, so which gives more at this speed is not known."
    if target.throughput_ratio is None:
        return text
    if target.ratio is None:
        return f"{text} Not both report {quantity.noun}."
    gain = _gain(quantity, sides, target)
    return f"{text} {_capital(gain)}." if gain else f"{text} The two are about equal."


def _band(x: float, span: tuple[float, float] | None) -> str:
    """Where in the common range a target lies, by thirds."""
    if span is None or not span[0] <= x <= span[1] or span[0] == span[1]:
        return ""
    third = min(int(3 * (x - span[0]) / (span[1] - span[0])), 2)
    return f" ({('the slow', 'the middle', 'the fast')[third]} third of the common range)"


def _clause(quantity: Quantity, side: Side, reading: Reading) -> str:
    if reading.throughput_per_gpu is None:
        if reading.bound is None:
            return f"{side.label} has no data"
        edge = words.interactivity(round(reading.bound.interactivity, 1))
        word = "up to" if reading.bound.edge == "last" else "from"
        return f"{side.label} is not {_found(reading)} there (only {word} {edge} tok/s/user)"
    text = f"{side.label} gives {words.throughput(reading.throughput_per_gpu)} tok/s/GPU"
    if reading.cost_per_mtok:
        text += f" at {words.usd(reading.cost_per_mtok)} per million tokens"
    if quantity.key not in (THROUGHPUT, COST) and reading.value is not None:
        text += f", {words.amount(reading.value, quantity.sign)} {quantity.unit.removeprefix('$ ')}"
    if reading.status == "wide gap":
        near = " and ".join(words.interactivity(round(n.interactivity, 1)) for n in reading.neighbours)
        return f"{text} (across a wide gap: {_found(reading)} only at {near} tok/s/user)"
    how = HOW_KNOWN[reading.status]
    if reading.basis == SIMULATED and reading.status != SIMULATED:
        how += ", simulated"
    if reading.status == "interpolated" and reading.basis == "published":
        how = "interpolated between published readings"
    if "cost_per_mtok" in reading.recomputed:
        how += ", its cost recomputed with other prices"
    return f"{text} ({how}{_spread(quantity, reading)})"


def _spread(quantity: Quantity, reading: Reading) -> str:
    """Interval of the metric that the comparison is about, runs, and what luck may have added."""
    found = reading.interval
    if found is None:
        return ""
    basis = "by the spread at other loads" if min(found.runs) == 1 else f"over {words.runs(found.runs)}"
    text = f"; {words.range_of(found.low, found.high, quantity.sign)} {basis}"
    if found.rivals[0] > 1:
        text += f", the best of {found.rivals[0]} recipes that noise cannot tell apart"
        text += f" (luck may be {100 * found.bias[0]:.1f} % of it)"
    return text


def _found(reading: Reading) -> str:
    return SIMULATED if reading.basis == SIMULATED else "measured"


def _gain(quantity: Quantity, sides: tuple[Side, Side], target: Target) -> str | None:
    """What the metric chosen says, and for throughput and cost the other of the two: `FP4 is higher by
    3.1× in tokens per GPU and costs 68 % less per token (3.1× the tokens per dollar)`; None if equal."""
    pair = {THROUGHPUT: (THROUGHPUT, COST), COST: (COST, THROUGHPUT)}.get(quantity.key, (quantity.key,))
    parts: list[str] = []
    leader: Side | None = None
    statuses = [reading.status for reading in target.readings]
    for key in pair:
        better, words_of = _better(
            QUANTITIES[key], sides, *_values(key, target), first=key == pair[0], statuses=statuses
        )
        if words_of:
            subject = "" if better is leader or better is None else f"{better.label} "
            parts.append(f"{subject}{words_of}")
            leader = leader or better
    return " and ".join(parts) if parts else None


def _values(key: str, target: Target) -> tuple[list[float | None], Interval | None]:
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
    better = _leader(quantity, values, interval)
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


def _closing(about: About, sides: tuple[Side, Side], differing: tuple[Difference, ...]) -> str:
    held = ", ".join([about.sequence or "this workload", *about.scope])
    text = f"These figures hold for {held}. " if about.sequence else ""
    text += "Each side is read at its best available configuration"
    drafting = any(recipe.spec_method != "none" for side in sides for recipe in side.recipes)
    told = about.dimension.kind == "spec-decode" or any("spec" in part for part in about.scope)
    if drafting and not told:
        text += ", which may include speculative decoding"
    if known := recorded(differing):
        text += f"; {known} recipe and workload {_fields_differ(known)} besides the {about.dimension.noun}"
    return f"{text}. {about.dimension.caveat}"


def _capital(text: str | None) -> str:
    return text[0].upper() + text[1:] if text else ""
