"""Measures the points of a plan, one after the other, and hands each on at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from isoline.errors import EngineError, HostsError
from isoline.measure.failures import TargetError
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.interrupts import interrupts_wait
from isoline.measure.sweep.plan import Plan
from isoline.measure.sweep.point import PointRun
from isoline.measure.sweep.report import PointReport
from isoline.measure.sweep.roles import Keeper, Watcher
from isoline.measure.telemetry import Telemetry

_UNANSWERED = 2  # points in a row without an answer after which a sweep ends


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
    plan: Plan,
    keeper: Keeper,
    watcher: Watcher,
    telemetry: Sequence[Telemetry] = (),
    *,
    repeat: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> SweepResult:
    """Measure what is not yet kept. Ctrl-C ends the sweep; a kept point is never lost by it.

    `repeat`: only that one. `check` raises `EngineError` if the server has died: the point in which
    it did is not kept, so that it is measured again when the sweep goes on.
    """
    agenda, done = Agenda(plan, repeat), dict(keeper.finished())
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
            position = 1 + max((point.position for point in done.values()), default=-1)
            point = PointRun(plan, slot, position, watcher, telemetry)
            measured = point.measure()
            if measured is None:
                raise KeyboardInterrupt
            check()
            with interrupts_wait():
                report = point.keep(measured, keeper)
                done[slot.name] = report
                result.points.append(report)
                watcher.point(report)
            unanswered = 0 if report.answered else unanswered + 1
    except TargetError as problem:
        result.stopped = _cause(check) or str(problem)
    except (EngineError, HostsError) as problem:
        result.stopped = str(problem)
    except KeyboardInterrupt:
        result.interrupted, result.stopped = True, "interrupted"
    result.planned = agenda.planned(done)
    return result


def _cause(check: Callable[[], None]) -> str | None:
    """Why a started server is not there any more."""
    try:
        check()
    except EngineError as problem:
        return str(problem)
    return None
