"""JSON members of a zip archive, read in memory and never extracted.

An archive from elsewhere may lie about everything, so every count and size is bounded before a
byte is inflated, and inflation stops at the declared size.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from isoline.store.importers.inferencex.items import MAX_DOCUMENT, Document, Item, Skipped, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_MEMBERS = 200_000
MAX_TOTAL = 4 * 1024**3
MAX_RATIO = 200
RATIO_FROM = 1_000_000  # bytes; small files of one repeated row compress well and are harmless
MAX_DEPTH = 2  # archives within the location's own archive or folder

# Read before their siblings: rows elsewhere take the run and the settings from them.
CONTEXT_NAMES = frozenset(("meta_env.json", "run.json", "workflow_run.json"))
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(slots=True)
class Budget:
    """What one location may still inflate, nested archives included."""

    members: int = MAX_MEMBERS
    total: int = MAX_TOTAL


def reading_order(path: str) -> tuple[bool, str]:
    """Sorts context files first, the rest by name."""
    return path.rpartition("/")[2] not in CONTEXT_NAMES, path


def members(
    file: str | IO[bytes],
    source: str,
    path: str,
    budget: Budget,
    *,
    depth: int = 1,
    is_location: bool = False,
) -> Iterator[Item]:
    """Documents of an archive; `path` is what the archive is called in positions."""
    where = path.removeprefix(source).lstrip("/")
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as error:
        yield Trouble(source, where, "malformed archive", f"not a readable zip: {error}", is_location)
        return
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        budget.members -= len(entries)
        budget.total -= sum(entry.file_size for entry in entries if _wanted(entry.filename))
        if budget.members < 0 or budget.total < 0:
            detail = (
                f"more than {MAX_MEMBERS:,} members or {MAX_TOTAL // 1024**3} GiB of JSON in the archives"
            )
            yield Trouble(source, where, "archive too large", detail, is_location)
            return
        for entry in sorted(entries, key=lambda entry: reading_order(entry.filename)):
            yield from _member(archive, entry, source, path, budget, depth)


def _member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: str, path: str, budget: Budget, depth: int
) -> Iterator[Item]:
    name = f"{path}/{entry.filename}"
    position = name.removeprefix(source).lstrip("/")
    refusal = _refusal(entry)
    if refusal is not None:
        yield Trouble(source, position, *refusal)
    elif not _wanted(entry.filename):
        yield Skipped("files that are neither JSON nor zip")
    elif entry.filename.lower().endswith(".zip") and depth > MAX_DEPTH:
        yield Trouble(source, position, "nested too deep", f"archives are opened {MAX_DEPTH} levels deep")
    else:
        try:
            data = _inflate(archive, entry)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            EOFError,
            OSError,
            zlib.error,
        ) as error:
            yield Trouble(source, position, "malformed archive", f"member cannot be inflated: {error}")
            return
        if entry.filename.lower().endswith(".zip"):
            yield from members(io.BytesIO(data), source, name, budget, depth=depth + 1)
        else:
            yield Document(source, name, data)


def _refusal(entry: zipfile.ZipInfo) -> tuple[str, str] | None:
    # `orig_filename` is the name before zipfile cuts it at a NUL and turns `\` into `/`.
    name = entry.orig_filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name) or "\x00" in name:
        return "unsafe path", f"member is called {name[:200]!a}"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "unsafe path", "member is a symbolic link"
    if not _wanted(name):
        return None
    if entry.flag_bits & 0x1:
        return "malformed archive", "member is encrypted"
    if entry.file_size > MAX_DOCUMENT:
        return "file too large", f"member has {entry.file_size:,} bytes; at most {MAX_DOCUMENT:,} are read"
    if entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * entry.compress_size:
        return (
            "archive too large",
            f"member inflates more than {MAX_RATIO} times, to {entry.file_size:,} bytes",
        )
    return None


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        return stream.read(entry.file_size)


def _wanted(name: str) -> bool:
    base = name.rpartition("/")[2]
    return name.lower().endswith((".json", ".zip")) and not base.startswith("._")
