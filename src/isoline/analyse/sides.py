"""One side made from its points: lines by series, rates and noise, ready to be read at any interactivity."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.analyse.built import Built
from isoline.analyse.comparison import Series, Side
from isoline.analyse.defaults import measured_range
from isoline.analyse.differences import Declared, recipes
from isoline.analyse.line import Line, best_points
from isoline.analyse.noise import Noise
from isoline.analyse.quantities import Rates
from isoline.domain.catalog import Catalog
from isoline.domain.point import MEASURED, PUBLISHED, Point


def build(
    key: str,
    label: str,
    place: tuple[str, str | None],
    points: Sequence[Point],
    rates: Rates,
    catalog: Catalog,
    *,
    pooled: bool,
    declared: Sequence[Declared] = (),
) -> Built:
    """The side `key`, called `label`; `place` is its hardware and, where it has one, its precision."""
    grouped = _by_series(points, catalog).items()
    series = tuple(Series(name, tuple(members), best_points(members)) for name, members in grouped)
    if pooled:
        one = Line.of(points, None, pooled=True)
        lines = [one] if one else []
    else:
        lines = [Line.through(one.frontier, one.label, pooled=False) for one in series]
        lines.sort(key=lambda line: line.first.throughput, reverse=True)  # the likeliest best one first
    hardware, precision = place
    side = Side(
        key=key,
        label=label,
        hardware=hardware,
        precision=precision,
        points=tuple(points),
        series=series,
        measured_range=measured_range([p.interactivity for p in points]),
        recipes=recipes(points, declared),
    )
    return Built(side, tuple(lines), rates, Noise.of(points), pooled)


def _by_series(points: Sequence[Point], catalog: Catalog) -> dict[str, list[Point]]:
    groups: dict[tuple[str, str, bool, str], list[Point]] = {}
    for point in points:
        r = point.recipe
        groups.setdefault((r.engine, r.spec_method, r.disaggregated, point.status), []).append(point)
    labelled: dict[str, list[Point]] = {}
    for (engine, spec, disaggregated, status), members in groups.items():
        if status == PUBLISHED:
            labelled.setdefault("published readings", []).extend(members)
            continue
        parts = [catalog.engine_label(engine)]
        if spec != "none":
            parts.append(catalog.spec_label(spec))
        if disaggregated:
            parts.append("disaggregated")
        if status != MEASURED and status not in parts[0].lower():
            parts.append(status)
        labelled.setdefault(", ".join(parts), []).extend(members)
    return labelled
