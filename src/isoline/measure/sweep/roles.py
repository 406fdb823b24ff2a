"""Who works with a sweep: what keeps its points, and who watches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from isoline.measure.fleet import Counts
from isoline.measure.records import RequestRecord
from isoline.measure.sweep.plan import Slot
from isoline.measure.sweep.report import PointReport
from isoline.measure.telemetry import Telemetry


class Keeper(Protocol):
    """Where finished points go."""

    def finished(self) -> Mapping[str, PointReport]:
        """Points of this very sweep that are kept already, by slot."""
        ...

    def keep(
        self,
        slot: Slot,
        report: PointReport,
        records: Sequence[RequestRecord],
        telemetry: Sequence[Telemetry],
    ) -> str:
        """Keeps a point for good before it returns; the name of its run."""
        ...


class Watcher(Protocol):
    """Told what happens, for a person who waits."""

    def planned(self, points: int, finished: int) -> None: ...

    def phase(self, slot: Slot, words: str) -> None: ...

    def progress(self, counts: Counts) -> None: ...

    def see(self, records: Sequence[RequestRecord]) -> None: ...

    def point(self, report: PointReport) -> None: ...
