"""The derived index: segments of sorted Parquet files under a revision number.

    index/CURRENT.json             the revision: its segments and the files in them
    index/seg-<id>/points-000.parquet ...   sorted, cut where the model changes
    index/seg-<id>/evaluations.parquet
    index/seg-<id>/runs.parquet    the runs it covers, with their counts and datasets

Segments never change. A revision replaces the one before by renaming CURRENT.json; the segments
of the revision before are kept, so that a reader that has just opened it can finish.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from isoline.store.disk import fsync, remove_stale
from isoline.store.layout import TEMPORARY, index_folder

INDEX_VERSION = 2
CURRENT = "CURRENT.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of points and the models in it, first and last in sorting order."""

    file: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One folder of the index; `rows` counts points, `evaluations` those of the other table."""

    name: str
    rows: int
    evaluations: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """What a reader sees; number 0 is "no index"."""

    number: int = 0
    segments: tuple[Segment, ...] = ()
    previous: tuple[str, ...] = ()  # segment names only the revision before has
    broken: bool = False  # what CURRENT.json names cannot be read


class Index:
    """Opens and publishes revisions."""

    def __init__(self, root: Path) -> None:
        self.folder = index_folder(root)
        self._current = self.folder / CURRENT
        self._text = b""
        self._revision = Revision()

    def revision(self) -> Revision:
        """The current revision; the same object while it is current. Unreadable counts as none."""
        try:
            text = self._current.read_bytes()
        except OSError:
            text = b""
        if text != self._text:
            self._text, self._revision = text, _decode(text)
        return self._revision

    def path(self, segment: Segment, file: str) -> Path:
        """A file of a segment."""
        return self.folder / segment.name / file

    def publish(self, segments: tuple[Segment, ...]) -> Revision:
        """Makes the segments current; the caller holds the index lock."""
        self.revision()
        old = _decode(self._text)
        kept = {segment.name for segment in segments}
        previous = tuple(segment.name for segment in old.segments if segment.name not in kept)
        new = Revision(old.number + 1, segments, previous)
        aside = self.folder / f"{TEMPORARY}{CURRENT}"
        document = {"index_version": INDEX_VERSION, **asdict(new)}
        aside.write_text(json.dumps(document, indent=1))
        fsync(aside)
        os.replace(aside, self._current)
        self._sweep(kept.union(previous))
        return new

    def distrust(self) -> None:
        """Reads a broken revision as none, until another one is published."""
        self.revision()
        self._revision = replace(self._revision, segments=(), broken=True)

    def _sweep(self, kept: set[str]) -> None:
        remove_stale(self.folder)
        for path in self.folder.glob("seg-*"):
            if path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)


def _decode(text: bytes) -> Revision:
    try:
        document = json.loads(text)
        if document["index_version"] != INDEX_VERSION:
            return Revision()
        segments = tuple(_segment(entry) for entry in document["segments"])
        return Revision(int(document["number"]), segments, tuple(map(str, document["previous"])))
    except (ValueError, KeyError, TypeError):
        return Revision()


def _segment(entry: dict[str, Any]) -> Segment:
    parts = tuple(Part(**part) for part in entry["parts"])
    names = [str(entry["name"]), *(part.file for part in parts)]
    if any(os.path.basename(name) != name for name in names):
        raise ValueError("a segment outside the index")
    return Segment(names[0], int(entry["rows"]), int(entry["evaluations"]), parts)
