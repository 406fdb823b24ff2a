"""The load generator watches itself while it measures."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from array import array
from time import perf_counter_ns

import msgspec

_TICK = 0.02  # seconds between two looks at the clock


class ClientReport(msgspec.Struct):
    """What one process of the load generator did to the measurement. Times are seconds."""

    process: int = 0
    host: str | None = None  # where there were several
    started: int = 0  # perf_counter_ns when the load began
    ended: int = 0
    cpu_seconds: float = 0.0
    waited_seconds: float | None = None  # ready to run, but the host ran something else
    max_rss_bytes: int = 0
    lag_p50: float = 0.0  # how late a timer of the loop fires: the age of an unread byte
    lag_p99: float = 0.0
    lag_max: float = 0.0
    offered: int = 0  # requests that the load sent or tried to send
    coalesced: int = 0  # reads that brought several pieces of a body
    pressed: int = 0  # slices decoded in the timed path
    encoded_late: int = 0  # requests encoded in the timed path
    connections: int = 0  # opened in all
    stopped: str | None = None  # why the load ended early
    preferred: bool = False  # the host ran this process before ordinary ones (a real-time policy)

    @property
    def cpu_share(self) -> float:
        """Fraction of one core used while the load ran."""
        span = (self.ended - self.started) / 1e9
        return self.cpu_seconds / span if span > 0 else 0.0


class Monitor:
    """Samples how late the event loop is, and counts its CPU time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lags = array("q")
        self._due = 0
        self._handle: asyncio.TimerHandle | None = None
        self.report = ClientReport()
        self._cpu = 0.0
        self._waited: float | None = None

    def start(self) -> None:
        self.report.started = perf_counter_ns()
        self._cpu = time.process_time()
        self._waited = _run_delay()
        self._schedule()

    def stop(self) -> ClientReport:
        """The report, all but the counts of reads and connections."""
        report = self.report
        report.ended = perf_counter_ns()
        report.cpu_seconds = time.process_time() - self._cpu
        report.preferred = _preferred()
        waited = _run_delay()
        if waited is not None and self._waited is not None:
            report.waited_seconds = waited - self._waited
        report.max_rss_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if self._handle is not None:
            self._handle.cancel()
        if self._lags:
            lags = sorted(self._lags)
            report.lag_p50 = lags[len(lags) // 2] / 1e9
            report.lag_p99 = lags[len(lags) * 99 // 100] / 1e9
            report.lag_max = lags[-1] / 1e9
        return report

    def _schedule(self) -> None:
        self._due = perf_counter_ns() + int(_TICK * 1e9)
        self._handle = self._loop.call_later(_TICK, self._tick)

    def _tick(self) -> None:
        self._lags.append(max(0, perf_counter_ns() - self._due))
        self._schedule()


def _preferred() -> bool:
    """Whether this process has a real-time policy; Linux only."""
    return hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER


def _run_delay() -> float | None:
    """Seconds this thread waited for a core since it began; Linux only."""
    try:
        with open("/proc/thread-self/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return None
