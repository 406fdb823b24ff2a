"""Who watches a sweep: a person at a terminal, and the progress file that `isoline serve` shows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from isoline.bench.kept.hiding import Hider
from isoline.bench.kept.keeper import About, StoreKeeper
from isoline.domain.point import SIMULATED
from isoline.measure.fleet import Counts
from isoline.measure.live.file import live_path, remove_stale_live
from isoline.measure.live.state import LiveSweep
from isoline.measure.live.watch import LiveWatch, live_point
from isoline.measure.records import RequestRecord
from isoline.measure.sweep.plan import Plan, Slot
from isoline.measure.sweep.report import PointReport
from isoline.measure.sweep.roles import Watcher
from isoline.measure.telemetry import Telemetry


def live_watch(
    root: Path, plan: Plan, keeper: StoreKeeper, about: About, hider: Hider, telemetry: Sequence[Telemetry]
) -> LiveWatch:
    """The progress file of a sweep, beginning with the points it has already."""
    remove_stale_live(root)
    now, done = time.time(), sorted(keeper.finished().values(), key=lambda report: report.position)
    sweep = LiveSweep(
        sweep=keeper.id,
        place=hider.text(plan.target.url),
        model=plan.target.model,
        dataset=about.dataset,
        isl=plan.nominal[0],
        osl=plan.nominal[1],
        simulated=about.declared.status == SIMULATED,
        began=now,
        updated=now,
        points=[live_point(report, hider.text) for report in done],
    )
    return LiveWatch(live_path(root, plan.id), sweep, telemetry, hider.text)


class Both:
    """Tells two watchers."""

    def __init__(self, first: Watcher, second: Watcher) -> None:
        self._watchers = (first, second)

    def planned(self, points: int, finished: int) -> None:
        for watcher in self._watchers:
            watcher.planned(points, finished)

    def phase(self, slot: Slot, words: str) -> None:
        for watcher in self._watchers:
            watcher.phase(slot, words)

    def progress(self, counts: Counts) -> None:
        for watcher in self._watchers:
            watcher.progress(counts)

    def see(self, records: Sequence[RequestRecord]) -> None:
        for watcher in self._watchers:
            watcher.see(records)

    def point(self, report: PointReport) -> None:
        for watcher in self._watchers:
            watcher.point(report)
