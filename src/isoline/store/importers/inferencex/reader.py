"""Documents -> batches: decodes, finds out what each is, maps its rows, keeps what fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from isoline.domain.point import Evaluation, Point
from isoline.errors import InputError
from isoline.store.importers.batch import Availability, ImportBatch
from isoline.store.importers.fields import BadRow, Row, broken, printable, shown
from isoline.store.importers.inferencex import kinds
from isoline.store.importers.inferencex.context import Context
from isoline.store.importers.inferencex.documents import (
    BrokenRow,
    Decoded,
    Malformed,
    decode,
    row_text,
    row_value,
)
from isoline.store.importers.inferencex.items import Document, Item, Skipped, Trouble
from isoline.store.importers.inferencex.mappers import Mappers
from isoline.store.importers.intake import Intake

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

Result = Point | Evaluation | Availability


class Reader:
    """One import: its datasets, and what it has seen. `alone`: the user named one location."""

    def __init__(
        self, catalog: Catalog, source: str, *, alone: bool, response_kind: str | None = None
    ) -> None:
        self._mappers = Mappers(catalog)
        self._source = printable(source)
        self._captured = datetime.now(UTC).date().isoformat()
        self._alone = alone
        self._response_kind = response_kind
        self._intakes: dict[str, Intake] = {}
        self._context = Context()
        self._skipped: Counter[str] = Counter()

    def read(self, item: Item) -> Iterator[ImportBatch]:
        """Batches that became full while reading the item."""
        if isinstance(item, Skipped):
            self._skipped[item.text] += 1
        elif isinstance(item, Trouble):
            if item.is_location and self._alone:
                raise InputError(f"{item.source}: {item.detail}")
            self._quarantine(item.source, item.position, item.reason, item.detail, "", kinds.RUN)
        else:
            yield from self._document(item)

    def finish(self) -> Iterator[ImportBatch]:
        """The rest of every dataset, and the notes."""
        unused = self._context.unused
        if unused:
            self._skipped["meta_env.json without results beside it"] += unused
        notes = [printable(text) + (f" ({n} times)" if n > 1 else "") for text, n in self._skipped.items()]
        batches = [intake.take() for intake in self._intakes.values() if not intake.is_empty]
        if notes and not batches:
            empty = kinds.dataset(kinds.BENCHMARKS, self._source, self._captured)
            batches = [next((intake.take() for intake in self._intakes.values()), ImportBatch(empty))]
        for batch, extra in zip(batches, [notes, *([] for _ in batches)], strict=False):
            batch.notes.extend(extra)
            yield batch

    def intake(self, kind: str) -> Intake:
        """The intake of a kind's dataset."""
        dataset = kinds.dataset(kind, self._source, self._captured)
        return self._intakes.setdefault(dataset.name, Intake(dataset, kinds.IMPORTER))

    def _document(self, document: Document) -> Iterator[ImportBatch]:
        try:
            decoded = decode(document.data)
        except Malformed as error:
            self._unusable(document, "malformed file", str(error))
            return
        if decoded.is_array:
            yield from self._array(document, decoded)
        else:
            yield from self._object(document, decoded.value)

    def _array(self, document: Document, decoded: Decoded) -> Iterator[ImportBatch]:
        kind = document.kind or kinds.kind_of_rows(decoded, document.name, self._response_kind)
        if not len(decoded):
            self._skipped[f"{document.path}: an empty array"] += 1
        elif kind is None:
            self._unusable(document, "unrecognised file", "an array without any row that is known here")
        elif kind.startswith("("):
            self._skipped[f"{document.path}: {kind[1:-1]}, recognised, holds no points: skipped"] += 1
        else:
            yield from self._rows(document, kind, decoded.rows())

    def _object(self, document: Document, value: object) -> Iterator[ImportBatch]:
        kind = kinds.kind_of_object(value) or kinds.kind_of_row(value)
        if self._context.keep(document, value):
            return
        tasks = self._context.harness_tasks(document, value)
        if tasks is not None:
            yield from self._rows(document, kinds.HARNESS, tasks)
        elif kind is not None and kind.startswith("("):
            self._skipped[f"{document.path}: {kind[1:-1]}, recognised, holds no points: skipped"] += 1
        elif kind is not None:
            yield from self._rows(document, kind, [value])
        elif not document.is_location and self._context.is_expected(document):
            self._skipped["files of a run that hold no points"] += 1
        else:
            said = value.get("error") if isinstance(value, Mapping) else None
            hint = f"; it says {shown(said)}" if said else ""
            self._unusable(document, "unrecognised file", f"no response or artifact that is known here{hint}")

    def _rows(self, document: Document, kind: str, rows: Iterable[object]) -> Iterator[ImportBatch]:
        intake, (map_row, map_plain) = self.intake(kind), self._mappers.of(kind)
        for number, stored in enumerate(rows, 1):
            kept = stored
            try:
                result: Result | None = map_plain(stored) if map_plain else None
                if result is None:
                    row = row_value(stored)
                    if kind in (kinds.RUN, kinds.AGGREGATE) and isinstance(row, dict):
                        kept = row = self._context.complete(document, row)
                    result = apply(map_row, row)
                intake.add(result)
            except BadRow as problem:
                place = document.position(number)
                intake.quarantine(document.source, place, problem.reason, problem.detail, row_text(kept))
            if intake.is_full:
                yield intake.take()

    def _unusable(self, document: Document, reason: str, detail: str) -> None:
        if document.is_location and self._alone:
            raise InputError(f"{document.source}: {detail}")
        raw = document.data[:KEEP_BYTES].decode("utf-8", "backslashreplace")
        kind = kinds.BENCHMARKS if document.is_location else kinds.RUN
        self._quarantine(document.source, document.position(), reason, detail, raw, kind)

    def _quarantine(self, source: str, position: str, reason: str, detail: str, raw: str, kind: str) -> None:
        self.intake(kind).quarantine(source, position, reason, detail, raw)


KEEP_BYTES = 4096  # of a file that is no JSON: enough to see what it is


def apply(map_row: Callable[[Row], Result], row: object) -> Result:
    """The mapped row, or `BadRow`, whatever the row is."""
    if type(row) is dict:
        return map_row(row)
    if isinstance(row, BrokenRow):
        raise BadRow("malformed row", row.problem)
    raise broken("row", row, "an object")
