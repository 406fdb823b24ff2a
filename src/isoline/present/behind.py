"""What ran where the verdict is read: the recipes of the known points beside one target, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isoline.analyse.comparison import Comparison, Neighbour, Reading
from isoline.analyse.told import selected_target
from isoline.analyse.words import interactivity, join

NONE = "—"
MEASURED_AT = "Points beside"
FIELDS = (
    *(MEASURED_AT, "Concurrency", "Engine", "Spec decoding", "Serving"),
    *("GPUs", "Parallelism", "Prefill", "Decode", "Date"),
)
EACH = FIELDS[:2]  # told of every point; they follow from the load and are no difference of recipes
COMPARED = {
    "engine": "Engine",
    "spec-decode": "Spec decoding",
    "version": "Engine",
}  # by kind: the thing itself, no other difference
NOWHERE = "not measured here"
UNSAID = "Published readings do not say which recipe gave them."


@dataclass(frozen=True, slots=True)
class Row:
    """A field with a text per side; `strong` where the recipes differ in it."""

    name: str
    sides: tuple[str, str]
    strong: bool

    @property
    def same(self) -> bool:
        return self.sides[0] == self.sides[1]


@dataclass(frozen=True, slots=True)
class Behind:
    """Without title and rows where nothing is known beside any target."""

    title: str = ""
    rows: tuple[Row, ...] = ()
    note: str = ""


def facts(point: Neighbour) -> tuple[str, ...]:
    """A text for each of `FIELDS`."""
    spec, apart = point.spec_method, point.disaggregated
    return (
        interactivity(round(point.interactivity, 1)),
        NONE if point.concurrency is None else f"{point.concurrency:,}",
        point.engine or NONE,
        NONE if spec is None else "without" if spec == "none" else spec.upper(),
        NONE if apart is None else "disaggregated" if apart else "aggregated",
        NONE if point.gpus is None or point.recipe is None else f"{point.gpus:,}",
        (not apart and point.parallelism) or NONE,
        (apart and point.prefill_parallelism) or NONE,
        (apart and point.parallelism) or NONE,
        point.date or NONE,
    )


def behind(comparison: Comparison) -> Behind:
    """Of the target that the verdict tells; a field that no point tells is left out."""
    target = selected_target(comparison.targets)
    if target is None:
        return Behind()
    near = [[facts(point) for point in reading.neighbours] for reading in target.readings]
    rows = []
    for place, name in enumerate(FIELDS):
        a, b = (_told([one[place] for one in points], each=name in EACH) for points in near)
        if {a, b} <= {NONE, NOWHERE} and name != MEASURED_AT:
            continue
        plain = name in EACH or name == COMPARED.get(comparison.kind) or NOWHERE in (a, b) or NONE in (a, b)
        rows.append(Row(name, (a, b), a != b and not plain))
    title = f"Recipes beside {interactivity(target.interactivity)} tok/s/user"
    return Behind(title, tuple(rows), _note(comparison, target.readings))


def _told(texts: Sequence[str], *, each: bool) -> str:
    """Of the points beside, slower speed first; what they share once."""
    if not texts:
        return NOWHERE
    return " · ".join(texts if each and set(texts) != {NONE} else dict.fromkeys(texts))


def _note(comparison: Comparison, readings: Sequence[Reading]) -> str:
    """Of the sides whose points beside are printed ones."""
    silent = [
        side.label
        for side, reading in zip(comparison.sides, readings, strict=True)
        if any(point.recipe is None for point in reading.neighbours)
    ]
    if not silent:
        return ""
    return UNSAID if len(silent) == len(readings) else f"{join(silent)}: {UNSAID[0].lower()}{UNSAID[1:]}"
