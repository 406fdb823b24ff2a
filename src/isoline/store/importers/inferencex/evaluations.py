"""A row of the API's `evaluations` response -> an `Evaluation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.domain.point import UNIFORM, Evaluation, Workload
from isoline.store.importers import fields
from isoline.store.importers.fields import BadRow, Row
from isoline.store.importers.inferencex.recipes import TEXT_METRICS, Recipes
from isoline.store.importers.keys import digest

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

# Which score counts when a task has several: the strict reading is the one its gates use.
_SCORES = (
    ("em_strict", "em_strict_se", "exact match, strict"),
    ("em_flexible", "em_flexible_se", "exact match, flexible"),
    ("score", "score_se", "score"),
)
_NOWHERE = Workload(None, None)


class EvaluationMapper:
    """Maps rows of one dataset; keeps the recipes it has seen."""

    def __init__(self, catalog: Catalog, dataset: str) -> None:
        self._recipes = Recipes(catalog)
        self._dataset = dataset

    def map(self, row: Row) -> Evaluation:
        """The evaluation of a row, or `BadRow`."""
        metrics = row.get("metrics")
        if not isinstance(metrics, dict):
            raise fields.broken("metrics", metrics, "an object")
        line = self._recipes.line(row, metrics)
        task = fields.text(row, "task")
        isl = fields.optional_whole(row, "isl", 1, fields.MAX_LENGTH)
        osl = fields.optional_whole(row, "osl", 1, fields.MAX_LENGTH)
        concurrency = fields.optional_whole(row, "conc", 1, fields.MAX_CONCURRENCY)
        date = fields.optional_date(row, "date")
        run_url = fields.optional_url(row, "run_url")
        # Served rows carry an id: a run may evaluate one configuration twice. Artifacts carry none.
        identity = row.get("id")
        served = str(identity) if isinstance(identity, str | int) else None
        numbers = _numbers(metrics)
        score, error, metric = _score(numbers)
        return Evaluation(
            key=digest(self._dataset, line.identity, task, isl, osl, concurrency, date, run_url, served),
            recipe=line.recipe,
            task=task,
            score=score,
            standard_error=error,
            n=fields.optional_whole(numbers, "n_eff", 1, fields.MAX_LENGTH),
            dataset=self._dataset,
            metric=metric,
            workload=_NOWHERE if isl is None and osl is None else Workload(isl, osl, UNIFORM),
            concurrency=concurrency,
            date=date,
            run_url=run_url,
            metrics=numbers,
        )


def _numbers(metrics: dict[str, object]) -> dict[str, float]:
    if len(metrics) > fields.MAX_METRICS:
        raise BadRow("broken field", f"metrics has {len(metrics)} entries; {fields.MAX_METRICS} are read")
    return {
        fields.metric_key(name): fields.number(f"metrics.{name}", value)
        for name, value in metrics.items()
        if value is not None and not (name in TEXT_METRICS and isinstance(value, str))
    }


def _score(numbers: dict[str, float]) -> tuple[float, float | None, str]:
    for name, _, _ in _SCORES:
        if not 0.0 <= numbers.get(name, 0.0) <= 1.0:
            raise fields.broken(f"metrics.{name}", numbers[name], "a fraction from 0 to 1")
    for name, error_name, words in _SCORES:
        if name in numbers:
            error = numbers.get(error_name)
            if error is not None and not 0.0 <= error <= 1.0:
                raise fields.broken(f"metrics.{error_name}", error, "a fraction from 0 to 1")
            return numbers[name], error, words
    raise BadRow("broken field", "metrics has no em_strict, em_flexible or score")
