"""The verdict: one sentence with the ratio at the headline target and its largest caveat, or why none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isoline.analyse import words
from isoline.analyse.comparison import Difference, Side, Target
from isoline.analyse.dimensions import Dimension
from isoline.analyse.gain import gain_of, gained, leader_of, values_of
from isoline.analyse.quantities import COST, Quantity
from isoline.analyse.told import both_faster, comparable, footing, headline_target, passed_over, with_ratio
from isoline.domain.point import SIMULATED

EXTREME = 4  # a ratio beyond which GPUs or streams that differ as much are named
WHERE_MEASURED = frozenset({"concurrency", "date"})  # differences of the points, not of what is served


@dataclass(frozen=True, slots=True)
class About:
    """What the sentences are about. `scope` are the filters in words; `equal`: they hold both sides equal
    in something."""

    dimension: Dimension
    quantity: Quantity
    where: str
    sequence: str | None
    scope: tuple[str, ...] = ()
    equal: bool = False


def verdict(
    about: About, sides: tuple[Side, Side], targets: tuple[Target, ...], differing: tuple[Difference, ...]
) -> str:
    """One sentence: the ratio at the headline target and the largest caveat, or why none."""
    where = ", ".join([about.where, *about.scope])
    if not any(map(comparable, targets)):
        return f"{where}: {_why_none(about.quantity, sides, targets)}."
    told = headline_target(targets)
    if told is None:
        return f"{where}: {about.quantity.noun} is not reported by both sides at any of these targets."
    at = f"at {words.interactivity(told.interactivity)} tok/s/user"
    gain = gained(about.quantity, sides, told) or "the two sides are about equal"
    drafting = "" if about.dimension.kind == "spec-decode" else _drafting(sides, told)
    how = footing([side.label for side in sides], told)
    caveat = _caveat(about.quantity, sides, targets, told, differing)
    scale = _scale(about.quantity, sides, told)
    return f"{where}, {at}: {gain}{f', {how}' if how else ''}{drafting}{scale}{caveat}."


def _why_none(quantity: Quantity, sides: tuple[Side, Side], targets: tuple[Target, ...]) -> str:
    empty = [s.label for s in sides if s.measured_range is None]
    if empty:
        return f"no data for {words.join(empty)}, so there is nothing to compare"
    if gaps := sorted((t for t in targets if any(r.best for r in t.readings)), key=lambda t: t.interactivity):
        at = gaps[len(gaps) // 2]
        return (
            "no ratio can be claimed at these targets, whose points beside are too far apart; "
            f"{uninterpolated(quantity, sides, at, f'{words.interactivity(at.interactivity)} tok/s/user')}"
        )
    if any(both_faster(target) for target in targets):
        return f"{reached(sides)}; both are faster than asked, so nothing can be compared at these targets"
    return f"{reached(sides)}; they are not both measured at any of these targets"


def uninterpolated(quantity: Quantity, sides: tuple[Side, Side], target: Target, where: str) -> str:
    """`measured at or above 82 tok/s/user, not matched: FP4 972 tok/s/GPU at 112.1 tok/s/user (256 in
    flight), FP8 193 at 101.9 (8 in flight)`: what is known without a curve; units are told once. A comparison
    of costs tells those first: `FP4 $0.645 per M tokens and 972 tok/s/GPU at 112.1 tok/s/user`."""
    found: list[str] = []
    units = (" tok/s/GPU", " tok/s/user", " per M tokens")
    for side, best in zip(sides, (reading.best for reading in target.readings), strict=True):
        if best is None:
            found.append(f"{side.label} nothing")
            continue
        load = "" if best.concurrency is None else f" ({best.concurrency:,} in flight)"
        speed = words.interactivity(round(best.interactivity, 1))
        known = f"{words.throughput(best.throughput_per_gpu)}{units[0]}"
        if quantity.key == COST and best.cost_per_mtok is not None:
            known = f"{words.usd(best.cost_per_mtok)}{units[2]} and {known}"
        found.append(f"{side.label} {known} at {speed}{units[1]}{load}")
        units = ("", "", "")
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


def _caveat(
    quantity: Quantity,
    sides: tuple[Side, Side],
    targets: tuple[Target, ...],
    told: Target,
    differing: tuple[Difference, ...],
) -> str:
    if other := _elsewhere(quantity, sides, targets, told):
        return f"; {other}"
    untold = sum(not comparable(target) for target in targets)
    if untold:
        return f"; at {untold} of {len(targets)} targets nothing can be said"
    if once := passed_over(targets):
        speeds = words.join([words.interactivity(target.interactivity) for target in once])
        return f"; at {speeds} a point beside was measured once"
    known = recorded(differing)
    return f"; {known} other {fields_differ(known)} between the sides" if known else ""


def _elsewhere(
    quantity: Quantity, sides: tuple[Side, Side], targets: tuple[Target, ...], told: Target
) -> str:
    """Targets at which somebody else is ahead than where it is told: `at 75 BF16 is ahead, at 80 neither`."""
    ahead: dict[int | None, list[str]] = {}
    for target in with_ratio(targets):
        leader = leader_of(quantity, *values_of(quantity.key, target))
        ahead.setdefault(leader, []).append(words.interactivity(target.interactivity))
    ahead.pop(leader_of(quantity, *values_of(quantity.key, told)))
    return ", ".join(
        f"at {words.join(speeds)} {'neither' if side is None else sides[side].label} is ahead"
        for side, speeds in ahead.items()
    )


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


def _scale(quantity: Quantity, sides: tuple[Side, Side], target: Target) -> str:
    """`; GB300 on 72 GPUs at 512–1,024 streams, H100 on 16 GPUs at 4 streams`: why an extreme ratio is one,
    where the points beside differ as much in GPUs or load."""
    found = gain_of(quantity, target)
    if found is None or found.more <= EXTREME:
        return ""
    gpus, streams = (
        [
            sorted({n for near in reading.neighbours if (n := getattr(near, name))})
            for reading in target.readings
        ]
        for name in ("gpus", "concurrency")
    )
    if not (_far(gpus) or _far(streams)):
        return ""
    said = [
        f"{side.label}{_count('on', own, 'GPU')}{_count('at', load, 'stream')}"
        for side, own, load in zip(sides, gpus, streams, strict=True)
    ]
    return f"; {', '.join(said)}"


def _far(counts: Sequence[Sequence[int]]) -> bool:
    """Whether the largest of both sides, where both say it, are far apart."""
    a, b = (max(own, default=0) for own in counts)
    return bool(a and b) and max(a, b) > EXTREME * min(a, b)


def _count(word: str, counts: Sequence[int], unit: str) -> str:
    """` at 512–1,024 streams`; nothing where no point says."""
    if not counts:
        return ""
    span = "–".join(f"{n:,}" for n in dict.fromkeys((counts[0], counts[-1])))
    return f" {word} {span} {unit}{'' if counts[-1] == 1 else 's'}"


def fields_differ(count: int) -> str:
    return "field differs" if count == 1 else "fields differ"


def recorded(differing: tuple[Difference, ...]) -> int:
    """Differences that both sides recorded and that may be why one is ahead.

    Only listed are what one side does not say, what carries the thing compared, and where it was measured.
    """
    return sum(
        "not recorded" not in (d.a, d.b) and not d.compared and d.field not in WHERE_MEASURED
        for d in differing
    )
