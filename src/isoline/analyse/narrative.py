"""The comparison in plain sentences; the same comparison always reads the same."""

from __future__ import annotations

from isoline.analyse import words
from isoline.analyse.comparison import Difference, Reading, Side, Target
from isoline.analyse.gain import gained
from isoline.analyse.quantities import COST, THROUGHPUT, Quantity
from isoline.analyse.told import both_faster
from isoline.analyse.verdict import About, fields_differ, recorded, uninterpolated, verdict
from isoline.domain.point import SIMULATED

HOW_KNOWN = {
    "measured": "measured",
    "interpolated": "interpolated between measured points",
    "published": "as published",
    "simulated": "simulated",
    "dominated": "reached by a faster point",
}


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
        return f"{text} {words.capital(uninterpolated(quantity, sides, target, 'it'))}."
    if both_faster(target):
        return f"{text} Both sides are faster than asked, so which gives more at this speed is not known."
    if target.throughput_ratio is None:
        return text
    if target.ratio is None:
        return f"{text} Not both report {quantity.noun}."
    gain = gained(quantity, sides, target)
    return f"{text} {words.capital(gain)}." if gain else f"{text} The two are about equal."


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


def _closing(about: About, sides: tuple[Side, Side], differing: tuple[Difference, ...]) -> str:
    held = ", ".join([about.sequence or "this workload", *about.scope])
    text = f"These figures hold for {held}. " if about.sequence else ""
    text += "Each side is read at its best "
    text += "in the configuration that both have" if about.equal else "available configuration"
    drafting = any(recipe.spec_method != "none" for side in sides for recipe in side.recipes)
    told = about.dimension.kind == "spec-decode" or any("spec" in part for part in about.scope)
    if drafting and not told:
        text += ", which may include speculative decoding"
    if known := recorded(differing):
        text += f"; {known} recipe and workload {fields_differ(known)} besides the {about.dimension.noun}"
    uneven = "" if about.equal else about.dimension.uneven
    return " ".join(part for part in (f"{text}.", uneven, about.dimension.caveat) if part)
