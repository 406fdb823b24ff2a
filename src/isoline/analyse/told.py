"""Which of its targets a comparison is told by, and what the ratio there rests on."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.analyse import words
from isoline.analyse.comparison import Target
from isoline.domain.point import SIMULATED

SINGLE, PRINTED, UNTOLD = "from single runs", "as published", "without an interval"


def headline_target(targets: Sequence[Target]) -> Target | None:
    """The target that a comparison is told by: by speed the middle one of those with a ratio; those where
    every point was measured more than once come before the others.
    """
    told = with_ratio(targets)
    firm = list(filter(_repeated, told)) or told
    return firm[len(firm) // 2] if firm else None


def passed_over(targets: Sequence[Target]) -> list[Target]:
    """Those measured once for which the middle one is not told; none where it is."""
    told = with_ratio(targets)
    if not told or headline_target(targets) is told[len(told) // 2]:
        return []
    return [target for target in told if not _repeated(target)]


def with_ratio(targets: Sequence[Target]) -> list[Target]:
    """Those with a ratio of the metric that the comparison is about, slower ones first."""
    found = [target for target in targets if comparable(target) and target.ratio is not None]
    return sorted(found, key=lambda target: target.interactivity)


def _repeated(target: Target) -> bool:
    return target.interval is not None and min(target.interval.runs) > 1


def selected_target(targets: Sequence[Target]) -> Target | None:
    """The headline target; where there is none, the middle one of those with a known point beside."""
    near = sorted(
        (t for t in targets if any(r.neighbours for r in t.readings)), key=lambda t: t.interactivity
    )
    return headline_target(targets) or (near[len(near) // 2] if near else None)


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


def comparable(target: Target) -> bool:
    return target.throughput_ratio is not None


def both_faster(target: Target) -> bool:
    """Both values are only lower bounds, and there is no ratio."""
    return all(reading.status == "dominated" for reading in target.readings)
