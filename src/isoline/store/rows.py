"""Domain values to table rows (tuples in schema order) and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from typing import Any

from isoline.domain.point import Evaluation, Point, QuarantinedRow, Workload
from isoline.domain.recipe import Recipe
from isoline.errors import StoreError
from isoline.store.importers.batch import Availability
from isoline.store.schema import HOT_METRICS, TABLES, names

Row = tuple[Any, ...]  # what SQL gives: its types are those of the schema

RECIPES_KEPT = 20_000  # about 25 MB

# What a point query selects, in the order `read_point` takes it.
POINT_SELECT = (
    "key, recipe, isl, osl, workload_kind, interactivity, throughput, output_throughput, "
    "input_throughput, concurrency, dataset, status, date, request_rate, run_url, run_started_at, "
    f"run, repeat, valid, printed_cost, printed_tokens_per_mw, {', '.join(HOT_METRICS)}"
)
EVALUATION_SELECT = (
    "key, recipe, task, score, standard_error, n, dataset, metric, isl, osl, workload_kind, "
    "concurrency, date, run_url, run, metrics"
)


class RowMaker:
    """Turns values into rows of one run; remembers recipes, whose ids are costly."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._recipes: dict[Recipe, Row] = {}

    def point(self, point: Point) -> Row:
        """One row of `points`, without the columns of its recipe."""
        metrics = point.metrics
        return (
            *_workload(point.workload),
            point.concurrency,
            point.key,
            point.dataset,
            self._run_id,
            point.date,
            point.run_url,
            point.interactivity,
            point.throughput,
            point.output_throughput,
            point.input_throughput,
            point.status,
            point.request_rate,
            point.run_started_at,
            point.repeat,
            point.valid,
            point.printed_cost,
            point.printed_tokens_per_mw,
            *map(metrics.get, HOT_METRICS),
            list(metrics.items()),
        )

    def evaluation(self, evaluation: Evaluation) -> Row:
        """One row of `evaluations`, without the columns of its recipe."""
        return (
            *_workload(evaluation.workload),
            evaluation.concurrency,
            evaluation.key,
            evaluation.dataset,
            self._run_id,
            evaluation.date,
            evaluation.run_url,
            evaluation.task,
            evaluation.metric,
            evaluation.score,
            evaluation.standard_error,
            evaluation.n,
            list(evaluation.metrics.items()),
        )

    def recipe(self, recipe: Recipe) -> Row:
        """The recipe's columns, which come first in both tables."""
        known = self._recipes.get(recipe)
        if known is None:
            values = [value for _, value in recipe.items()]
            known = (recipe.id, json.dumps(values), *values)
            self._recipes[recipe] = known
        return known


def _workload(workload: Workload) -> Row:
    return workload.isl, workload.osl, workload.kind


def record_rows(table: str, records: Iterable[Mapping[str, object]]) -> list[Row]:
    """Rows of mappings by column name; a missing column is null, an unknown one an error."""
    columns = names(TABLES[table])
    rows = []
    for record in records:
        unknown = record.keys() - set(columns)
        if unknown:
            raise StoreError(f"{table}: unknown column {sorted(unknown)[0]!r}; known: {', '.join(columns)}")
        rows.append(tuple(record.get(name) for name in columns))
    return rows


def availability_row(dataset: str, availability: Availability) -> Row:
    """One row of `availability`; also its identity."""
    return dataset, *astuple(availability)


def quarantine_id(row: QuarantinedRow) -> str:
    """Same content, same id, wherever it came from; an empty row is known by its place only."""
    place = () if row.raw else (row.source, row.position)
    parts = (row.importer, row.dataset, row.reason, row.detail, row.raw, *place)
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def quarantine_row(row: QuarantinedRow) -> Row:
    """One row of `quarantine`."""
    return quarantine_id(row), *astuple(row)


class Reading:
    """Values from rows; recipes and workloads are shared, since many rows have the same."""

    def __init__(self) -> None:
        self._recipes: dict[str, Recipe] = {}
        self._workloads: dict[Row, Workload] = {}

    def points(self, rows: Sequence[Row]) -> list[Point]:
        """Points from what `POINT_SELECT` gives; column by column, which is twice as fast as by row."""
        if not rows:
            return []
        keys, recipes, isl, osl, kinds, *middle, _, _, _, _ = zip(*rows, strict=True)
        workloads = map(self._workload, isl, osl, kinds)
        return list(map(Point, keys, map(self._recipe, recipes), workloads, *middle, map(_metrics, rows)))

    def evaluations(self, rows: Sequence[Row]) -> list[Evaluation]:
        """Evaluations from what `EVALUATION_SELECT` gives."""
        return [self._evaluation(*row) for row in rows]

    def _evaluation(self, key: str, recipe: str, *row: Any) -> Evaluation:
        task, score, error, n, dataset, metric, isl, osl, kind, *rest = row
        workload = self._workload(isl, osl, kind)
        values = (key, self._recipe(recipe), task, score, error, n, dataset, metric, workload, *rest)
        return Evaluation(*values)

    def _recipe(self, text: str) -> Recipe:
        recipe = self._recipes.get(text)
        if recipe is None:
            if len(self._recipes) >= RECIPES_KEPT:
                self._recipes.clear()
            recipe = self._recipes[text] = Recipe(*json.loads(text))
        return recipe

    def _workload(self, *key: Any) -> Workload:
        workload = self._workloads.get(key)
        if workload is None:
            workload = self._workloads[key] = Workload(*key)
        return workload


def _metrics(row: Row) -> dict[str, float]:
    hot = row[-4:]
    if None in hot:
        return {name: value for name, value in zip(HOT_METRICS, hot, strict=True) if value is not None}
    return dict(zip(HOT_METRICS, hot, strict=True))
