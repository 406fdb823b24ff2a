"""A thread that asks a device at a steady rate, and keeps what it says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from time import perf_counter_ns
from typing import NamedTuple, Protocol

import msgspec

from isoline.errors import IsolineError
from isoline.measure.telemetry import POWER, SYSTEM, TelemetrySummary

_FRESH_NS = 5_000_000_000  # an older reading says nothing about now


class TelemetryError(IsolineError):
    """A source of telemetry that cannot be read on this machine."""


class Sample(NamedTuple):
    """One value. `device` is unique within the source; `time_ns` is `perf_counter_ns`."""

    time_ns: int
    device: str
    name: str
    unit: str
    value: float


class Reader(Protocol):
    """What knows how to ask. Any exception of `read` is one failed reading, no more."""

    source: str

    def open(self) -> None:
        """Connect; TelemetryError says why it cannot."""

    def read(self) -> list[Sample]: ...

    def close(self) -> None: ...


Summarise = Callable[[list[Sample], int, int], TelemetrySummary | None]


class Sampler:
    """A `Telemetry` made of a reader and a way to sum up; `hertz` readings a second."""

    def __init__(self, reader: Reader, summarise: Summarise, hertz: float = 20.0) -> None:
        self._reader, self._summarise, self._period = reader, summarise, 1.0 / hertz
        self._samples: list[Sample] = []
        self._failures: list[str] = []
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Connect, read once, go on until `stop`. What an earlier start kept is forgotten."""
        self._reader.open()
        self._samples, self._failures = [], []
        self._over.clear()
        self._read()
        self._thread = threading.Thread(
            target=self._run, name=f"telemetry {self._reader.source}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Read a last time, so that the window is covered, and disconnect."""
        if self._thread is None:
            return
        self._over.set()
        self._thread.join()
        self._thread = None
        self._read()
        self._reader.close()

    def watts(self) -> float | None:
        """Power of all boards at their last readings; `None`: none has told it lately."""
        oldest, powers = perf_counter_ns() - _FRESH_NS, dict[str, float]()
        for sample in reversed(self._samples):
            if sample.time_ns < oldest:
                break
            if sample.name == POWER and not sample.device.startswith(SYSTEM):
                powers.setdefault(sample.device, sample.value)
        return sum(powers.values()) if powers else None

    def summary(self, start_ns: int, end_ns: int) -> TelemetrySummary | None:
        """What the samples say of the window; failed readings are among its flags."""
        found = self._summarise(list(self._samples), start_ns, end_ns)
        if found is None or not self._failures:
            return found
        flag = f"failed readings: {len(self._failures)}, the last: {self._failures[-1]}"
        return msgspec.structs.replace(found, flags=[*found.flags, flag])

    def samples(self) -> Iterator[Mapping[str, object]]:
        """Rows of the store's `telemetry` table."""
        for sample in self._samples:
            yield {"source": self._reader.source, **sample._asdict()}

    def _run(self) -> None:
        due = perf_counter_ns() / 1e9
        while True:
            # A reading that took too long is not made up for: the next is a period later.
            due = max(due + self._period, perf_counter_ns() / 1e9)
            if self._over.wait(due - perf_counter_ns() / 1e9):
                return
            self._read()

    def _read(self) -> None:
        try:
            self._samples += self._reader.read()
        except Exception as problem:  # a driver's own exceptions: the run is worth more than a reading
            self._failures.append(f"{type(problem).__name__}: {problem}")
