"""A selection -> points, evaluations, coverage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from isoline.domain.point import Coverage, Evaluation, Point, Selection
from isoline.store.query import conditions
from isoline.store.reader import Reader
from isoline.store.rows import EVALUATION_SELECT, POINT_SELECT, Reading, Row

_COVERAGE = "dataset, model, hardware, precision, engine, spec_method, isl, osl, concurrency"
# Repeats of one operating point are one, as where they are compared; see `analyse.repeats`.
_SAME = "concat_ws('/', recipe_id, workload_kind, status, request_rate)"
_POINT = f"CASE WHEN repeat IS NULL THEN key ELSE {_SAME} END"


class Selector:
    """Runs the queries; remembers recipes, which many points share."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._reading = Reading()

    def coverage(self, selection: Selection, *, versions: bool) -> list[Coverage]:
        """Counts of valid operating points per combination, in order."""
        where, values = conditions(selection)
        counts = f"count(DISTINCT {_POINT}), min(date), max(date)"
        version, group = (
            ("engine_version", f"{_COVERAGE}, engine_version") if versions else ("NULL", _COVERAGE)
        )
        select = f"SELECT {_COVERAGE}, {counts}, {version} {{source}} GROUP BY {group}"
        rows = self._reader.query("points", select, f"{where} AND valid", values, model=selection.model)
        return [Coverage(*row) for row in _sharing(sorted(rows, key=_coverage_order))]

    def points(self, selection: Selection, *, include_invalid: bool, all_metrics: bool) -> list[Point]:
        """Points in order of key."""
        where, values = conditions(selection)
        if not include_invalid:
            where = f"{where} AND valid"
        rows = self._reader.query(
            "points", f"SELECT {POINT_SELECT} {{source}}", where, values, model=selection.model
        )
        points = sorted(self._reading.points(rows), key=_order)
        return self._with_metrics(points) if all_metrics else points

    def evaluations(self, selection: Selection) -> list[Evaluation]:
        """Evaluations in order of key."""
        where, values = conditions(selection, lengths=False)
        rows = self._reader.query("evaluations", f"SELECT {EVALUATION_SELECT} {{source}}", where, values)
        return sorted(self._reading.evaluations(rows), key=_order)

    def _with_metrics(self, points: Iterable[Point]) -> list[Point]:
        runs: dict[str, list[Point]] = {}
        for point in points:
            runs.setdefault(point.run or "", []).append(point)
        full: list[Point] = []
        for run, held in runs.items():
            rows = self._reader.table(run, "points", ("key", "metrics"), keys=[point.key for point in held])
            metrics: dict[str, dict[str, float]] = dict(rows)
            full += [
                msgspec.structs.replace(point, metrics=metrics.get(point.key, point.metrics))
                for point in held
            ]
        return sorted(full, key=_order)


def _sharing(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, each of their values kept once: a large store says the same few words in all of them."""
    held: dict[Any, Any] = {}
    for row in rows:
        yield tuple(map(held.setdefault, row, row))


def _order(value: Point | Evaluation) -> tuple[str, str, str]:
    return value.key, value.dataset, value.run or ""


def _coverage_order(row: Row) -> tuple[object, ...]:
    dataset, model, hardware, precision, engine, spec, isl, osl, concurrency, *_, version = row
    numbers = (-1 if number is None else number for number in (isl, osl, concurrency))
    return model, hardware, precision, engine, spec, version or "", *numbers, dataset
