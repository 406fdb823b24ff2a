"""One import: each row that is new to the store is written once, into its dataset's run folder."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from isoline.domain.point import Dataset, Evaluation, Point
from isoline.errors import StoreError
from isoline.store.importers.batch import ImportBatch
from isoline.store.reader import Reader
from isoline.store.report import DatasetReport
from isoline.store.rows import availability_row, quarantine_id, quarantine_row
from isoline.store.schema import AVAILABILITY, names
from isoline.store.write import RunWriter

FLUSH_ROWS = 10_000  # small batches are joined: looking up keys costs one scan each time
_KINDS = {"published": "published", "simulated": "simulated"}
_Keyed = TypeVar("_Keyed", Point, Evaluation)


class Ingest:
    """One dataset's share of an import. Keys known to the store or seen before are duplicates."""

    def __init__(
        self, reader: Reader, root: Path, dataset: Dataset, open_ids: Callable[[], set[str]]
    ) -> None:
        self.dataset = dataset
        self.report = DatasetReport(dataset.name)
        self.models: set[str] = set()  # of new points
        self._reader, self._root, self._open_ids = reader, root, open_ids
        self._pending = ImportBatch(dataset)
        self._seen: dict[str, set[Hashable]] = {}
        self._writer: RunWriter | None = None
        runs = [run for run in reader.runs() if run.dataset.name == dataset.name]
        self._has = {
            "points": any(run.points for run in runs),
            "evaluations": any(run.evaluations for run in runs),
        }
        self._available_in = [run.run for run in runs if run.availability]

    def take(self, batch: ImportBatch) -> None:
        """Queues a batch; writes when enough is queued."""
        pending = self._pending
        pending.points += batch.points
        pending.evaluations += batch.evaluations
        pending.availability += batch.availability
        pending.quarantined += batch.quarantined
        self.report.notes += batch.notes
        queued = len(pending.points) + len(pending.evaluations)
        if queued + len(pending.availability) + len(pending.quarantined) >= FLUSH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Writes what is new of the queue."""
        batch, self._pending = self._pending, ImportBatch(self.dataset)
        points = self._new("points", batch.points)
        evaluations = self._new("evaluations", batch.evaluations)
        self.report.points += len(points)
        self.report.duplicates += len(batch.points) - len(points)
        self.report.evaluations += len(evaluations)
        self.report.evaluation_duplicates += len(batch.evaluations) - len(evaluations)
        if points:
            self.models.update(point.recipe.model for point in points)
            self._folder().points(points)
        if evaluations:
            self._folder().evaluations(evaluations)
        self._take_availability(batch)
        self._take_quarantined(batch)

    def commit(self, details: Mapping[str, object]) -> None:
        """Makes the run folder visible, if there is anything in it."""
        if self._writer is not None:
            self.report.run = self._writer.commit(details).run_id

    def abort(self) -> None:
        """Drops what was not committed."""
        if self._writer is not None and self.report.run is None:
            self._writer.abort()

    def _folder(self) -> RunWriter:
        if self._writer is None:
            self._writer = RunWriter(self._root, self.dataset, _KINDS.get(self.dataset.kind, "import"))
        return self._writer

    def _new(self, table: str, rows: Sequence[_Keyed]) -> list[_Keyed]:
        seen = self._seen.setdefault(table, set())
        fresh = {row.key: row for row in reversed(rows) if row.key not in seen}  # of equal keys the first
        if fresh and self._has[table]:
            where = "dataset = ? AND key IN (SELECT unnest(?))"
            known = self._reader.query(table, "SELECT key {source}", where, [self.dataset.name, list(fresh)])
            for (key,) in known:
                fresh.pop(str(key), None)
        seen.update(fresh)
        return list(reversed(fresh.values()))

    def _take_availability(self, batch: ImportBatch) -> None:
        rows = [availability_row(self.dataset.name, row) for row in batch.availability]
        if rows and "availability" not in self._seen:
            known = (
                self._reader.table(run, "availability", names(AVAILABILITY)) for run in self._available_in
            )
            self._seen["availability"] = {row for part in known for row in part}
        fresh = list(dict.fromkeys(row for row in rows if row not in self._seen["availability"]))
        self.report.availability += len(fresh)
        self.report.availability_duplicates += len(rows) - len(fresh)
        if fresh:
            self._seen["availability"].update(fresh)
            self._folder().append("availability", fresh)

    def _take_quarantined(self, batch: ImportBatch) -> None:
        if not batch.quarantined:
            return
        if "quarantine" not in self._seen:
            self._seen["quarantine"] = set(self._open_ids())
        seen, fresh = self._seen["quarantine"], {}
        for row in batch.quarantined:
            identity = quarantine_id(row)
            if identity not in seen:
                seen.add(identity)
                fresh[identity] = row
        self.report.quarantine_duplicates += len(batch.quarantined) - len(fresh)
        if fresh:
            counts = Counter(self.report.quarantined) + Counter(row.reason for row in fresh.values())
            self.report.quarantined = dict(counts)
            self._folder().append("quarantine", [quarantine_row(row) for row in fresh.values()])


@contextmanager
def without_cycle_collection() -> Iterator[None]:
    """Rows hold no reference cycles; looking for some in millions of them took a quarter of an import."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def ingest(
    reader: Reader, root: Path, batches: Iterable[ImportBatch], open_ids: Callable[[], set[str]]
) -> dict[str, Ingest]:
    """Takes every batch in; the caller commits or aborts."""
    parts: dict[str, Ingest] = {}
    try:
        for batch in batches:
            name = batch.dataset.name
            if name not in parts:
                parts[name] = Ingest(reader, root, batch.dataset, open_ids)
            elif parts[name].dataset != batch.dataset:
                raise StoreError(f"dataset {name!r} is described in two ways by one import")
            parts[name].take(batch)
        for part in parts.values():
            part.flush()
    except BaseException:
        for part in parts.values():
            part.abort()
        raise
    return parts
