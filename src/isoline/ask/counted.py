"""Which of the points found count: one run of each line, each point once, and those that pass the filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isoline.analyse.filters import Offers, keep, limits, scope, unreported
from isoline.analyse.repeats import pool_repeats, repeat_notes
from isoline.analyse.runs import latest_run_per_line, without_repeats
from isoline.analyse.strays import stray_notes
from isoline.analyse.terms import Filters, View
from isoline.analyse.words import join
from isoline.domain.catalog import Catalog
from isoline.domain.point import PUBLISHED, Dataset, Point
from isoline.domain.slugs import Slug
from isoline.errors import NoDataError

Notes = tuple[str, ...]


def counted(
    points: Sequence[Point], slug: Slug | None, datasets: Mapping[str, Dataset]
) -> tuple[list[Point], Notes]:
    """The points that count before any filter, and remarks about the others; a ranking has no `slug`."""
    valid = [point for point in points if point.valid]
    found, notes = _of_one_run(valid, datasets, versions=slug is not None and slug.kind == "version")
    found, repeated = without_repeats(_of_one_page(found, slug) if slug else found)
    if repeated:
        notes = (*notes, f"{repeated} points stood in more than one dataset and are counted once")
    if invalid := [point for point in points if not point.valid]:
        notes = (*notes, _left_out(invalid))
    return found, notes


def _left_out(invalid: Sequence[Point]) -> str:
    """`2 INVALID runs were left out (at 64 and 128 streams); `isoline show …` says why`."""
    loads = sorted({point.concurrency for point in invalid if point.concurrency})
    at = f" (at {join([f'{load:,}' for load in loads])} streams)" if loads else ""
    run = next((point.run for point in invalid if point.run), None)
    why = f"; `isoline show {run}` says why" if run else ""
    many = f"{len(invalid):,} INVALID runs were" if len(invalid) > 1 else "An INVALID run was"
    return f"{many} left out{at}{why}"


def about_limits(points: Sequence[Point], filters: Filters) -> Notes:
    """How many of the points before any filter keep no limit because they do not report the latency."""
    return tuple(
        f"{count} of {len(points)} points report no {latency} and keep no limit of it"
        for latency, count in unreported(points, filters).items()
    )


def about_repeats(points: Sequence[Point]) -> Notes:
    """What stands behind the points that are read, and which of their runs lie far from the others."""
    return (*repeat_notes(points), *stray_notes(points))


def filtered(
    points: Sequence[Point], what: str, filters: Filters, view: View, offered: Offers, catalog: Catalog
) -> list[Point]:
    """The points of `what` that pass the filters; `NoDataError` if none does or none reports what is asked
    for.
    """
    kept = keep(points, filters, catalog)
    if not kept:
        if all(p.status == PUBLISHED for p in points) and not filters.vendor:
            untold = "report no latencies" if limits(filters) else "do not say how they were served"
            raise NoDataError(f"published readings {untold}, so they cannot be filtered")
        silent = [name for name, count in unreported(points, filters).items() if count == len(points)]
        if silent:
            raise NoDataError(f"no point of {what} reports a {' or '.join(silent)}")
        words = ", ".join(scope(filters, catalog))
        raise NoDataError(f"no data for {what} with {words}")
    for asked, known, label in ((view.metric, offered.metrics, "metric"), (view.x, offered.x, "x")):
        if asked not in known:
            raise NoDataError(
                f"the points of {what} do not report {label} {asked}; there is {', '.join(known)}"
            )
    return kept


def _of_one_run(
    points: Sequence[Point], datasets: Mapping[str, Dataset], *, versions: bool
) -> tuple[list[Point], Notes]:
    """Datasets that keep every run give the newest run of each line; others are taken as served.

    Numbered repeats of a point are pooled over all sweeps of its recipe, within `--as-of` and `--dataset`.
    """
    many = {name for name, d in datasets.items() if d.selection == "latest-run"}
    newest = latest_run_per_line([p for p in points if p.dataset in many], versions=versions)
    pooled = pool_repeats([*(p for p in points if p.dataset not in many), *newest.points])
    return pooled, newest.notes


def _of_one_page(points: list[Point], slug: Slug) -> list[Point]:
    """Of published readings those of the comparison's own page, if it has one: pages round differently."""
    own = f"/{slug.canonical}"
    if not any(p.status == PUBLISHED and (p.run_url or "").endswith(own) for p in points):
        return points
    return [p for p in points if p.status != PUBLISHED or (p.run_url or "").endswith(own)]
