"""What a sweep asks of a source of power, clocks or engine counters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec


class TelemetrySummary(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of one window. `metrics` go by catalog keys (`avg_power_w`, …)."""

    source: str  # nvml, prometheus, …
    boundary: str  # what was measured: board, node, engine
    metrics: dict[str, float]
    flags: list[str] = []  # why it should not be believed: gaps, too few samples, window not covered


class Telemetry(Protocol):
    """A source. `start` is called before the warm-up of a point, `stop` after its last response."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def summary(self, start_ns: int, end_ns: int) -> TelemetrySummary | None:
        """Integrated over exactly this window of `time.perf_counter_ns`."""
        ...

    def samples(self) -> Iterable[Mapping[str, object]]:
        """Rows of the store's `telemetry` table since `start`; `time_ns` in `perf_counter_ns`."""
        ...
