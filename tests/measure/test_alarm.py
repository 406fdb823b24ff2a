from __future__ import annotations

import asyncio
from time import perf_counter_ns

import pytest
import uvloop

from isoline.measure.alarm import Alarm


@pytest.mark.parametrize("native", [True, False])
def test_an_alarm_never_rings_early(native: bool) -> None:
    async def run() -> list[int]:
        loop, rung = asyncio.get_running_loop(), asyncio.Event()
        alarm = Alarm(loop, rung.set)
        if not native:
            alarm.close()
        early = []
        for wait in (0, 300_000, 2_700_000, -5_000_000):
            due = perf_counter_ns() + wait
            rung.clear()
            alarm.set(due)
            await asyncio.wait_for(rung.wait(), 10)
            early.append(max(0, due - perf_counter_ns()))
        alarm.close()
        return early

    # a loop timer counts in whole milliseconds and may round down
    assert max(uvloop.run(run())) <= (0 if native else 1_000_000)
