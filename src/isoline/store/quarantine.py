"""Rows that could not become points: which are still open, and which a retry took in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from isoline.domain.point import Dataset, QuarantinedRow
from isoline.store.reader import Reader
from isoline.store.runs_table import RunEntry
from isoline.store.schema import QUARANTINE, names


@dataclass(frozen=True, slots=True)
class StoredQuarantine:
    """A quarantined row, the run folder that holds it and when it was stored (UTC, ISO 8601)."""

    id: str
    row: QuarantinedRow
    run: str
    date: str


def open_rows(reader: Reader) -> list[StoredQuarantine]:
    """Every row not resolved since it was stored; a row quarantined again later is open again."""
    runs = reader.runs()
    resolved = _resolutions(reader, runs)
    found: dict[str, StoredQuarantine] = {}
    for run in runs:
        if run.quarantine:
            for identity, *values in reader.table(run.run, "quarantine", names(QUARANTINE)):
                key = str(identity)
                if resolved.get(key, "") < run.run:
                    row = QuarantinedRow(*map(str, values))
                    found.setdefault(key, StoredQuarantine(key, row, run.run, run.created))
    return list(found.values())


def datasets_of(reader: Reader, rows: Iterable[StoredQuarantine]) -> dict[Dataset, list[str]]:
    """Ids by the dataset of the run that holds them."""
    datasets = {run.run: run.dataset for run in reader.runs()}
    grouped: dict[Dataset, list[str]] = {}
    for row in rows:
        grouped.setdefault(datasets[row.run], []).append(row.id)
    return grouped


def _resolutions(reader: Reader, runs: Iterable[RunEntry]) -> dict[str, str]:
    """The newest run that resolved each id; run ids sort by time."""
    newest: dict[str, str] = {}
    for run in runs:
        if run.resolved:
            newest |= {str(identity): run.run for (identity,) in reader.table(run.run, "resolved", ("id",))}
    return newest
