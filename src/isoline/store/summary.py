"""Runs in short -> datasets in short."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.store.report import DatasetSummary
from isoline.store.runs_table import RunEntry


def dataset_summaries(runs: Sequence[RunEntry]) -> list[DatasetSummary]:
    """One summary per dataset name, by name; `runs` are oldest first, the newest describes it."""
    groups: dict[str, list[RunEntry]] = {}
    for run in runs:
        groups.setdefault(run.dataset.name, []).append(run)
    return [_summary(groups[name]) for name in sorted(groups)]


def _summary(runs: Sequence[RunEntry]) -> DatasetSummary:
    first = (run.first_date for run in runs if run.first_date is not None)
    last = (run.last_date for run in runs if run.last_date is not None)
    return DatasetSummary(
        dataset=runs[-1].dataset,
        points=sum(run.points for run in runs),
        evaluations=sum(run.evaluations for run in runs),
        first_date=min(first, default=None),
        last_date=max(last, default=None),
        imported=runs[-1].created,
        runs=len(runs),
    )
