"""Launches requests when they are due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from time import perf_counter_ns

from isoline.measure.alarm import Alarm


class Schedule:
    """Calls `launch(due)` for each due time (seconds after `start`, ascending), then `over()` once."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        dues: Iterable[float],
        launch: Callable[[int], None],
        over: Callable[[], None],
    ) -> None:
        self._dues = iter(dues)
        self._launch, self._over = launch, over
        self._alarm = Alarm(loop, self._ring)
        self._start = 0
        self._due: int | None = None
        self._going = False

    def begin(self, start: int) -> None:
        """`start` in `perf_counter_ns`; what is already due is launched at once."""
        self._start, self._going = start, True
        self._ring()

    def end(self) -> None:
        """Launch no more."""
        if self._going:
            self._going = False
            self._over()

    def close(self) -> None:
        self._alarm.close()

    def _ring(self) -> None:
        while self._going:
            if self._due is None:
                offset = next(self._dues, None)
                if offset is None:
                    self.end()
                    return
                self._due = self._start + int(offset * 1e9)
            if self._due > perf_counter_ns():
                self._alarm.set(self._due)
                return
            due, self._due = self._due, None
            self._launch(due)
