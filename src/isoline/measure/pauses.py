"""Waits that a load wants: acts when they are over, or not at all once the load is stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter_ns

_SHORTEST = 0.001  # seconds: loop timers count in milliseconds


class Pauses:
    """The pauses under way in one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handles: set[asyncio.TimerHandle] = set()

    def until(self, due: int, act: Callable[[], None]) -> None:
        """Act at `due` (ns), never before: loop timers may ring early."""

        def ring() -> None:
            self._handles.discard(handle)
            if perf_counter_ns() < due:
                self.until(due, act)
            else:
                act()

        handle = self._loop.call_later(max(_SHORTEST, (due - perf_counter_ns()) / 1e9), ring)
        self._handles.add(handle)

    def cancel(self) -> int:
        """End all pauses without their acts; returns how many there were."""
        count = len(self._handles)
        for handle in self._handles:
            handle.cancel()
        self._handles.clear()
        return count
