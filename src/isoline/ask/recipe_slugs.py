"""Which recipes are the two sides of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from isoline.analyse.dimensions import DIMENSIONS
from isoline.domain.catalog import Catalog
from isoline.domain.recipe import Recipe
from isoline.domain.slugs import Slug, build_slug
from isoline.errors import UsageError

_PLACED = ("model", "hardware", "precision", "engine", "spec_method")


def slugs_between(some: Sequence[Recipe], others: Sequence[Recipe], catalog: Catalog) -> list[Slug]:
    """Slugs with one of `some` as one side and one of `others` as the other, in their order.

    Two recipes are sides where they differ in exactly one of precision, GPU, engine and speculative decoding,
    or in both of the first two; where they differ in none of these, in the version of their engine.
    """
    found: dict[str, Slug] = {}
    for one, other in product(some, others):
        differ = sorted(name for name in _PLACED if getattr(one, name) != getattr(other, name))
        if not differ and one.engine_version != other.engine_version:
            differ = sorted(DIMENSIONS["version"].attributes)
        dimension = next((d for d in DIMENSIONS.values() if differ == sorted(d.attributes)), None)
        if dimension is None:
            continue
        sides = [dimension.side(recipe) for recipe in (one, other)]
        hardware = sides if dimension.kind == "gpu" else one.hardware
        try:
            slug = build_slug(dimension.kind, one.model, hardware, one.precision, sides, catalog)
        except UsageError:  # a model, or two methods, that no slug has words for
            continue
        found.setdefault(slug.canonical, slug)
    return list(found.values())
