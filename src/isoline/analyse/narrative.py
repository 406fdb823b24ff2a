"""The comparison in plain sentences; the same comparison always reads the same."""

from __future__ import annotations

from isoline.analyse import words
from isoline.analyse.comparison import Difference, Reading, Side, Target
from isoline.analyse.dimensions import Dimension
from isoline.domain.point import SIMULATED

HOW_KNOWN = {
    "measured": "measured",
    "interpolated": "interpolated between measured points",
    "published": "as published",
    "simulated": "simulated",
    "dominated": "reached by a faster point",
}


def verdict(
    sides: tuple[Side, Side], targets: tuple[Target, ...], differing: tuple[Difference, ...], where: str
) -> str:
    """One sentence: the ratio at the middle comparable target and the largest caveat, or why none."""
    comparable = [t for t in targets if t.throughput_ratio is not None and not _both_faster(t)]
    if not comparable:
        empty = [s.label for s in sides if s.measured_range is None]
        if empty:
            return f"{where}: no data for {words.join(empty)}, so there is nothing to compare."
        if any(r.status == "wide gap" for target in targets for r in target.readings):
            return f"{where}: no ratio can be claimed; the readings bridge wide gaps between points."
        if any(_both_faster(target) for target in targets):
            return f"{where}: both sides are faster than asked, so nothing can be compared at these targets."
        return f"{where}: the two sides are not both measured at any of these targets."
    middle = comparable[len(comparable) // 2]
    at = f"at {words.interactivity(middle.interactivity)} tok/s/user"
    gain = _gain(sides, middle) or "the two sides are about equal"
    return f"{where}, {at}: {gain}{_caveat(targets, differing)}."


def _both_faster(target: Target) -> bool:
    """Both values are only lower bounds, so their ratio says nothing."""
    return all(reading.status == "dominated" for reading in target.readings)


def _caveat(targets: tuple[Target, ...], differing: tuple[Difference, ...]) -> str:
    untold = sum(target.throughput_ratio is None or _both_faster(target) for target in targets)
    if untold:
        return f"; at {untold} of {len(targets)} targets nothing can be said"
    known = _known(differing)
    return f"; {known} other fields differ between the sides" if known else ""


def _known(differing: tuple[Difference, ...]) -> int:
    """Differences that both sides recorded; what one side does not say is listed, not counted."""
    return sum("not recorded" not in (difference.a, difference.b) for difference in differing)


def narrative(
    dimension: Dimension,
    sides: tuple[Side, Side],
    targets: tuple[Target, ...],
    differing: tuple[Difference, ...],
    where: str,
    sequence: str | None,
    span: tuple[float, float] | None,
) -> tuple[str, ...]:
    """A verdict, a sentence or two per target, and what limits the comparison."""
    lines = [verdict(sides, targets, differing, where)]
    if any(side.measured_range for side in sides):
        lines += [_at(sides, target, span) for target in targets]
    if any(side.measured_range for side in sides):
        lines.append(_closing(dimension, differing, sequence))
    return tuple(lines)


def _at(sides: tuple[Side, Side], target: Target, span: tuple[float, float] | None) -> str:
    x = f"{words.interactivity(target.interactivity)} tok/s/user{_band(target.interactivity, span)}"
    clauses = [_clause(side, reading) for side, reading in zip(sides, target.readings, strict=True)]
    if all(reading.throughput_per_gpu is None for reading in target.readings):
        return f"At {x} neither side has a reading: {'; '.join(clauses)}."
    text = f"At {x} {'; '.join(clauses)}."
    if target.throughput_ratio is None:
        return text
    if _both_faster(target):
        return f"{text} Both sides are faster than asked, so which gives more at this speed is not known."
    gain = _gain(sides, target)
    return f"{text} {_capital(gain)}." if gain else f"{text} The two are about equal."


def _band(x: float, span: tuple[float, float] | None) -> str:
    """Where in the common range a target lies, by thirds."""
    if span is None or not span[0] <= x <= span[1] or span[0] == span[1]:
        return ""
    third = min(int(3 * (x - span[0]) / (span[1] - span[0])), 2)
    return f" ({('the slow', 'the middle', 'the fast')[third]} third of the common range)"


def _clause(side: Side, reading: Reading) -> str:
    if reading.throughput_per_gpu is None:
        if reading.bound is None:
            return f"{side.label} has no data"
        edge = words.interactivity(round(reading.bound.interactivity, 1))
        word = "up to" if reading.bound.edge == "last" else "from"
        return f"{side.label} is not {_found(reading)} there (only {word} {edge} tok/s/user)"
    text = f"{side.label} gives {words.throughput(reading.throughput_per_gpu)} tok/s/GPU"
    if reading.cost_per_mtok:
        text += f" at {words.usd(reading.cost_per_mtok)} per million tokens"
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
    return f"{text} ({how})"


def _found(reading: Reading) -> str:
    return SIMULATED if reading.basis == SIMULATED else "measured"


def _gain(sides: tuple[Side, Side], target: Target) -> str | None:
    """`FP4 is higher by 3.1× in tokens per GPU and costs 68 % less per token (3.1× …)`; None if equal."""
    a, b = target.readings
    parts: list[str] = []
    leader: Side | None = None
    if a.throughput_per_gpu and b.throughput_per_gpu:
        ratio = a.throughput_per_gpu / b.throughput_per_gpu
        leader = sides[0] if ratio >= 1 else sides[1]
        if not words.about_equal(a.throughput_per_gpu, b.throughput_per_gpu):
            parts.append(
                f"{leader.label} is higher by {words.times(max(ratio, 1 / ratio))} in tokens per GPU"
            )
    if a.cost_per_mtok and b.cost_per_mtok and not words.about_equal(a.cost_per_mtok, b.cost_per_mtok):
        ratio = b.cost_per_mtok / a.cost_per_mtok
        cheaper = sides[0] if ratio >= 1 else sides[1]
        more = max(ratio, 1 / ratio)
        subject = "" if parts and cheaper is leader else f"{cheaper.label} "
        parts.append(
            f"{subject}costs {words.percent_less(more)} less per token "
            f"({words.times(more)} the tokens per dollar)"
        )
    return " and ".join(parts) if parts else None


def _closing(dimension: Dimension, differing: tuple[Difference, ...], sequence: str | None) -> str:
    text = f"These figures hold for {sequence or 'this workload'}. " if sequence else ""
    text += "Each side is read at its best available configuration"
    if dimension.kind != "spec-decode":
        text += ", which may include speculative decoding"
    if known := _known(differing):
        text += f"; {known} recipe and workload fields differ besides the {dimension.noun}"
    return f"{text}. {dimension.caveat}"


def _capital(text: str | None) -> str:
    return text[0].upper() + text[1:] if text else ""
