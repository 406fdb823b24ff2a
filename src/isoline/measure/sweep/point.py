"""One point being measured: warm-up, load, report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec

from isoline.measure.fleet import RunReport, run_load
from isoline.measure.metrics import Metrics
from isoline.measure.records import RequestRecord
from isoline.measure.sink import ListSink
from isoline.measure.summary import summarise
from isoline.measure.sweep.enough import Enough
from isoline.measure.sweep.plan import Plan, Slot, chooses_its_length
from isoline.measure.sweep.report import PointReport, point_report
from isoline.measure.sweep.roles import Keeper, Watcher
from isoline.measure.telemetry import Telemetry, TelemetrySummary
from isoline.measure.telemetry.figures import energy_per_work
from isoline.measure.tokenizer import CountingSink
from isoline.measure.warmup import WarmUp, warm_up


class PointRun:
    """One slot; `measure`, then `keep`."""

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
        try:
            for source in self._telemetry:
                source.start()
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
        warmup = warm_up(
            plan.target,
            self._workload,
            load,
            warmed,
            plan.processes,
            least=plan.warmup_requests,
            place=plan.place,
            on_progress=self._watcher.progress,
        )
        if warmup.stopped == "interrupted":
            return warmup, None
        if not warmup.tokens:  # nothing is answered: measuring would only wait again
            self._sink.records = [_measured(record) for record in warmed.records]
            return warmup, RunReport(0)
        self._watcher.phase(self._slot, "measuring")
        enough = _Reading(Enough(load) if chooses_its_length(load) else None, self._watcher)
        sink = self._sink if plan.tokenizer is None else CountingSink(self._sink, plan.tokenizer)
        offered = (plan.target, self._workload, load, sink, plan.processes)
        return warmup, run_load(*offered, on_progress=self._watcher.progress, watch=enough, place=plan.place)

    def _report(self, started: str, warmup: WarmUp, ran: RunReport) -> PointReport:
        records = self._sink.records
        for record in records:
            _hide(record, self._plan.hide)
        load = self._slot.load if ran.clients else replace(self._slot.load, requests=len(records) or 1)
        summary = summarise(records, ran, load)
        main = summary.main
        told = [_summed(source, main) for source in self._telemetry if main]
        return point_report(
            self._slot,
            self._position,
            started,
            summary,
            records,
            warmup,
            self._plan.objectives,
            [summed for summed in told if summed is not None],
        )


def _summed(source: Telemetry, main: Metrics) -> TelemetrySummary | None:
    """What the source says of the metric window, with its energy over the window's work."""
    seen = source.summary(main.window.start, main.window.end)
    if seen is None:
        return None
    speed = main.throughput
    per = energy_per_work(seen.metrics, main.window.seconds, speed.output, speed.input, main.request_rate)
    return msgspec.structs.replace(seen, metrics={**seen.metrics, **per})


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
