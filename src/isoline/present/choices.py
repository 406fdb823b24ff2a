"""What a comparison can be switched to: sequences, precisions and datasets that have data."""

from __future__ import annotations

from dataclasses import dataclass

from isoline.analyse.dimensions import ATTRIBUTES
from isoline.domain.point import Selection
from isoline.domain.sequence import sequence_name
from isoline.domain.slugs import Slug
from isoline.present.preference import without_stand_ins
from isoline.store.sources import Sources


@dataclass(frozen=True, slots=True)
class Choices:
    """Values with data on both sides, sorted; `precisions` only where GPUs are compared."""

    sequences: tuple[str, ...]
    precisions: tuple[str, ...]
    datasets: tuple[str, ...]


def choices(slug: Slug, sources: Sources) -> Choices:
    """Read from counts alone, so that asking costs little."""
    attribute = ATTRIBUTES[slug.kind]
    selection = Selection(
        model=slug.model,
        hardware=slug.hardware,
        precision=(slug.precision,) if slug.precision else None,
    )
    sides: dict[tuple[str, str], set[str]] = {}
    rows = [row for row in sources.coverage(selection) if getattr(row, attribute) in slug.sides]
    first = set(without_stand_ins(rows, {dataset.name: dataset for dataset in sources.datasets()}))
    for row in rows:
        sequence = sequence_name(row.isl, row.osl)
        if sequence is None:
            continue
        offered = (("s", sequence), ("p", row.precision)) if row in first else ()
        for name, value in (*offered, ("d", row.dataset)):
            sides.setdefault((name, value), set()).add(getattr(row, attribute))
    both = sorted(value for value, found in sides.items() if len(found) == 2)
    return Choices(
        tuple(value for name, value in both if name == "s"),
        tuple(value for name, value in both if name == "p") if slug.kind == "gpu" else (),
        tuple(value for name, value in both if name == "d"),
    )
