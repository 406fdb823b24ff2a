"""A run by its folder, its id, any unique part of its id, or the id of its sweep; packaged runs, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from isoline.domain.point import Evaluation, Point
from isoline.domain.run import StoredRun
from isoline.errors import CLOSE, NoDataError, StoreError, UsageError, closest
from isoline.store.failures import storing
from isoline.store.folders import Folders
from isoline.store.layout import MANIFEST, runs_folder
from isoline.store.manifest import Manifest, read_manifest
from isoline.store.packaged import measured
from isoline.store.query import Engine, parquet_names
from isoline.store.rows import EVALUATION_SELECT, POINT_SELECT, Reading, Row

SHORTEST = 4  # characters of an id that are looked for: fewer are a slip of the finger


def find_run(root: Path, text: str) -> StoredRun:
    """The run that `text` means in the store at `root`, or the folder it is the path of.

    Raises `NoDataError` with the closest ids if there is none, `UsageError` if there are several.
    """
    path = Path(text)
    if (path / MANIFEST).is_file():
        return _load(_read(path), [path.resolve()], text)
    if len(text) < SHORTEST:
        raise UsageError(f"run {text!r}: give its folder, or {SHORTEST} characters of its id at least")
    shelves = [(home, Folders(home)) for home in (root, measured.FOLDER)]
    homes = {run: home for home, folders in reversed(shelves) for run in folders.names()}
    ids = sorted(homes, reverse=True)
    found = [run for run in ids if text in run]
    if len(found) > 1 and text not in found:
        raise UsageError(f"{text!r} is part of the ids of {len(found)} runs; write more of it", tuple(found))
    if found:
        name = text if text in found else found[0]
        path = runs_folder(homes[name]) / name
        return _load(_read(path), [path], name)
    manifests = {
        m.run_id: m for _, folders in shelves for run in folders.names() if (m := folders.manifest(run))
    }
    return _sweep(root, homes, list(manifests.values()), ids, text)


def _sweep(
    root: Path, homes: Mapping[str, Path], manifests: Sequence[Manifest], ids: Sequence[str], text: str
) -> StoredRun:
    """All runs of the sweep whose id contains `text`."""
    sweeps = {name: None for m in manifests if (name := sweep_id(m))}
    found = [name for name in sweeps if text in name]
    if len(found) > 1 and text not in found:
        raise UsageError(
            f"{text!r} is part of the ids of {len(found)} sweeps; write more of it", tuple(found)
        )
    if not found:
        close = closest(text, [*ids, *sweeps]) or tuple(ids[:CLOSE])
        raise NoDataError(
            f"there is no run {text!r} in {root}: give its folder or (part of) its id", tuple(close)
        )
    name = text if text in found else found[0]
    members = sorted((m for m in manifests if sweep_id(m) == name), key=lambda m: m.run_id)
    return _load(members, [runs_folder(homes[m.run_id]) / m.run_id for m in members], name)


def sweep_id(manifest: Manifest) -> str | None:
    """The sweep that a run folder is part of."""
    sweep = manifest.details.get("sweep")
    name = sweep.get("id") if isinstance(sweep, dict) else None
    return name if isinstance(name, str) else None


def _read(path: Path) -> list[Manifest]:
    try:
        return [read_manifest(path.resolve())]
    except StoreError as error:
        raise StoreError(f"{path}: {error}") from None


def _load(manifests: Sequence[Manifest], paths: Sequence[Path], name: str) -> StoredRun:
    first, engine, reading = manifests[0], Engine(), Reading()
    held = [path for path, manifest in zip(paths, manifests, strict=True) if manifest.rows.get("points")]
    scored = [
        path for path, manifest in zip(paths, manifests, strict=True) if manifest.rows.get("evaluations")
    ]
    rows = stored_rows(engine, f"{POINT_SELECT}, metrics", [path / "points.parquet" for path in held])
    scores = stored_rows(engine, EVALUATION_SELECT, [path / "evaluations.parquet" for path in scored])
    engine.close()
    return StoredRun(
        id=first.run_id if len(manifests) == 1 else name,
        kind=first.kind,
        created=first.created,
        dataset=first.dataset,
        isoline_version=first.isoline_version,
        details=_common([manifest.details for manifest in manifests]),
        points=tuple(_points(reading, rows)),
        evaluations=tuple(_evaluations(reading, scores)),
        rows=_sums(manifest.rows for manifest in manifests),
        files=_sums({f: e.bytes for f, e in manifest.files.items()} for manifest in manifests),
        folders=tuple(map(str, paths)),
    )


def _points(reading: Reading, rows: Sequence[Row]) -> list[Point]:
    points = reading.points([row[:-1] for row in rows])
    return [replace(point, metrics=dict(row[-1] or {})) for point, row in zip(points, rows, strict=True)]


def _evaluations(reading: Reading, rows: Sequence[Row]) -> list[Evaluation]:
    return reading.evaluations(rows)


def stored_rows(engine: Engine, columns: str, files: Sequence[Path]) -> list[Row]:
    """Rows of these Parquet files, file by file; raises `StoreError` for one that cannot be read."""
    if not files:
        return []
    import duckdb

    source = "read_parquet(?, file_row_number = true, filename = true)"
    sql = f"SELECT {columns} FROM {source} ORDER BY filename, file_row_number"
    with storing(files[0], "read"):
        try:
            return engine.rows(sql, [parquet_names(files)])
        except duckdb.Error as error:
            raise StoreError(f"{files[0]}: cannot be read: {str(error).splitlines()[0]}") from None


def _common(documents: Sequence[object]) -> dict[str, object]:
    """What all documents say alike, to any depth."""
    first = documents[0]
    assert isinstance(first, dict)
    alike: dict[str, object] = {}
    for key, value in first.items():
        values = [document.get(key) for document in documents if isinstance(document, dict)]
        if all(other == value for other in values):
            alike[key] = value
        elif all(isinstance(other, dict) for other in values) and (inner := _common(values)):
            alike[key] = inner
    return alike


def _sums(counts: Iterable[object]) -> dict[str, int]:
    total: dict[str, int] = {}
    for count in counts:
        for name, value in dict(count).items():  # type: ignore[call-overload]
            total[name] = total.get(name, 0) + value
    return total
