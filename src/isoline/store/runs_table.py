"""The table of runs a segment covers: what a manifest says, without opening the folder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from isoline.domain.point import Dataset
from isoline.store.manifest import Manifest
from isoline.store.rows import Row

COLUMNS = (
    "run, created, dataset, dataset_kind, selection, source, captured, first_date, last_date, "
    "points, evaluations, availability, quarantine, resolved"
)
_COUNTS = ("points", "evaluations", "availability", "quarantine", "resolved")


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One run in short; counts are rows per table."""

    run: str
    created: str
    dataset: Dataset
    first_date: str | None
    last_date: str | None
    points: int
    evaluations: int
    availability: int
    quarantine: int
    resolved: int


def entry(manifest: Manifest) -> RunEntry:
    """The entry of a run folder."""
    counts = (int(manifest.rows.get(name, 0)) for name in _COUNTS)
    first, last = manifest.first_date, manifest.last_date
    return RunEntry(manifest.run_id, manifest.created, manifest.dataset, first, last, *counts)


def read_entry(row: Row) -> RunEntry:
    """The entry from a row of `COLUMNS`."""
    run, created, name, kind, selection, source, captured, *rest = row
    dataset = Dataset(name, kind, selection, source, captured)
    return RunEntry(run, created, dataset, *rest)


def write_entries(entries: Iterable[RunEntry], path: Path) -> None:
    """One Parquet file in the order of `COLUMNS`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: list[list[object]] = [[] for _ in COLUMNS.split(", ")]
    for run in entries:
        dataset = run.dataset
        row = (
            run.run, run.created,
            dataset.name, dataset.kind, dataset.selection, dataset.source, dataset.captured,
            run.first_date, run.last_date,
            run.points, run.evaluations, run.availability, run.quarantine, run.resolved,
        )  # fmt: skip
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    names = COLUMNS.split(", ")
    types = [pa.int64() if name in _COUNTS else pa.string() for name in names]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    pq.write_table(pa.table(arrays, names=names), path, compression="zstd")
