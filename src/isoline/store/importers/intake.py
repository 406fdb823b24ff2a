"""Collects the rows of one dataset into batches, with duplicates found and everything counted."""

from __future__ import annotations

import msgspec

from isoline.domain.point import Dataset, Evaluation, Point, QuarantinedRow
from isoline.store.importers.batch import Availability, ImportBatch
from isoline.store.importers.fields import BadRow, printable

BATCH = 50_000
KEEP_RAW = 64 * 1024  # characters of a row kept in quarantine


class Intake:
    """One dataset of one import. Every row ends in a list, or in a note that counts it."""

    def __init__(self, dataset: Dataset, importer: str) -> None:
        self.dataset = dataset
        self._importer = importer
        self._batch = ImportBatch(dataset)
        self._rows = 0
        self._seen: dict[str, int] = {}  # key -> content
        self._evaluations: dict[str, int] = {}  # key -> place in the batch
        self._repeated = 0
        self._cut = 0

    @property
    def is_full(self) -> bool:
        return self._rows >= BATCH

    def add(self, result: Point | Evaluation | Availability) -> None:
        """Keep a mapped row; a repeated one is counted, one that contradicts raises `BadRow`."""
        if isinstance(result, Point):
            self._add_point(result)
        elif isinstance(result, Evaluation):
            self._add_evaluation(result)
        else:
            self._batch.availability.append(result)
            self._rows += 1

    def quarantine(self, source: str, position: str, reason: str, detail: str, raw: str) -> None:
        if len(raw) > KEEP_RAW:
            raw = raw[:KEEP_RAW]
            self._cut += 1
        source, position, detail = printable(source), printable(position), printable(detail)
        row = QuarantinedRow(self._importer, self.dataset.name, source, position, reason, detail, raw)
        self.keep_quarantined(row)

    def keep_quarantined(self, row: QuarantinedRow) -> None:
        self._batch.quarantined.append(row)
        self._rows += 1

    def take(self) -> ImportBatch:
        """The rows so far; the intake goes on empty but remembers what it has seen."""
        batch, self._batch, self._rows = self._batch, ImportBatch(self.dataset), 0
        self._evaluations.clear()
        if self._cut:
            batch.notes.append(f"{self._cut} quarantined rows keep only their first {KEEP_RAW:,} characters")
            self._cut = 0
        if self._repeated:
            batch.notes.append(f"{self._repeated} rows repeat an earlier one and are kept once")
            self._repeated = 0
        return batch

    @property
    def is_empty(self) -> bool:
        return not (self._rows or self._repeated)

    def _add_point(self, point: Point) -> None:
        recipe = point.recipe
        content = hash(
            (
                *(point.interactivity, point.throughput, point.output_throughput, point.input_throughput),
                *(recipe.image, recipe.flags, recipe.prefill_pp, recipe.decode_pp),
                frozenset(point.metrics.values()),
            )
        )
        known = self._seen.get(point.key)
        if known is None:
            self._seen[point.key] = content
            self._batch.points.append(point)
            self._rows += 1
        elif known == content:
            self._repeated += 1
        else:
            raise _contradiction(point.run_url, point.date)

    def _add_evaluation(self, new: Evaluation) -> None:
        """A run publishes an evaluation twice, in full and in an aggregate: the two become one."""
        known = self._seen.get(new.key)
        place = self._evaluations.get(new.key)
        if known is None:
            self._evaluations[new.key] = len(self._batch.evaluations)
            self._batch.evaluations.append(new)
            self._seen[new.key] = _content(new)
            self._rows += 1
            return
        if place is not None:
            old = self._batch.evaluations[place]
            if all(old.metrics.get(name, value) == value for name, value in new.metrics.items()):
                fuller = msgspec.structs.replace(old, metrics={**old.metrics, **new.metrics})
                self._batch.evaluations[place] = fuller
                self._repeated += 1
                return
        elif known == _content(new):
            self._repeated += 1
            return
        raise _contradiction(new.run_url, new.date)


def _content(evaluation: Evaluation) -> int:
    return hash((evaluation.score, evaluation.standard_error, evaluation.n, evaluation.metric))


def _contradiction(run_url: str | None, date: str | None) -> BadRow:
    return BadRow(
        "conflicting duplicate",
        f"another row has the same configuration, load, date ({date}) and run ({run_url}), but other values",
    )
