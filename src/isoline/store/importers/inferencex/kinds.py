"""Which response of the API, or which artifact, a document is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from isoline.domain.point import Dataset
from isoline.store.importers.inferencex.documents import row_value
from isoline.store.importers.inferencex.history import has_history

if TYPE_CHECKING:
    from isoline.store.importers.inferencex.documents import Decoded

IMPORTER = "inferencex"
BENCHMARKS, HISTORY = "benchmarks", "history"
EVALUATIONS, AVAILABILITY = "evaluations", "availability"
# Rows of run artifacts; all of them go to one dataset.
RUN, AGGREGATE, HARNESS = "artifact benchmark", "artifact evaluation", "artifact harness results"

# name, kind and selection of the dataset that a kind of row belongs to
_DATASETS = {
    BENCHMARKS: ("inferencex", "benchmarks", "as-served"),
    HISTORY: ("inferencex-history", "history", "latest-run"),
    EVALUATIONS: ("inferencex-evaluations", "evaluations", "as-served"),
    AVAILABILITY: ("inferencex-availability", "availability", "as-served"),
    RUN: ("inferencex-artifacts", "artifacts", "latest-run"),
}
ARTIFACTS = (RUN, AGGREGATE, HARNESS)
_DATASETS |= {AGGREGATE: _DATASETS[RUN], HARNESS: _DATASETS[RUN]}

_SAMPLE = 50  # rows looked at: a few broken ones must not decide for all


def dataset(kind: str, source: str, captured: str) -> Dataset:
    name, dataset_kind, selection = _DATASETS[kind]
    return Dataset(name, dataset_kind, selection, source, captured)


def kind_of_dataset(name: str) -> str | None:
    """The kind of row a quarantined row of this dataset is; artifacts tell by themselves."""
    return next((kind for kind, (dataset_name, *_) in _DATASETS.items() if dataset_name == name), None)


def kind_of_rows(decoded: Decoded, name: str, override: str | None) -> str | None:
    """The kind of an array of rows; a name in parentheses is known and holds no points."""
    seen: Counter[str] = Counter()
    for row in decoded.rows():
        kind = kind_of_row(row_value(row))
        if kind is not None:
            seen[kind] += 1
            if seen.total() >= _SAMPLE:
                break
    if not seen:
        return None
    kind = seen.most_common(1)[0][0]
    if kind != BENCHMARKS:
        return kind
    if override is not None:
        return override
    return HISTORY if "history" in name.lower() or has_history(decoded) else BENCHMARKS


def kind_of_row(row: object) -> str | None:
    if not isinstance(row, Mapping):
        return None
    if "meta_env" in row and "scores" in row:
        return HARNESS
    if "hw" in row and "hardware" not in row:
        return AGGREGATE if "task" in row else RUN
    if "task" in row:
        return EVALUATIONS
    if "metrics" in row and "conc" in row:
        return BENCHMARKS
    if "n_success" in row and "total" in row:
        return "(reliability)"
    if "date" in row and "framework" in row and "metrics" not in row and "conc" not in row:
        return AVAILABILITY
    return None


def kind_of_object(value: object) -> str | None:
    """A name in parentheses for a known response or artifact that holds no points."""
    if not isinstance(value, Mapping):
        return None
    if "summary" in value and "volume" in value:
        return "(submissions)"
    if "runs" in value and "changelogs" in value:
        return "(workflow-info)"
    rows = [row for rows in value.values() if isinstance(rows, list) for row in rows[:1]]
    if rows and len(rows) == len(value) and all(kind_of_row(row) == BENCHMARKS for row in rows):
        return "(overview rows)"
    return None
