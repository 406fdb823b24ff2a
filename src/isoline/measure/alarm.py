"""Wakes the loop at a time finer than its own timers, which count whole milliseconds."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
from collections.abc import Callable
from time import perf_counter_ns

_MONOTONIC, _NONBLOCK, _ABSOLUTE = 1, 0o4000, 1


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Setting(ctypes.Structure):
    _fields_ = (("interval", _Timespec), ("value", _Timespec))


class Alarm:
    """Calls `ring` at a `perf_counter_ns` time: a timerfd on Linux, a loop timer elsewhere.

    One alarm is set at a time; on Linux it rings some 50 microseconds late, elsewhere up to 1 ms.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._loop, self._ring = loop, ring
        self._fd = -1
        with contextlib.suppress(OSError, AttributeError):
            self._libc = ctypes.CDLL(None, use_errno=True)
            self._fd = self._libc.timerfd_create(_MONOTONIC, _NONBLOCK)
        if self._fd >= 0:
            loop.add_reader(self._fd, self._fired)

    def set(self, due: int) -> None:
        """Ring at `due` (ns), at once if that has passed."""
        if self._fd < 0:
            self._loop.call_later(max(0.0, (due - perf_counter_ns()) / 1e9), self._ring)
            return
        seconds, nanoseconds = divmod(max(1, due), 1_000_000_000)  # 0 would disarm it
        setting = _Setting(_Timespec(0, 0), _Timespec(seconds, nanoseconds))
        self._libc.timerfd_settime(self._fd, _ABSOLUTE, ctypes.byref(setting), None)

    def close(self) -> None:
        if self._fd >= 0:
            self._loop.remove_reader(self._fd)
            os.close(self._fd)
            self._fd = -1

    def _fired(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._fd, 8)
        self._ring()
