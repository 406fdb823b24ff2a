"""Measures the points of a plan, one after the other, and hands each on at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from isoline.measure.failures import TargetError
from isoline.measure.fleet import OnProgress, RunReport, run_load
from isoline.measure.metrics import Metrics
from isoline.measure.records import RequestRecord
from isoline.measure.sink import ListSink
from isoline.measure.summary import summarise
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.enough import Enough
from isoline.measure.sweep.interrupts import interrupts_wait
from isoline.measure.sweep.plan import Plan, Slot, chooses_its_length
from isoline.measure.sweep.report import PointReport, point_report
from isoline.measure.telemetry import Telemetry, TelemetrySummary
from isoline.measure.telemetry.figures import energy_per_work
from isoline.measure.warmup import WarmUp, warm_up

_UNANSWERED = 2  # points in a row without an answer after which a sweep ends


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

    def progress(self, finished: int, failed: int) -> None: ...

    def see(self, records: Sequence[RequestRecord]) -> None: ...

    def point(self, report: PointReport) -> None: ...


@dataclass(slots=True)
class SweepResult:
    """Reports in order of measuring, and why the sweep ended before its plan did."""

    points: list[PointReport] = field(default_factory=list)
    planned: int = 0
    stopped: str | None = None
    interrupted: bool = False

    @property
    def answered(self) -> bool:
        return any(point.answered for point in self.points)

    @property
    def complete(self) -> bool:
        return self.stopped is None and all(point.valid for point in self.points)


def run_sweep(
    plan: Plan, keeper: Keeper, watcher: Watcher, telemetry: Sequence[Telemetry] = ()
) -> SweepResult:
    """Measure what is not yet kept. Ctrl-C ends the sweep; a kept point is never lost by it."""
    agenda, done = Agenda(plan), dict(keeper.finished())
    result = SweepResult(sorted(done.values(), key=lambda point: point.position))
    unanswered = 0
    try:
        while (slot := agenda.next(done)) is not None:
            watcher.planned(agenda.planned(done), len(done))
            if unanswered == _UNANSWERED:
                result.stopped = f"{_UNANSWERED} points in a row got no answer"
                break
            if result.points:
                time.sleep(plan.cooldown)
            point = _Point(plan, slot, len(done), watcher, telemetry)
            measured = point.measure()
            if measured is None:
                raise KeyboardInterrupt
            with interrupts_wait():
                report = point.keep(measured, keeper)
                done[slot.name] = report
                result.points.append(report)
                watcher.point(report)
            unanswered = 0 if report.answered else unanswered + 1
    except TargetError as problem:
        result.stopped = str(problem)
    except KeyboardInterrupt:
        result.interrupted, result.stopped = True, "interrupted"
    result.planned = agenda.planned(done)
    return result


class _Point:
    """One slot being measured."""

    def __init__(
        self,
        plan: Plan,
        slot: Slot,
        position: int,
        watcher: Watcher,
        telemetry: Sequence[Telemetry],
    ) -> None:
        self._plan, self._slot, self._position = plan, slot, position
        self._watcher, self._telemetry = watcher, telemetry
        self._workload = plan.workload_of(slot)
        self._sink = ListSink()

    def measure(self) -> PointReport | None:
        """Warm up, measure; `None` when interrupted."""
        started = datetime.now(UTC).isoformat(timespec="seconds")
        for source in self._telemetry:
            source.start()
        try:
            warmup, ran = self._offer()
        finally:
            for source in self._telemetry:
                source.stop()
        if ran is None or ran.interrupted:
            return None
        return self._report(started, warmup, ran)

    def keep(self, report: PointReport, keeper: Keeper) -> PointReport:
        """Hand the point on; the report with the name of its run."""
        self._watcher.phase(self._slot, "storing")
        run = keeper.keep(self._slot, report, self._sink.records, self._telemetry)
        return msgspec.structs.replace(report, run=run)

    def _offer(self) -> tuple[WarmUp, RunReport | None]:
        plan, load = self._plan, self._slot.load
        self._watcher.phase(self._slot, "warm-up")
        warmed = ListSink()
        warmup = warm_up(plan.target, self._workload, load, warmed, plan.processes)
        if warmup.stopped == "interrupted":
            return warmup, None
        if not warmup.tokens:  # nothing is answered: measuring would only wait again
            self._sink.records = [_measured(record) for record in warmed.records]
            return warmup, RunReport(0)
        self._watcher.phase(self._slot, "measuring")
        enough = _Reading(Enough(load) if chooses_its_length(load) else None, self._watcher)
        told: OnProgress = self._watcher.progress
        ran = run_load(
            plan.target, self._workload, load, self._sink, plan.processes, on_progress=told, watch=enough
        )
        return warmup, ran

    def _report(self, started: str, warmup: WarmUp, ran: RunReport) -> PointReport:
        records = self._sink.records
        for record in records:
            _hide(record, self._plan.hide)
        load = self._slot.load if ran.clients else replace(self._slot.load, requests=len(records))
        summary = summarise(records, ran, load)
        main = summary.main
        told = [seen for source in self._telemetry if main and (seen := _over(source, main))]
        return point_report(
            self._slot, self._position, started, summary, records, warmup, self._plan.objectives, told
        )


class _Reading:
    """Shows new records to the watcher and asks the rule, if there is one, whether they are enough."""

    def __init__(self, enough: Enough | None, watcher: Watcher) -> None:
        self._enough, self._watcher = enough, watcher

    def see(self, records: list[RequestRecord]) -> bool:
        self._watcher.see(records)
        return self._enough is not None and self._enough.see(records)


def _hide(record: RequestRecord, hide: Callable[[str], str]) -> None:
    """Nothing that is kept or printed later holds a secret that the server echoed."""
    record.detail = record.detail and hide(record.detail)
    record.finish_reason = record.finish_reason and hide(record.finish_reason)


def _measured(record: RequestRecord) -> RequestRecord:
    """A record of a warm-up that nothing followed, as what the point has to show."""
    record.warmup = False
    return record


def _over(source: Telemetry, main: Metrics) -> TelemetrySummary | None:
    """What the source says of the metric window, with its energy over the window's work."""
    seen = source.summary(main.window.start, main.window.end)
    if seen is None:
        return None
    speed = main.throughput
    per = energy_per_work(seen.metrics, main.window.seconds, speed.output, speed.input, main.request_rate)
    return msgspec.structs.replace(seen, metrics={**seen.metrics, **per})
