"""Keeps queries fast: turns run folders into index segments, and merges small segments.

An add writes one folder. Once more than `TAIL_FOLDERS` are newer than the index (or hold more than
`TAIL_ROWS` points), they become one segment, merged with the segments that are no larger than what
is being written, as in a log-structured tree. `MERGE_ROWS` bounds that rewriting whatever the size
of the store; only `reindex` joins larger segments.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isoline.store.disk import fsync
from isoline.store.failures import storing
from isoline.store.index import Index, Part, Revision, Segment
from isoline.store.layout import TEMPORARY
from isoline.store.lock import locked
from isoline.store.query import Engine, parquet_names
from isoline.store.reader import Reader, Snapshot
from isoline.store.runs_table import write_entries
from isoline.store.schema import EVALUATIONS, INDEX_POINTS, names

TAIL_FOLDERS = 16
TAIL_ROWS = 20_000
MERGE_ROWS = 100_000
PART_ROWS = 16_384  # smallest file of a large segment, unless the models end
CHUNK_FILES = 500  # run folders that one statement reads
_ORDER = "model, isl, osl, hardware, precision, engine, spec_method, dataset, key"
_ROW_GROUP = 4096
_MEMORY = "200MB"


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What reindexing did."""

    revision: int
    runs: int
    points: int
    evaluations: int
    seconds: float


class Compactor:
    """Publishes new revisions of one store's index; one process at a time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._index: Index = reader.index
        self._lock = reader.root / ".index.lock"

    def absorb(self, *, above: int | None = None) -> bool:
        """Indexes the tail if it is longer than `above`; False if not or if another process does it."""
        above = TAIL_FOLDERS if above is None else above
        if not _is_long(self._reader.snapshot(), above):
            return False
        with storing(self._lock, "lock"), locked(self._lock, wait=False) as mine:
            snapshot = self._reader.snapshot()
            if not mine or not _is_long(snapshot, above):
                return False
            self._write(snapshot, _victims(snapshot))
            return True

    def reindex(self) -> IndexReport:
        """Builds the whole index again from the run folders."""
        started = time.monotonic()
        with storing(self._lock, "lock"), locked(self._lock):
            self._reader.folders.forget()
            self._index.distrust()
            revision = self._write(self._reader.snapshot(), ())
        segments = revision.segments
        rows, evaluations = sum(s.rows for s in segments), sum(s.evaluations for s in segments)
        runs = len(self._reader.runs())
        return IndexReport(revision.number, runs, rows, evaluations, time.monotonic() - started)

    def _write(self, snapshot: Snapshot, victims: tuple[Segment, ...]) -> Revision:
        self._index.folder.mkdir(parents=True, exist_ok=True)
        name = f"seg-{secrets.token_hex(8)}"
        aside = self._index.folder / f"{TEMPORARY}{name}"
        aside.mkdir()
        engine = Engine(memory=_MEMORY, threads=2, spill=aside / "spill")
        try:
            segment = self._segment(engine, snapshot, victims, name, aside)
            if segment is None:  # a folder turned out to be broken: again without it
                again = self._reader.snapshot()
                return self._write(again, tuple(v for v in victims if v in again.revision.segments))
            shutil.rmtree(aside / "spill", ignore_errors=True)
            for path in (*aside.iterdir(), aside):
                fsync(path)
            aside.rename(self._index.folder / name)
        finally:
            engine.close()
            shutil.rmtree(aside, ignore_errors=True)
        kept = tuple(segment for segment in snapshot.revision.segments if segment not in victims)
        return self._index.publish((*kept, segment))

    def _segment(
        self, engine: Engine, snapshot: Snapshot, victims: tuple[Segment, ...], name: str, aside: Path
    ) -> Segment | None:
        source = Snapshot(Revision(segments=victims), snapshot.tail, snapshot.gone)
        runs = self._reader.runs(source)
        points = self._stage(engine, source, "points", aside)
        evaluations = self._stage(engine, source, "evaluations", aside)
        if points is None or evaluations is None:
            return None
        rows, parts = _write_points(engine, points, aside)
        scores = _write_sorted(engine, evaluations, names(EVALUATIONS), aside / "evaluations.parquet")
        write_entries(runs, aside / "runs.parquet")
        for path in aside.glob("stage-*"):
            path.unlink()
        return Segment(name, rows, scores, parts)

    def _stage(self, engine: Engine, source: Snapshot, table: str, aside: Path) -> list[Path] | None:
        """Joins many small files into few, sorted by model; None if one of them is broken.

        Sorted in pieces, so that no statement has to sort the whole store.
        """
        columns = ", ".join(names(INDEX_POINTS if table == "points" else EVALUATIONS))
        files = self._reader.files(source, table)
        gone = sorted(source.gone)
        where = f"WHERE run NOT IN ({', '.join('?' * len(gone))})" if gone else ""
        staged = []
        for start in range(0, len(files), CHUNK_FILES):
            chunk = files[start : start + CHUNK_FILES]
            target = aside / f"stage-{table}-{start}.parquet"
            sql = (
                f"COPY (SELECT {columns} FROM read_parquet(?) {where} ORDER BY model) "
                f"TO {_literal(target)} (FORMAT parquet, ROW_GROUP_SIZE {_ROW_GROUP})"
            )
            if self._reader.attempt(sql, [parquet_names(chunk), *gone], chunk, engine) is None:
                return None
            staged.append(target)
        return staged


def _is_long(snapshot: Snapshot, above: int) -> bool:
    rows = sum(manifest.rows.get("points", 0) for manifest in snapshot.tail)
    return len(snapshot.tail) > above or rows > TAIL_ROWS


def _victims(snapshot: Snapshot) -> tuple[Segment, ...]:
    total = sum(manifest.rows.get("points", 0) for manifest in snapshot.tail)
    chosen = []
    for segment in sorted(snapshot.revision.segments, key=lambda segment: segment.rows):
        if segment.rows > total or total + segment.rows > MERGE_ROWS:
            break
        chosen.append(segment)
        total += segment.rows
    return tuple(chosen)


def _write_points(engine: Engine, staged: list[Path], aside: Path) -> tuple[int, tuple[Part, ...]]:
    if not staged:
        return 0, ()
    counts = engine.rows(
        "SELECT model, count(*) FROM read_parquet(?) GROUP BY model ORDER BY model", [parquet_names(staged)]
    )
    cuts = _cuts([(str(model), int(count)) for model, count in counts])
    parts = []
    for number, (first, last) in enumerate(cuts):
        part = Part(f"points-{number:03}.parquet", first, last)
        _write_sorted(engine, staged, names(INDEX_POINTS), aside / part.file, between=(first, last))
        parts.append(part)
    return sum(int(count) for _, count in counts), tuple(parts)


def _cuts(counts: Sequence[tuple[str, int]]) -> list[tuple[str, str]]:
    """First and last model of each part; a model is never cut."""
    parts: list[tuple[str, str]] = []
    size = PART_ROWS
    for model, count in counts:
        if size >= PART_ROWS:
            parts.append((model, model))
            size = 0
        parts[-1] = (parts[-1][0], model)
        size += count
    return parts


def _write_sorted(
    engine: Engine,
    source: list[Path],
    columns: tuple[str, ...],
    target: Path,
    *,
    between: tuple[str, str] | None = None,
) -> int:
    """Writes one sorted file and returns its rows; none if there is nothing to write."""
    if not source:
        return 0
    where = "WHERE model BETWEEN ? AND ?" if between else ""
    sql = (
        f"COPY (SELECT {', '.join(columns)} FROM read_parquet(?) {where} ORDER BY {_ORDER}) "
        f"TO {_literal(target)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_ROW_GROUP})"
    )
    return int(engine.rows(sql, [parquet_names(source), *(between or ())])[0][0])


def _literal(path: Path) -> str:
    """A path where SQL takes no parameter."""
    quoted = str(path).replace("'", "''")
    return f"'{quoted}'"
