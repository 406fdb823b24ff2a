"""One view over the index and the run folders newer than it, and queries that survive damage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isoline.errors import StoreError
from isoline.store.folders import Folders
from isoline.store.index import Index, Revision, Segment
from isoline.store.layout import table_file
from isoline.store.manifest import Manifest
from isoline.store.query import Engine, parquet_names
from isoline.store.rows import Row
from isoline.store.runs_table import COLUMNS, RunEntry, entry, read_entry


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one query reads: a revision, the runs newer than it, the runs deleted since."""

    revision: Revision
    tail: tuple[Manifest, ...]
    gone: frozenset[str]


class Reader:
    """Answers queries; notices new folders and new revisions by itself."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.root = root
        self.index = Index(root)
        self.folders = Folders(root)
        self._engine = engine
        self._covered: dict[str, frozenset[str]] = {}  # run ids by segment name
        self._short: dict[str, tuple[RunEntry, ...]] = {}  # read when first asked for
        self._snapshot: Snapshot | None = None
        self._names: frozenset[str] | None = None

    def snapshot(self) -> Snapshot:
        """The store as it is now; the same object while nothing changed."""
        names, revision = self.folders.names(), self.index.revision()
        last = self._snapshot
        if last is not None and last.revision is revision and self._names is names:
            return last
        covered = self._covered_runs(revision)
        if covered is None:  # broken or just replaced: run folders alone, or the next revision
            revision, covered = self._reopen(revision)
        manifests = (self.folders.manifest(run) for run in sorted(names - covered))
        tail = tuple(manifest for manifest in manifests if manifest is not None)
        self.folders.release(covered)
        self._names, self._snapshot = names, Snapshot(revision, tail, covered - names)
        return self._snapshot

    def runs(self, snapshot: Snapshot | None = None) -> list[RunEntry]:
        """Every run in short, oldest first."""
        for _ in range(10):  # a segment may be replaced in between
            chosen = snapshot or self.snapshot()
            covered = [self._entries(segment) for segment in chosen.revision.segments]
            if None not in covered:
                tail = [entry(manifest) for manifest in chosen.tail]
                found = [run for part in covered for run in part or ()] + tail
                return sorted((run for run in found if run.run not in chosen.gone), key=lambda run: run.run)
            self._snapshot = None
        raise StoreError(f"{self.root}: the list of runs cannot be read; run reindex")

    def query(
        self,
        table: str,
        select: str,
        where: str,
        values: Sequence[object],
        *,
        model: str | None = None,
        before: Sequence[object] = (),
    ) -> list[Row]:
        """Runs `select`, its {source} being the rows of `table` that match `where`.

        `values` belong to `where`, `before` to what precedes {source}. Naming the `model` that
        `where` asks for spares files.
        """
        for _ in range(1000):  # each round sets a broken folder or index aside
            snapshot = self.snapshot()
            files = self.files(snapshot, table, model)
            if not files:
                return []
            gone = sorted(snapshot.gone)
            absent = f" AND run NOT IN ({', '.join('?' * len(gone))})" if gone else ""
            head, _, tail = select.partition("{source}")
            sql = f"{head} FROM read_parquet(?) WHERE ({where}){absent} {tail}"
            parameters = [*before, parquet_names(files), *values, *gone]
            if (rows := self.attempt(sql, parameters, files)) is not None:
                return rows
        raise StoreError(f"{self.root}: too many broken run folders; see its problems")

    def files(self, snapshot: Snapshot, table: str, model: str | None = None) -> list[Path]:
        """The Parquet files that hold a table, index first; only those that may hold `model`."""
        found = [
            self.index.path(segment, file)
            for segment in snapshot.revision.segments
            for file in _segment_files(segment, table, model)
        ]
        tail = (manifest.run_id for manifest in snapshot.tail if manifest.rows.get(table))
        return found + [table_file(self.root, run, table) for run in tail]

    def table(
        self, run_id: str, table: str, columns: Sequence[str], *, keys: Sequence[str] | None = None
    ) -> list[Row]:
        """Rows of one table of one run (those of `keys`), in stored order; none if it is broken."""
        chosen = "" if keys is None else "WHERE key IN (SELECT unnest(?))"
        file = table_file(self.root, run_id, table)
        source = "read_parquet(?, file_row_number = true)"
        sql = f"SELECT {', '.join(columns)} FROM {source} {chosen} ORDER BY file_row_number"
        parameters = [parquet_names([file]), *([] if keys is None else [list(keys)])]
        return self.attempt(sql, parameters, [file]) or []

    def attempt(
        self, sql: str, parameters: Sequence[object], files: Sequence[Path], engine: Engine | None = None
    ) -> list[Row] | None:
        """Rows, or None after what made the query fail was set aside."""
        import duckdb

        try:
            return (engine or self._engine).rows(sql, parameters)
        except duckdb.Error as error:
            if self._blame(files):
                return None
            raise StoreError(f"{self.root}: a query failed: {error}") from error

    def _blame(self, files: Sequence[Path]) -> bool:
        import duckdb

        blamed = False
        for file in files:
            try:
                self._probe(file)
            except duckdb.Error as error:
                blamed = True
                self._suspect(file, str(error).splitlines()[0])
        return blamed

    def _probe(self, file: Path) -> None:
        """Reads every column that queries use, whole, as the schema has them."""
        from isoline.store.schema import EVALUATIONS, INDEX_POINTS, names

        known = {"points": INDEX_POINTS, "evaluations": EVALUATIONS}
        columns = known.get(file.stem.partition("-")[0])
        counted = (
            ", ".join(f"count({name}), max({name})" for name in names(columns)) if columns else "count(*)"
        )
        self._engine.rows(f"SELECT {counted} FROM read_parquet(?)", [parquet_names([file])])

    def _suspect(self, file: Path, reason: str) -> None:
        if file.is_relative_to(self.index.folder):
            self._drop(file)
        else:
            self.folders.set_aside(file.parent.name, reason)
        self._snapshot = None

    def _drop(self, file: Path) -> None:
        current = {segment.name for segment in self.index.revision().segments}
        if file.parent.name in current:  # else a writer has replaced it, and the next round sees that
            self.index.distrust()

    def _reopen(self, revision: Revision) -> tuple[Revision, frozenset[str]]:
        for _ in range(3):
            fresh = self.index.revision()
            covered = self._covered_runs(fresh)
            if covered is not None:
                return fresh, covered
            if fresh is revision:
                break
            revision = fresh
        self.index.distrust()
        return self.index.revision(), frozenset()

    def _covered_runs(self, revision: Revision) -> frozenset[str] | None:
        known: dict[str, frozenset[str]] = {}
        for segment in revision.segments:
            ids = self._covered.get(segment.name)
            if ids is None:
                rows = self._read_runs(segment, "run")
                if rows is None:
                    return None
                ids = frozenset(run for (run,) in rows)
            known[segment.name] = ids
        self._covered = known
        self._short = {name: runs for name, runs in self._short.items() if name in known}
        return frozenset().union(*known.values())

    def _entries(self, segment: Segment) -> tuple[RunEntry, ...] | None:
        if segment.name not in self._short:
            rows = self._read_runs(segment, COLUMNS)
            if rows is None:
                return None
            self._short[segment.name] = tuple(map(read_entry, rows))
        return self._short[segment.name]

    def _read_runs(self, segment: Segment, columns: str) -> list[Row] | None:
        import duckdb

        file = self.index.path(segment, "runs.parquet")
        try:
            return self._engine.rows(f"SELECT {columns} FROM read_parquet(?)", [parquet_names([file])])
        except duckdb.Error:
            return None


def _segment_files(segment: Segment, table: str, model: str | None) -> list[str]:
    if table == "points":
        return [part.file for part in segment.parts if model is None or part.first <= model <= part.last]
    return [f"{table}.parquet"] if table == "evaluations" and segment.evaluations else []
