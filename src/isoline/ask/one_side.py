"""What there is instead, where a comparison has points of one side only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isoline.analyse.dimensions import side_label, side_of
from isoline.ask.holdings import held, places
from isoline.ask.preference import without_stand_ins
from isoline.domain.catalog import Catalog
from isoline.domain.point import Dataset, Point, Selection
from isoline.domain.slugs import Slug
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
    label = side_label(slug.kind, missing[0], slug.model, catalog)
    every = without_stand_ins(sources.coverage(Selection(model=slug.model)), datasets)
    own = [row for row in every if row.hardware in slug.hardware and side_of(slug.kind, row) == missing[0]]
    if own:
        return (f"No points of {label} here; of it there is: {held(own, catalog)}",)
    model = catalog.model_label(slug.model)
    return (f"No points of {label} here; of {model} there is {places(every, catalog)}",)
