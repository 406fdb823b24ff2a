"""What there is instead, where a comparison has points of one side only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isoline.analyse.dimensions import UNKNOWN, label_of, side_label, side_of
from isoline.analyse.words import join
from isoline.ask.holdings import held, places
from isoline.ask.preference import without_stand_ins
from isoline.domain.catalog import Catalog
from isoline.domain.point import Coverage, Dataset, Point, Selection
from isoline.domain.slug_words import VERSION
from isoline.domain.slugs import Slug, by_number
from isoline.store.sources import Sources


def one_side_note(
    slug: Slug, points: Sequence[Point], sources: Sources, datasets: Mapping[str, Dataset], catalog: Catalog
) -> tuple[str, ...]:
    """`No points of H200 here; of it there is FP8 …`: of the missing side whatever lengths and precision it
    was measured at, else of the model; nothing where both sides have points.
    """
    seen = {side_of(slug.kind, point.recipe) for point in points}
    missing = [side for side in slug.sides if side not in seen]
    if not missing:
        return ()
    label = label_of(slug, missing[0], catalog)
    held_of = sources.coverage(Selection(model=slug.model), versions=slug.kind == "version")
    every = without_stand_ins(held_of, datasets)
    own = [row for row in every if row.hardware in slug.hardware and side_of(slug.kind, row) == missing[0]]
    if own:
        return (f"No points of {label} here; of it there is: {held(own, catalog)}",)
    model = catalog.model_label(slug.model)
    if slug.engines:
        there = [side_label(slug.kind, one, slug.model, catalog) for one in _versions(slug, every)]
        return (f"No points of {label} here; there is {join(there)}",)
    return (f"No points of {label} here; of {model} there is {places(every, catalog)}",)


def _versions(slug: Slug, rows: Sequence[Coverage]) -> list[str]:
    """The sides that there could be: of these engines, on this GPU at this precision."""
    engines, place = slug.engines or (), (slug.hardware[0], slug.precision)
    held = [row for row in rows if row.engine in engines and (row.hardware, row.precision) == place]
    known = {side for row in held if UNKNOWN not in (side := side_of(slug.kind, row)) and _named(row)}
    return sorted(known, key=by_number)


def _named(row: Coverage) -> bool:
    """Whether a slug has words for its version."""
    return VERSION.fullmatch((row.engine_version or "").lower()) is not None
