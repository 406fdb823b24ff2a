"""The scheduler in real time: steps last as long as the model says, divided by a speed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter_ns

from isoline.numerics.engine.closed_loop import watts
from isoline.numerics.engine.scheduler import Scheduler, Sequence, Step


class Pace:
    """Runs steps at their times. `deliver` is called at the end of each with what it finished."""

    def __init__(
        self, scheduler: Scheduler, speed: float, deliver: Callable[[tuple[Sequence, ...], int], None]
    ) -> None:
        self.scheduler, self.speed = scheduler, speed
        self.generated = 0  # tokens delivered; kept by whoever delivers
        self._deliver = deliver
        self._work = asyncio.Event()
        self._meter = PowerMeter(scheduler.deployment.idle_watts)

    def wake(self) -> None:
        """There is something to do."""
        self._work.set()

    def power(self) -> tuple[float, float]:
        """Watts of each GPU now, and joules since the start: wall-clock time, whatever the speed."""
        return self._meter.read()

    async def run(self) -> None:
        """Until cancelled. Times are absolute, so that a late wake-up delays one step only."""
        due = perf_counter_ns()
        while True:
            step = self.scheduler.step()
            if step is None:
                self._meter.change(self.scheduler.deployment.idle_watts)
                self._work.clear()
                await self._work.wait()
                due = perf_counter_ns()
                continue
            due += await self._last(step, due)
            self._deliver(step.finished, max(0, perf_counter_ns() - due))

    async def _last(self, step: Step, start: int) -> int:
        """Let the step's time pass from `start` on; returns how long that is, in nanoseconds."""
        self._meter.change(watts(self.scheduler.deployment, step.cost))
        span = int(step.cost.total / self.speed * 1e9)
        await asyncio.sleep(max(0.0, (start + span - perf_counter_ns()) / 1e9))
        return span


class PowerMeter:
    """Energy of a power that changes in steps."""

    def __init__(self, power: float) -> None:
        self._watts, self._joules = power, 0.0
        self._since = perf_counter_ns()

    def change(self, power: float) -> None:
        """From now on this many watts."""
        self._joules = self.read()[1]
        self._since = perf_counter_ns()
        self._watts = power

    def read(self) -> tuple[float, float]:
        """Watts and joules now."""
        return self._watts, self._joules + self._watts * (perf_counter_ns() - self._since) / 1e9
