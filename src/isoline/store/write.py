"""Writes one run folder aside and makes it visible by one rename."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from isoline import __version__
from isoline.domain.point import Dataset, Evaluation, Point
from isoline.domain.recipe import Recipe
from isoline.errors import StoreError
from isoline.store.disk import fsync
from isoline.store.failures import storing
from isoline.store.layout import MANIFEST, TEMPORARY, artifact_path, new_run_id, runs_folder
from isoline.store.manifest import KINDS, Manifest, StoredFile
from isoline.store.rows import Row, RowMaker
from isoline.store.schema import TABLES, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq


class RunWriter:
    """A run folder being written. Left without `commit`, it leaves nothing behind.

    `durable=False` skips fsync: for folders that can be generated again.
    """

    def __init__(self, root: Path, dataset: Dataset, kind: str, *, durable: bool = True) -> None:
        if kind not in KINDS:
            raise StoreError(f"run kind {kind!r} is not one of {', '.join(KINDS)}")
        self.run_id = new_run_id()
        self.manifest: Manifest | None = None
        self._dataset, self._kind, self._durable = dataset, kind, durable
        self._runs = runs_folder(root)
        self._folder = self._runs / f"{TEMPORARY}{self.run_id}"
        self._tables: dict[str, pq.ParquetWriter] = {}
        self._rows: dict[str, int] = {}
        self._dates: set[str] = set()
        self._make = RowMaker(self.run_id)
        with storing(root, "create a run folder in"):
            self._runs.mkdir(parents=True, exist_ok=True)
            self._folder.mkdir()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.manifest is None:
            self.abort()

    def points(self, points: Sequence[Point]) -> None:
        """Adds a row group of points."""
        self._own(points)
        self.append("points", [self._make.point(point) for point in points], [p.recipe for p in points])

    def evaluations(self, evaluations: Sequence[Evaluation]) -> None:
        """Adds a row group of evaluations."""
        self._own(evaluations)
        rows = [self._make.evaluation(evaluation) for evaluation in evaluations]
        self.append("evaluations", rows, [evaluation.recipe for evaluation in evaluations])

    def append(self, table: str, rows: Sequence[Row], recipes: Sequence[Recipe] = ()) -> None:
        """Adds a row group to a table; rows are in schema order, behind the columns of `recipes`.

        Few recipes stand behind many rows, so their columns are made once and repeated by index.
        """
        if not rows:
            return
        import pyarrow as pa

        schema = arrow_schema(TABLES[table])
        with storing(self._folder, "write"):
            try:
                arrays = self._recipe_arrays(recipes, schema) if recipes else []
                own = [schema.field(i) for i in range(len(arrays), len(schema))]
                columns = zip(zip(*rows, strict=True), own, strict=True)
                arrays += [pa.array(column, field.type) for column, field in columns]
                self._writer(table, schema).write_table(pa.table(arrays, schema=schema))
            except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError) as error:
                raise StoreError(f"{table}: a value does not fit its column: {error}") from error
        self._rows[table] = self._rows.get(table, 0) + len(rows)

    def _recipe_arrays(self, recipes: Sequence[Recipe], schema: pa.Schema) -> list[pa.Array]:
        import pyarrow as pa

        # Rows share recipe objects, and telling those apart is cheaper than hashing their fields.
        places: dict[int, int] = {}
        indices = pa.array([places.setdefault(id(recipe), len(places)) for recipe in recipes], pa.int32())
        distinct = {id(recipe): recipe for recipe in recipes}.values()
        columns = zip(*map(self._make.recipe, distinct), strict=True)
        return [pa.array(column, schema.field(i).type).take(indices) for i, column in enumerate(columns)]

    def file(self, name: str, content: bytes | Path) -> None:
        """Adds a free-form artifact such as a log."""
        path = artifact_path(name)
        if name == MANIFEST or name.removesuffix(".parquet") in TABLES:
            raise StoreError(f"file name {name!r} is reserved")
        target = self._folder / path
        with storing(target, "write"):
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                target.write_bytes(content)
            else:
                shutil.copyfile(content, target)

    def commit(self, details: Mapping[str, object] | None = None) -> Manifest:
        """Finishes the folder: files, then manifest, then its name."""
        with storing(self._folder, "write"):
            self._close()
            files = sorted(path for path in self._folder.rglob("*") if path.is_file())
            entries = {path.relative_to(self._folder).as_posix(): self._seal(path) for path in files}
            manifest = Manifest(
                run_id=self.run_id,
                kind=self._kind,
                created=datetime.now(UTC).isoformat(timespec="microseconds"),
                dataset=self._dataset,
                rows=dict(self._rows),
                files=entries,
                isoline_version=__version__,
                first_date=min(self._dates, default=None),
                last_date=max(self._dates, default=None),
                details=dict(details or {}),
            )
            target = self._folder / MANIFEST
            target.write_bytes(manifest.to_json())
            if self._durable:
                for path in (
                    target,
                    *(path for path in self._folder.rglob("*") if path.is_dir()),
                    self._folder,
                ):
                    fsync(path)
            os.rename(self._folder, self._runs / self.run_id)
            if self._durable:
                fsync(self._runs)
        self.manifest = manifest
        return manifest

    def abort(self) -> None:
        """Drops what was written so far."""
        try:
            self._close()
        except OSError:
            pass  # a full disk cannot finish a file that is about to be deleted
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _own(self, rows: Iterable[Point | Evaluation]) -> None:
        for row in rows:
            if row.dataset != self._dataset.name:
                raise StoreError(
                    f"row {row.key!r} is of dataset {row.dataset!r}, its run of {self._dataset.name!r}"
                )
            if row.date is not None:
                self._dates.add(row.date)

    def _writer(self, table: str, schema: object) -> pq.ParquetWriter:
        import pyarrow.parquet as pq

        if table not in self._tables:
            path = self._folder / f"{table}.parquet"
            self._tables[table] = pq.ParquetWriter(path, schema, compression="zstd")
        return self._tables[table]

    def _close(self) -> None:
        while self._tables:
            _, writer = self._tables.popitem()
            writer.close()

    def _seal(self, path: Path) -> StoredFile:
        if self._durable:
            fsync(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return StoredFile(path.stat().st_size, digest)
