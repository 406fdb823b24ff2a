"""The manifest of a run folder: written last, so a folder that has one is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from isoline.domain.point import Dataset
from isoline.errors import StoreError
from isoline.store.layout import MANIFEST, artifact_path
from isoline.store.schema import FORMAT_VERSION, TABLES

KINDS = ("import", "bench", "published", "simulated")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Size in bytes and SHA-256 of one file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run folder holds. Times are UTC, ISO 8601; `rows` counts per table."""

    run_id: str
    kind: str
    created: str
    dataset: Dataset
    rows: Mapping[str, int]
    files: Mapping[str, StoredFile]
    isoline_version: str
    first_date: str | None = None
    last_date: str | None = None
    details: Mapping[str, object] = field(default_factory=dict)
    format_version: int = FORMAT_VERSION

    def to_json(self) -> bytes:
        """Readable JSON, keys in declared order."""
        document = {"format_version": self.format_version, **asdict(self)}
        return (json.dumps(document, indent=2, default=str) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a whole run folder; a StoreError says why a folder is not one.

    Whole means: known version, its own name, and every file there at its recorded size.
    """
    try:
        document = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise StoreError("no manifest.json: not finished or not a run folder") from None
    except (OSError, ValueError) as error:
        raise StoreError(f"manifest.json cannot be read: {error}") from None
    if not isinstance(document, dict):
        raise StoreError("manifest.json is not an object")
    version = document.get("format_version")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise StoreError(f"format {version} is newer than this Isoline reads ({FORMAT_VERSION}); upgrade it")
    if version != FORMAT_VERSION:
        raise StoreError(f"format_version {version!r} is unknown")
    try:
        manifest = _decode(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"manifest.json has a missing or wrong field: {error}") from None
    _check(folder, manifest)
    return manifest


def _decode(document: dict[str, Any]) -> Manifest:
    values = dict(document)
    dataset = Dataset(**values.pop("dataset"))
    files = {str(name): StoredFile(**entry) for name, entry in values.pop("files").items()}
    rows = {str(name): int(count) for name, count in values.pop("rows").items()}
    manifest = Manifest(dataset=dataset, files=files, rows=rows, **values)
    texts = (manifest.run_id, manifest.kind, manifest.created, dataset.name, dataset.kind, dataset.selection)
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("run_id, kind, created and dataset must be text")
    return manifest


def _check(folder: Path, manifest: Manifest) -> None:
    if manifest.run_id != folder.name:
        raise StoreError(f"its manifest belongs to run {manifest.run_id}")
    for table, count in manifest.rows.items():
        if table not in TABLES or (count and f"{table}.parquet" not in manifest.files):
            raise StoreError(f"its manifest names table {table!r}, which is not there")
    for name, entry in manifest.files.items():
        try:
            size = (folder / artifact_path(name)).stat().st_size
        except OSError as error:
            raise StoreError(f"{name} cannot be read: {error.strerror}") from None
        if size != entry.bytes:
            raise StoreError(f"{name} has {size} bytes, its manifest says {entry.bytes}")
