"""What every importer yields: typed rows, and the rows that could not become any."""

from __future__ import annotations

from dataclasses import dataclass, field

from isoline.domain.point import Dataset, Evaluation, Point, QuarantinedRow


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
