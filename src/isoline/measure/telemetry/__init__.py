"""Power, clocks and engine counters beside a load: sources that sample on their own thread.

The load generator runs in processes of its own, so that a source costs it nothing but the core it
needs for some microseconds a reading. Times are `time.perf_counter_ns`, as in request records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

BOARD, SYSTEM, ENGINE = "board", "system", "engine"
"""What a source sees: the accelerators' boards, the whole machine, or the engine's own counters."""

POWER = "power"
"""Name of the samples that hold watts."""


class TelemetrySummary(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of one window. `metrics` go by catalog keys (`avg_power_w`, …)."""

    source: str  # nvml, prometheus, …
    boundary: str  # what was measured: board, system, engine
    metrics: dict[str, float]
    flags: list[str] = []  # why it should not be believed: gaps, too few samples, window not covered


class Telemetry(Protocol):
    """A source. `start` is called before the warm-up of a point, `stop` after its last response."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def watts(self) -> float | None:
        """Power of all boards together as last read, for those who watch; `None`: not known now."""
        ...

    def summary(self, start_ns: int, end_ns: int) -> TelemetrySummary | None:
        """Integrated over exactly this window of `time.perf_counter_ns`."""
        ...

    def samples(self) -> Iterable[Mapping[str, object]]:
        """Rows of the store's `telemetry` table since `start`; `time_ns` in `perf_counter_ns`."""
        ...
