"""What ships with Isoline, queried like a store: measured, published and simulated points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from isoline.domain.point import Coverage, Dataset, Point, Selection
from isoline.domain.recipe import Recipe
from isoline.store import packaged
from isoline.store.packaged import measured, simulated


def datasets() -> list[Dataset]:
    """Every packaged dataset: what we measured first, that of the simulated engine last."""
    return [measured.dataset(), packaged.dataset(), simulated.dataset()]


def points(selection: Selection) -> list[Point]:
    """All packaged points that `selection` allows."""
    return [
        p
        for p in _points_of(selection.model)
        if _named(selection, p.dataset)
        and allows(selection, p.recipe)
        and selection.isl in (None, p.workload.isl)
        and selection.osl in (None, p.workload.osl)
        and _dated(selection, p)
    ]


def coverage(selection: Selection, *, versions: bool = False) -> list[Coverage]:
    """How many packaged points exist for each combination that `selection` allows."""
    if selection.until is None:
        rows = _coverage(selection.model, versions)
    else:
        rows = _rows(_dated_points(selection), versions)
    return [row for row in rows if covers(selection, row)]


def covers(selection: Selection, row: Coverage) -> bool:
    """Whether `selection`, its dates aside, allows the combination of `row`."""
    return (
        _named(selection, row.dataset)
        and allows(selection, row)
        and selection.isl in (None, row.isl)
        and selection.osl in (None, row.osl)
    )


def allows(selection: Selection, subject: Recipe | Coverage) -> bool:
    """Whether the recipe's part of `selection` allows it."""
    return (
        selection.model in (None, subject.model)
        and (selection.hardware is None or subject.hardware in selection.hardware)
        and (selection.precision is None or subject.precision in selection.precision)
        and (selection.engine is None or subject.engine in selection.engine)
        and (selection.spec_method is None or subject.spec_method in selection.spec_method)
    )


def _named(selection: Selection, dataset: str) -> bool:
    return selection.datasets is None or dataset in selection.datasets


def _dated(selection: Selection, point: Point) -> bool:
    return selection.until is None or (point.date is not None and point.date <= selection.until)


def _dated_points(selection: Selection) -> Iterator[Point]:
    return (point for point in _points_of(selection.model) if _dated(selection, point))


def _points_of(model: str | None) -> Iterable[Point]:
    by_model = _by_model()
    return by_model.get(model, ()) if model is not None else (p for group in by_model.values() for p in group)


@cache
def _by_model() -> dict[str, list[Point]]:
    found: dict[str, list[Point]] = {}
    for point in _all():
        found.setdefault(point.recipe.model, []).append(point)
    return found


@cache
def _coverage(model: str | None, versions: bool) -> tuple[Coverage, ...]:
    return _rows(_points_of(model), versions)


def _rows(points: Iterable[Point], versions: bool) -> tuple[Coverage, ...]:
    counts: dict[tuple[object, ...], list[Point]] = {}
    for p in points:
        r, w = p.recipe, p.workload
        version = r.engine_version if versions else None
        key = (p.dataset, r.model, r.hardware, r.precision, r.engine, r.spec_method, version)
        counts.setdefault((*key, w.isl, w.osl, p.concurrency), []).append(p)
    return tuple(_row(group, versions) for group in counts.values())


def _row(group: list[Point], versions: bool) -> Coverage:
    p = group[0]
    r = p.recipe
    dates = sorted(point.date for point in group if point.date is not None)
    return Coverage(
        dataset=p.dataset,
        model=r.model,
        hardware=r.hardware,
        precision=r.precision,
        engine=r.engine,
        spec_method=r.spec_method,
        engine_version=r.engine_version if versions else None,
        isl=p.workload.isl,
        osl=p.workload.osl,
        concurrency=p.concurrency,
        points=len({_operating(point) for point in group}),
        first_date=dates[0] if dates else None,
        last_date=dates[-1] if dates else None,
    )


def _operating(point: Point) -> object:
    """Repeats of one operating point are one, as where they are compared."""
    if point.repeat is None:
        return point.key
    return point.recipe, point.workload.kind, point.status, point.request_rate


def _all() -> Iterator[Point]:
    yield from measured.points()
    yield from packaged.points()
    yield from simulated.points()
