"""The next measurement of a sweep: a function of what it has measured, so that resuming changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from isoline.measure.sweep.explore import Seen
from isoline.measure.sweep.plan import Plan, Slot
from isoline.measure.sweep.report import PointReport

Done = Mapping[str, PointReport]


class Agenda:
    """Goes through a plan's slots; where the plan explores, its first repeat finds the loads.

    `repeat`: only that one of them, because the next is measured on another start of the server.
    """

    def __init__(self, plan: Plan, repeat: int | None = None) -> None:
        self._plan, self._repeat = plan, repeat

    def next(self, done: Done) -> Slot | None:
        """The next slot, or `None` when everything is measured."""
        slot = self._next(done)
        return slot if slot is None or self._repeat in (None, slot.repeat) else None

    def _next(self, done: Done) -> Slot | None:
        plan = self._plan
        if plan.explore is not None:
            level = plan.explore.next_level(_levels(done))
            if level is not None:
                return plan.slot(replace(plan.loads[0], concurrency=level), 0)
        ours = (slot for slot in self._slots(done) if self._repeat in (None, slot.repeat))
        return next((slot for slot in ours if slot.name not in done), None)

    def planned(self, done: Done) -> int:
        """How many measurements there will be, as far as is known."""
        return max(len(self._slots(done)), len(done))

    def _slots(self, done: Done) -> list[Slot]:
        plan = self._plan
        if plan.explore is None:
            return plan.slots()
        loads = tuple(replace(plan.loads[0], concurrency=level) for level in sorted(_levels(done)))
        return replace(plan, loads=loads or plan.loads, explore=None).slots()


def _levels(done: Done) -> dict[int, Seen | None]:
    """What each concurrency gave in the first repeat."""
    return {
        point.concurrency: _seen(point)
        for point in done.values()
        if point.repeat == 0 and point.concurrency is not None
    }


def _seen(point: PointReport) -> Seen | None:
    if point.interactivity is None or point.throughput is None:
        return None
    full = any(reason.code == "errors" for reason in point.reasons)
    return Seen(point.interactivity, point.throughput.total, full)
