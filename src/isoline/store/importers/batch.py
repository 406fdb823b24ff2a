"""What every importer yields: typed rows, and the rows that could not become any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from isoline.domain.point import Dataset, Evaluation, Point, QuarantinedRow
from isoline.errors import InputError

_Item = TypeVar("_Item", contravariant=True)


@dataclass(frozen=True, slots=True)
class Availability:
    """One combination that a foreign source says it holds data for, at one date."""

    model: str
    hardware: str
    precision: str
    engine: str
    spec_method: str
    disaggregated: bool
    isl: int | None
    osl: int | None
    date: str | None


@dataclass(slots=True)
class ImportBatch:
    """Part of one import, small enough to hold in memory; a large source gives several.

    Nothing is dropped: every input row is in exactly one of the lists.
    """

    dataset: Dataset
    points: list[Point] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    availability: list[Availability] = field(default_factory=list)
    quarantined: list[QuarantinedRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Reader(Protocol[_Item]):
    """Makes batches of the files, members or responses of an import."""

    def read(self, item: _Item, /) -> Iterable[ImportBatch]:
        """The batches that one of them fills."""

    def finish(self) -> Iterable[ImportBatch]:
        """What is left after the last."""


def batches(
    reader: Reader[_Item], items: Iterable[_Item], nothing: Callable[[], str]
) -> Iterator[ImportBatch]:
    """Every batch of an import; one without any is an InputError that says `nothing`."""
    empty = True
    for item in items:
        for batch in reader.read(item):
            empty = False
            yield batch
    for batch in reader.finish():
        empty = False
        yield batch
    if empty:
        raise InputError(nothing())
