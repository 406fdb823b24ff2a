"""Both sides of a comparison before any target: lines, rates and what differs.

Making this is most of the work; reading it at other targets is little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from isoline.analyse.built import Built
from isoline.analyse.comparison import Difference
from isoline.analyse.defaults import common_range
from isoline.analyse.differences import Declared, differences, held
from isoline.analyse.dimensions import DIMENSIONS, label_of
from isoline.analyse.firm import three
from isoline.analyse.quantities import Rates
from isoline.analyse.rates import Rated, rate
from isoline.analyse.sides import build
from isoline.analyse.terms import Terms
from isoline.domain.catalog import Catalog
from isoline.domain.point import Point
from isoline.domain.slugs import Slug


@dataclass(frozen=True)
class Prepared:
    """All of a comparison that no target changes."""

    slug: Slug
    terms: Terms
    built: tuple[Built, Built]
    rated: Rated
    groups: tuple[Sequence[Point], Sequence[Point]]
    differing: tuple[Difference, ...]
    held: tuple[Difference, ...]
    printed: bool  # whether a page's own figures are read

    @property
    def span(self) -> tuple[float, float] | None:
        """The interactivities that both sides share."""
        a, b = self.built
        return common_range(a.side.measured_range, b.side.measured_range)

    @cached_property
    def firm(self) -> tuple[float, ...]:
        """Up to three interactivities at which both sides are really known."""
        return three(self.built)


def prepare(
    slug: Slug,
    points: Sequence[Point],
    terms: Terms,
    catalog: Catalog,
    declared: Sequence[Declared] = (),
) -> Prepared:
    """Both sides of `slug`; `points` have passed the filters of `terms`."""
    dimension = DIMENSIONS[slug.kind]
    side = dimension.side
    groups = {key: [p for p in points if side(p.recipe) == key] for key in slug.sides}
    known = {key: [d for d in declared if side(d.recipe) == key] for key in slug.sides}
    rated = rate(slug.hardware, terms.pricing, catalog)
    a, b = (_side(slug, key, groups[key], known[key], terms, rated.rates, catalog) for key in slug.sides)
    both = (groups[slug.sides[0]], groups[slug.sides[1]])
    differing = differences(dimension, (a.side, b.side), (known[slug.sides[0]], known[slug.sides[1]]))
    printed = any(p.printed_cost is not None for p in points)
    equal = held((a.side, b.side), terms.matching.fields)
    return Prepared(slug, terms, (a, b), rated, both, differing, equal, printed)


def _side(
    slug: Slug,
    key: str,
    points: list[Point],
    known: list[Declared],
    terms: Terms,
    rates: Mapping[str, Rates],
    catalog: Catalog,
) -> Built:
    index = slug.sides.index(key)
    hardware = slug.hardware[index if slug.across else 0]
    precision = slug.precisions[index] if slug.precisions else slug.precision or terms.precision
    place = (hardware, key if slug.kind == "precision" else precision)
    label = label_of(slug, key, catalog)
    pooled = terms.method == "pooled"
    return build(key, label, place, points, rates[hardware], catalog, pooled=pooled, declared=known)
