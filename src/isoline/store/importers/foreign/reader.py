"""Sources -> batches: recognises each, maps its readings, keeps aside what fails, counts what is left out."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import TYPE_CHECKING

import msgspec

from isoline.domain.point import Dataset, Point
from isoline.errors import InputError
from isoline.store.importers.batch import ImportBatch
from isoline.store.importers.fields import BadRow, printable
from isoline.store.importers.foreign.declared import Declaration
from isoline.store.importers.foreign.files import Broken, LeftOut, Source
from isoline.store.importers.foreign.points import point
from isoline.store.importers.foreign.tool import Reading, Tool
from isoline.store.importers.foreign.tools import TOOLS, recognise
from isoline.store.importers.intake import Intake

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog


_NAMED = 3  # files that are named one by one


class Reader:
    """One import. `tool` is the one the user named, `None` for whichever wrote a file.

    `alone`: the user named one file, so what is wrong with it is an error, not a finding.
    """

    def __init__(
        self, tool: Tool | None, declared: Declaration, dataset: str | None, catalog: Catalog, *, alone: bool
    ) -> None:
        self._tool, self._declared, self._dataset, self._catalog = tool, declared, dataset, catalog
        self._alone = alone
        self._intakes: dict[str, Intake] = {}
        self._notes: Counter[str] = Counter()
        self._left_out: list[str] = []  # names of files
        self._taken = 0
        self._refused: list[str] = []
        self._captured = datetime.now(UTC).date().isoformat()

    def read(self, item: Source | Broken | LeftOut) -> Iterator[ImportBatch]:
        """Takes an item in; yields the batches that became full."""
        if isinstance(item, LeftOut):
            self._left_out.append(os.path.basename(item.path))
        elif isinstance(item, Broken):
            self._refuse(self._tool, item.path, item.position, item.reason, item.detail, item.start)
        else:
            yield from self._source(item)

    def finish(self) -> Iterator[ImportBatch]:
        """The rest of every dataset; the notes go with the first.

        One file that gave nothing but one problem ends the import: the user is there to hear it.
        """
        if self._alone and not self._taken and len(self._refused) == 1:
            raise InputError(self._refused[0])
        notes = [printable(text) + (f" ({n} times)" if n > 1 else "") for text, n in self._notes.items()]
        notes += self._others()
        for intake in self._intakes.values():
            batch = intake.take()
            batch.notes += notes
            notes = []
            yield batch

    @property
    def notes(self) -> str:
        """What was left out, in words."""
        return "; ".join([*self._notes, *self._others()])

    def _others(self) -> list[str]:
        """`2 files that are not JSON: notes.txt, run.log`, some of them by name."""
        count, names = len(self._left_out), sorted(self._left_out)[:_NAMED]
        if not count:
            return []
        what = "1 file that is not JSON" if count == 1 else f"{count:,} files that are not JSON"
        more = f" and {count - len(names):,} more" if count > len(names) else ""
        return [f"{what}: {printable(', '.join(names))}{more}"]

    def _source(self, source: Source) -> Iterator[ImportBatch]:
        wrote = recognise(source)
        if wrote is None:
            self._unrecognised(source)
        elif self._tool is not None and wrote is not self._tool:
            words = (
                f"a result of {wrote.title}, not of {self._tool.title}; isoline import {wrote.name} reads it"
            )
            self._refuse(
                self._tool, source.path, source.position, "other tool", words, _raw(self._declared, source)
            )
        else:
            if self._tool is None:
                self._notes[f"read as results of {wrote.title}"] += 1
            yield from self._readings(wrote, source)

    def _readings(self, tool: Tool, source: Source) -> Iterator[ImportBatch]:
        intake, count = self._intake(tool), 0
        try:
            for reading in tool.readings(source):
                count += 1
                self._reading(tool, source, reading)
                if intake.is_full:
                    yield intake.take()
        except BadRow as problem:
            self._refuse(
                tool,
                source.path,
                source.position,
                problem.reason,
                problem.detail,
                _raw(self._declared, source),
            )
            return
        if not count:
            self._notes[f"{source.name}: pools the stages beside it, which are read instead"] += 1

    def _reading(self, tool: Tool, source: Source, reading: Reading) -> None:
        intake = self._intake(tool)
        try:
            made = point(reading, self._declared, intake.dataset.name, self._catalog)
            intake.add(made)
        except BadRow as problem:
            self._keep_aside(tool, source, problem, reading.position)
        else:
            self._taken += 1
            self._note(made)

    def _note(self, made: Point) -> None:
        if made.recipe.engine == "unknown":
            self._notes["the engine was not declared: it is stored as unknown; add --recipe engine=…"] = 1
        if made.concurrency is None and made.request_rate is None:
            self._notes["the file names no load: neither concurrency nor request rate"] += 1
        if not made.valid:
            self._notes["a run that was cancelled is stored as invalid: comparisons leave it out"] += 1

    def _unrecognised(self, source: Source) -> None:
        tools = TOOLS.values() if self._tool is None else [self._tool]
        if not self._alone and any(fnmatch(source.name, name) for tool in tools for name in tool.companions):
            self._notes["files of a run that hold no results"] += 1
            return
        known = ", ".join(tool.title for tool in tools)
        words = f"no result of {known}; its fields are {', '.join(list(source.fields)[:6]) or 'none'}"
        self._refuse(
            self._tool, source.path, source.position, "unrecognised file", words, _raw(self._declared, source)
        )

    def _keep_aside(self, tool: Tool | None, source: Source, problem: BadRow, position: str = "") -> None:
        place, raw = position or source.position, _raw(self._declared, source)
        self._refuse(tool, source.path, place, problem.reason, problem.detail, raw)

    def _refuse(
        self, tool: Tool | None, path: str, position: str, reason: str, detail: str, raw: str
    ) -> None:
        place = f", {position}" if position else ""
        self._refused.append(printable(f"{path}{place}: {detail}"))
        self._intake(tool).quarantine(path, position, reason, detail, raw)

    def _intake(self, tool: Tool | None) -> Intake:
        importer = tool.name if tool else "auto"
        name = self._dataset or (tool.dataset if tool else "unrecognised")
        if name not in self._intakes:
            dataset = Dataset(name, "runs", "as-served", tool.title if tool else "", self._captured)
            self._intakes[name] = Intake(dataset, importer)
        return self._intakes[name]


def _raw(declared: Declaration, source: Source) -> str:
    """What a retry needs: the declaration and the document without its long fields."""
    said = {**asdict(declared), "recipe": dict(declared.recipe)}
    return json.dumps({"declared": said, "path": source.path, "document": json.loads(source.reduced())})


def source_of_raw(raw: str) -> tuple[Source, Declaration] | None:
    """What `_raw` kept, or `None` for text that never was a document."""
    try:
        kept = json.loads(raw)
        fields = {name: msgspec.Raw(json.dumps(value).encode()) for name, value in kept["document"].items()}
        return Source(kept["path"], "", fields), Declaration(**kept["declared"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
