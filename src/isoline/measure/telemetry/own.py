"""The metrics that the measured engine itself shows: read without being asked for, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isoline.measure.telemetry import TelemetrySummary
from isoline.measure.telemetry.endpoint import Endpoint
from isoline.measure.telemetry.engine import engine_window
from isoline.measure.telemetry.engine_metrics import PATHS, SWITCHES
from isoline.measure.telemetry.prometheus import PrometheusReader
from isoline.measure.telemetry.sampler import Sample, Sampler, TelemetryError

NAME = "engine"
HERTZ = 1.0  # counters need a scrape at either end; each costs the engine's server some milliseconds


class OwnMetrics:
    """A `Telemetry` of an engine's own metrics. An endpoint that fails is a flag of the point, no error."""

    def __init__(self, url: str, headers: Mapping[str, str], *, insecure: bool = False) -> None:
        reader = _Reader(Endpoint(url, headers, insecure=insecure), gauges={})
        self._reader, self._sampler = reader, Sampler(reader, _summary, hertz=HERTZ)
        self._problem: str | None = None

    def absent(self) -> str | None:
        """Why there is nothing to read, in words; `None`: there is."""
        try:
            self._reader.open()
        except TelemetryError as problem:
            return str(problem)
        self._reader.close()
        return None

    def start(self) -> None:
        self._problem = None
        try:
            self._sampler.start()
        except TelemetryError as problem:
            self._problem = str(problem)

    def stop(self) -> None:
        self._sampler.stop()

    def watts(self) -> float | None:
        return None

    def summary(self, start_ns: int, end_ns: int) -> TelemetrySummary | None:
        if self._problem is not None:
            return TelemetrySummary(source=NAME, boundary=NAME, metrics={}, flags=[self._problem])
        return self._sampler.summary(start_ns, end_ns)

    def samples(self) -> Iterator[Mapping[str, object]]:
        return iter(()) if self._problem is not None else self._sampler.samples()


class _Reader(PrometheusReader):
    source = NAME


def own_metrics(
    engine: str, root: str, headers: Mapping[str, str], *, insecure: bool = False
) -> tuple[OwnMetrics | None, str | None]:
    """The source, if the engine at `root` shows metrics that are known here; else why not, in words.

    Of an engine that nobody knows nothing is read, and nothing said.
    """
    if engine == "unknown":
        return None, None
    if engine not in PATHS:
        return None, f"{engine} has no metrics that are known here: points have no counters of the engine"
    found = OwnMetrics(root + PATHS[engine], headers, insecure=insecure)
    if found.absent() is None:
        return found, None
    hint = f"; {SWITCHES[engine]}" if engine in SWITCHES else ""
    return None, f"{engine} shows no metrics at {PATHS[engine]}: points have no counters of the engine{hint}"


def _summary(samples: list[Sample], start_ns: int, end_ns: int) -> TelemetrySummary | None:
    return engine_window(NAME, samples, start_ns, end_ns)
