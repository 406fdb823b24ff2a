"""From a sweep that is over to the comparisons that its points are in."""

from __future__ import annotations

from isoline.analyse.dimensions import label_of
from isoline.ask.recipe_slugs import slugs_between
from isoline.domain.point import Selection
from isoline.domain.recipe import Recipe
from isoline.domain.sequence import sequence_name
from isoline.domain.slugs import Slug
from isoline.measure.live.state import RUNNING, LiveSweep
from isoline.present.web.query import Query
from isoline.present.web.site import Site, address

MOST = 6  # links; a matrix of many settings has dozens of pairs


def links(sweep: LiveSweep, site: Site) -> list[tuple[str, str]]:
    """Words and addresses of comparisons with a valid point of the sweep on one side at least.

    Those between two sides of the sweep come first. All are about its dataset and its lengths.
    """
    if sweep.status == RUNNING:
        return []
    runs = tuple(point.run for point in sweep.points if point.run)
    slugs = site.memory.recall(("live", sweep.dataset, runs), lambda: _slugs(sweep, set(runs), site))
    values = {"sequence": sequence_name(sweep.isl, sweep.osl), "dataset": sweep.dataset}
    query = Query(tuple((name, value) for name, value in values.items() if value)).text()
    return [(_words(slug, site), address(slug) + query) for slug in slugs]


def _slugs(sweep: LiveSweep, runs: set[str], site: Site) -> list[Slug]:
    points = [
        point
        for point in site.sources.points(Selection(datasets=(sweep.dataset,)))
        if (point.workload.isl, point.workload.osl) == (sweep.isl, sweep.osl)
    ]
    own = _distinct([point.recipe for point in points if point.run in runs])
    everything = _distinct([*own, *(point.recipe for point in points)])
    return slugs_between(own, everything, site.catalog)[:MOST]


def _distinct(recipes: list[Recipe]) -> list[Recipe]:
    return list(dict.fromkeys(recipes))


def _words(slug: Slug, site: Site) -> str:
    """`FP8 vs BF16`, in the words of the page it leads to."""
    return " vs ".join(label_of(slug, side, site.catalog) for side in slug.sides)
