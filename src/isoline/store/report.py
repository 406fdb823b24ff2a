"""What an import did, in numbers and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from isoline.domain.point import Dataset


@dataclass(slots=True)
class DatasetReport:
    """One dataset of an import. `quarantined` counts by reason; `run` is None if nothing was new."""

    dataset: str
    run: str | None = None
    points: int = 0
    duplicates: int = 0
    evaluations: int = 0
    evaluation_duplicates: int = 0
    availability: int = 0
    availability_duplicates: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    quarantine_duplicates: int = 0
    notes: list[str] = field(default_factory=list)
    narrower: list[str] = field(default_factory=list)  # lines whose newest run has fewer concurrencies


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import, by dataset in the order they came."""

    datasets: Mapping[str, DatasetReport]

    @property
    def runs(self) -> tuple[str, ...]:
        """Run folders written."""
        return tuple(report.run for report in self.datasets.values() if report.run)

    @property
    def points(self) -> int:
        """New points."""
        return sum(report.points for report in self.datasets.values())

    @property
    def duplicates(self) -> int:
        """Points that were there already."""
        return sum(report.duplicates for report in self.datasets.values())

    @property
    def quarantined(self) -> int:
        """Rows newly quarantined."""
        return sum(sum(report.quarantined.values()) for report in self.datasets.values())


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """A dataset and what the store holds of it. `imported` is the newest run's time (UTC)."""

    dataset: Dataset
    points: int
    evaluations: int
    first_date: str | None
    last_date: str | None
    imported: str
    runs: int
