"""What a comparison can be switched to: sequences, precisions and datasets that have data."""

from __future__ import annotations

from dataclasses import dataclass

from isoline.analyse.dimensions import side_of
from isoline.ask.buckets import on_both
from isoline.ask.preference import without_stand_ins
from isoline.domain.point import Selection
from isoline.domain.sequence import sequence_name
from isoline.domain.slugs import Slug
from isoline.store.sources import Sources


@dataclass(frozen=True, slots=True)
class Choices:
    """Values with data on both sides of one dataset and sequence, sorted; `precisions` only between GPUs."""

    sequences: tuple[str, ...]
    precisions: tuple[str, ...]
    datasets: tuple[str, ...]


def choices(slug: Slug, sources: Sources) -> Choices:
    """Read from counts alone, so that asking costs little."""
    selection = Selection(
        model=slug.model,
        hardware=slug.hardware,
        precision=(slug.precision,) if slug.precision else None,
    )
    held = sources.coverage(selection, versions=slug.kind == "version")
    rows = [row for row in held if side_of(slug.kind, row) in slug.sides]
    known = [row for row in rows if row.isl is not None and row.osl is not None]
    shown = on_both(without_stand_ins(known, {d.name: d for d in sources.datasets()}), slug.kind)
    return Choices(
        tuple(sorted({name for row in shown if (name := sequence_name(row.isl, row.osl))})),
        tuple(sorted({row.precision for row in shown})) if slug.kind == "gpu" else (),
        tuple(sorted({row.dataset for row in on_both(known, slug.kind)})),
    )
