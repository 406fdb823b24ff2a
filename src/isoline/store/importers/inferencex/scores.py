"""Evaluation artifacts -> the API's evaluation rows.

Two forms: `meta_env.json` with `results*.json` of the lm-eval harness (one row per task), and the
rows of an aggregate, already flat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from isoline.store.importers.fields import Row, broken
from isoline.store.importers.inferencex.artifacts import count, identity
from isoline.store.importers.inferencex.normalise import parse_lengths, parse_num
from isoline.store.importers.inferencex.topology import topology

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

_HARNESS = {
    "exact_match,strict-match": "em_strict",
    "exact_match_stderr,strict-match": "em_strict_se",
    "exact_match,flexible-extract": "em_flexible",
    "exact_match_stderr,flexible-extract": "em_flexible_se",
}
_FLAT = ("em_strict", "em_strict_se", "em_flexible", "em_flexible_se", "n_eff", "score", "score_se")


def harness_tasks(meta: Row, results: Row) -> Iterator[dict[str, object]]:
    """One self-contained row per task of a results file; together they can be mapped again."""
    tasks, samples = results.get("results"), results.get("n-samples")
    for task, scores in tasks.items() if isinstance(tasks, Mapping) else ():
        n = samples.get(task) if isinstance(samples, Mapping) else None
        yield {"meta_env": dict(meta), "task": task, "scores": scores, "n-samples": n}


def harness_row(row: Row, catalog: Catalog) -> dict[str, object]:
    """The API's evaluation row for one task of a results file."""
    meta, scores, samples = row.get("meta_env"), row.get("scores"), row.get("n-samples")
    if not isinstance(meta, Mapping):
        raise broken("meta_env", meta, "an object")
    if not isinstance(scores, Mapping):
        raise broken(f"results.{row.get('task')}", scores, "an object")
    metrics: dict[str, object] = {}
    for name, value in scores.items():
        number = parse_num(value) if name in _HARNESS else value
        if isinstance(number, int | float) and not isinstance(number, bool):
            metrics[_HARNESS.get(str(name), str(name))] = number
    effective = parse_num(samples.get("effective")) if isinstance(samples, Mapping) else None
    if effective is not None:
        metrics["n_eff"] = effective
    return _row(meta, catalog) | {"task": row.get("task"), "metrics": metrics}


def aggregate_row(row: Row, catalog: Catalog) -> dict[str, object]:
    """The API's evaluation row for a row of an aggregate; lengths come from its source's name."""
    source, task = row.get("source"), row.get("task")
    lengths = parse_lengths(source) if isinstance(source, str) else None
    numbers = ((name, parse_num(row.get(name))) for name in _FLAT)
    result = _row(row, catalog)
    if lengths is not None and result["isl"] is None and result["osl"] is None:
        result["isl"], result["osl"] = lengths
    return result | {
        "task": task.lower() if isinstance(task, str) else task,
        "metrics": {name: value for name, value in numbers if value is not None},
    }


def _row(row: Row, catalog: Catalog) -> dict[str, object]:
    place = topology(row, catalog, workers_multiply=True)
    lengths = {name: count(row, name) for name in ("isl", "osl", "conc")}
    return {**identity(row, catalog), **place.columns(), **lengths}
