"""The store: immutable run folders of Parquet, and typed rows out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from isoline.domain.point import Coverage, Dataset, Evaluation, Point, Selection
from isoline.errors import StoreError
from isoline.store.disk import remove_stale
from isoline.store.failures import storing
from isoline.store.folders import Problem
from isoline.store.importers.batch import Availability, ImportBatch
from isoline.store.layout import artifact_path, runs_folder
from isoline.store.lock import locked
from isoline.store.quarantine import StoredQuarantine, datasets_of, open_rows
from isoline.store.query import Engine
from isoline.store.reader import Reader, Snapshot
from isoline.store.report import DatasetSummary, ImportReport
from isoline.store.rows import record_rows
from isoline.store.schema import AVAILABILITY, TABLES, names
from isoline.store.select import Selector
from isoline.store.summary import dataset_summaries
from isoline.store.write import RunWriter

if TYPE_CHECKING:
    from isoline.store.compact import Compactor, IndexReport

LONG_TAIL = 64  # a reader indexes more new folders than this itself, if it may write

Records = Iterable[Mapping[str, object]]


class Store:
    """A store folder. Reading creates nothing; a missing store is an empty one."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._engine = Engine()
        self._reader = Reader(self.root, self._engine)
        self._selector = Selector(self._reader)
        self._summaries: tuple[Snapshot, list[DatasetSummary]] | None = None
        self._unindexed: str | None = None  # why the index could not be brought up to date

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Frees the database connection."""
        self._engine.close()

    def add(
        self, batches: Iterable[ImportBatch], *, importer: str, details: Mapping[str, object] | None = None
    ) -> ImportReport:
        """Stores what is new of an import: one run folder per dataset. Importing twice adds nothing.

        Imports into one store wait for each other, since each must see what the other added.
        """
        from isoline.store.ingest import ingest, without_cycle_collection
        from isoline.store.narrower import narrower_lines

        self._create()
        lock = self.root / ".import.lock"
        with storing(lock, "lock"), locked(lock):
            self._clean()
            with without_cycle_collection():
                parts = ingest(self._reader, self.root, batches, self._open_ids)
            try:
                for part in parts.values():
                    part.commit({"importer": importer, **(details or {})})
            finally:
                for part in parts.values():
                    part.abort()
        for part in parts.values():
            if part.dataset.selection == "latest-run" and part.report.run and part.report.points:
                part.report.narrower += narrower_lines(
                    self._reader, part.dataset.name, part.report.run, sorted(part.models)
                )
        self._absorb()
        return ImportReport({name: part.report for name, part in parts.items()})

    def writer(self, dataset: Dataset, kind: str, *, durable: bool = True) -> RunWriter:
        """A run folder to stream into; its `commit` makes it visible."""
        self._create()
        self._clean()
        return RunWriter(self.root, dataset, kind, durable=durable)

    def write_run(
        self,
        dataset: Dataset,
        kind: str,
        *,
        details: Mapping[str, object] | None = None,
        points: Sequence[Point] = (),
        evaluations: Sequence[Evaluation] = (),
        requests: Records = (),
        items: Records = (),
        telemetry: Records = (),
        files: Mapping[str, bytes | Path] | None = None,
    ) -> str:
        """Stores one run and returns its id. Records map column names (see schema) to values."""
        records = {"requests": requests, "items": items, "telemetry": telemetry}
        with self.writer(dataset, kind) as writer:
            writer.points(points)
            writer.evaluations(evaluations)
            for table, values in records.items():
                writer.append(table, record_rows(table, values))
            for name, content in (files or {}).items():
                writer.file(name, content)
            writer.commit(details)
        self._absorb()
        return writer.run_id

    def state(self) -> object:
        """What is stored now, for caches: the same object as long as nothing changes. Costs two `stat`s."""
        return self._reader.snapshot()

    def datasets(self) -> list[DatasetSummary]:
        """Every dataset, by name."""
        snapshot = self._reader.snapshot()
        if self._summaries is None or self._summaries[0] is not snapshot:
            # Going through ten thousand runs takes longer than the query that wants to know.
            self._summaries = (snapshot, dataset_summaries(self._reader.runs()))
        return list(self._summaries[1])

    def coverage(self, selection: Selection, *, versions: bool = False) -> list[Coverage]:
        """How many valid points there are, per combination; `versions`: of engine versions as well."""
        self._catch_up()
        return self._selector.coverage(selection, versions=versions)

    def points(
        self, selection: Selection, *, include_invalid: bool = False, all_metrics: bool = False
    ) -> list[Point]:
        """Points in order of key, of all runs (choosing a run per line is the analysis' part).

        `metrics` holds `schema.HOT_METRICS`; `all_metrics` reads the rest from the run folders,
        which costs about a millisecond each.
        """
        self._catch_up()
        return self._selector.points(selection, include_invalid=include_invalid, all_metrics=all_metrics)

    def evaluations(self, selection: Selection) -> list[Evaluation]:
        """Evaluations in order of key. A selection's lengths don't count: tasks bring their own."""
        self._catch_up()
        return self._selector.evaluations(selection)

    def availability(self) -> list[tuple[str, Availability]]:
        """What foreign sources say they hold, each with its dataset's name."""
        runs = self._reader.runs()
        holding = [run.run for run in runs if run.availability]
        rows = [
            row for run in holding for row in self._reader.table(run, "availability", names(AVAILABILITY))
        ]
        return [(str(dataset), Availability(*rest)) for dataset, *rest in dict.fromkeys(rows)]

    def records(self, run_id: str, table: str) -> list[dict[str, object]]:
        """One table of one run as mappings, e.g. `requests`; empty if it has none."""
        columns = names(TABLES[table])
        held = self._reader.folders.manifest(run_id)
        if run_id not in self._reader.folders.names() or held is None or not held.rows.get(table):
            return []
        return [dict(zip(columns, row, strict=True)) for row in self._reader.table(run_id, table, columns)]

    def details(self, dataset: str) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Run id and what its writer said of it, newest first; a manifest is read when its turn comes."""
        for run in reversed(self._reader.runs()):
            if run.dataset.name == dataset and (manifest := self._reader.folders.manifest(run.run)):
                yield run.run, manifest.details

    def file(self, run_id: str, name: str) -> bytes | None:
        """An artifact of a run; `None` if it has none of that name."""
        manifest = self._reader.folders.manifest(run_id)
        if manifest is None or name not in manifest.files:
            return None
        path = runs_folder(self.root) / run_id / artifact_path(name)
        with storing(path, "read"):
            return path.read_bytes()

    def quarantine(self) -> list[StoredQuarantine]:
        """Rows that could not become points and were not resolved since."""
        return open_rows(self._reader)

    def resolve_quarantine(self, ids: Iterable[str]) -> int:
        """Marks quarantined rows as taken in by a retry, in a new run folder; returns how many."""
        wanted = set(ids)
        rows = [row for row in self.quarantine() if row.id in wanted]
        for dataset, resolved in datasets_of(self._reader, rows).items():
            with self.writer(dataset, "import") as writer:
                writer.append("resolved", [(identity,) for identity in resolved])
                writer.commit({"resolved": len(resolved)})
        return len(rows)

    def reindex(self) -> IndexReport:
        """Builds the index again from the run folders alone."""
        self._create()
        self._unindexed = None
        with storing(self.root, "write the index in"):
            return self._compactor().reindex()

    def noticed(self) -> list[Problem]:
        """Run folders that the queries so far had to skip: part of what `problems` looks for."""
        return self._reader.folders.noticed()

    def problems(self, *, deep: bool = False) -> list[Problem]:
        """What is skipped, and why; `deep` also reads every file to compare its digest."""
        found = self._reader.folders.problems(deep=deep)
        if self._reader.index.revision().broken:
            found.append(Problem(self._reader.index.folder, "the index is broken; run reindex"))
        if self._unindexed:
            found.append(Problem(self._reader.index.folder, self._unindexed))
        return found

    def _compactor(self) -> Compactor:
        from isoline.store.compact import Compactor  # only what writes needs it

        return Compactor(self._reader)

    def _open_ids(self) -> set[str]:
        return {row.id for row in self.quarantine()}

    def _create(self) -> None:
        with storing(self.root, "create a store in"):
            runs_folder(self.root).mkdir(parents=True, exist_ok=True)

    def _clean(self) -> None:
        with suppress(OSError):
            remove_stale(runs_folder(self.root))

    def _catch_up(self) -> None:
        if len(self._reader.snapshot().tail) > LONG_TAIL:
            self._absorb(above=LONG_TAIL)

    def _absorb(self, **above: int) -> None:
        """Brings the index up to date. The run is stored already, so failing here is only noted."""
        if self._unindexed:
            return
        import duckdb

        try:
            self._compactor().absorb(**above)
        except (StoreError, OSError, duckdb.Error) as error:
            self._unindexed = f"could not be brought up to date, queries are slower: {error}"
