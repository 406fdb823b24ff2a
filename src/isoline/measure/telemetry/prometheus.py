"""Any Prometheus endpoint: an engine's metrics, a GPU or machine power exporter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from time import perf_counter_ns
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from isoline.errors import UsageError
from isoline.measure.telemetry import BOARD, POWER, SYSTEM, TelemetrySummary
from isoline.measure.telemetry.endpoint import FAILURES, Endpoint
from isoline.measure.telemetry.engine import engine_samples, engine_window
from isoline.measure.telemetry.engine_metrics import NAMES
from isoline.measure.telemetry.figures import CLOCK, ENERGY, power_summary
from isoline.measure.telemetry.sampler import Sample, Sampler, TelemetryError

if TYPE_CHECKING:
    from prometheus_client import Metric

NAME = "prometheus"


class Gauge(NamedTuple):
    """What an exporter's metric is: our name, unit, factor to it, label of the device, boundary."""

    name: str
    unit: str
    factor: float
    device: str
    boundary: str


# DCGM exporter, AMD's device metrics exporter, IPMI exporter.
GAUGES: Mapping[str, Gauge] = {
    "DCGM_FI_DEV_POWER_USAGE": Gauge(POWER, "W", 1.0, "gpu", BOARD),
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": Gauge(ENERGY, "J", 1e-3, "gpu", BOARD),
    "DCGM_FI_DEV_SM_CLOCK": Gauge(CLOCK, "MHz", 1.0, "gpu", BOARD),
    "gpu_package_power": Gauge(POWER, "W", 1.0, "gpu_id", BOARD),
    "ipmi_dcmi_power_consumption_watts": Gauge(POWER, "W", 1.0, "instance", SYSTEM),
}


def source(argument: str) -> Sampler:
    """`prometheus=URL`; `URL#NAME` also reads a gauge of your own as watts of the whole machine."""
    url, _, own = argument.partition("#")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise UsageError(
            f"telemetry prometheus={argument}: write an address, prometheus=http://host:port/metrics"
        )
    gauges = {**GAUGES, own: Gauge(POWER, "W", 1.0, "instance", SYSTEM)} if own else GAUGES
    return Sampler(PrometheusReader(Endpoint(url), gauges), window_summary, hertz=10.0)


class PrometheusReader:
    """Scrapes an endpoint; only lines of metrics that are known here are parsed."""

    source = NAME

    def __init__(self, endpoint: Endpoint, gauges: Mapping[str, Gauge] = GAUGES) -> None:
        self._endpoint, self._gauges = endpoint, gauges
        self._starts = tuple({*gauges, *NAMES})

    def open(self) -> None:
        """Scrape once, so that a wrong address shows before anything is measured."""
        try:
            found = self.read()
        except FAILURES as error:
            self.close()
            raise TelemetryError(f"telemetry prometheus: {self._endpoint.url}: {error}") from None
        if not found:
            self.close()
            raise TelemetryError(
                f"telemetry prometheus: {self._endpoint.url} has no metric that is known here; "
                "name the one with the power in watts, prometheus=URL#NAME"
            )

    def read(self) -> list[Sample]:
        """All gauges and counters, stamped with the middle of the scrape."""
        before = perf_counter_ns()
        text = self._endpoint.text()
        now = (before + perf_counter_ns()) // 2
        families = self._families(text)
        return [*self._devices(families, now), *engine_samples(families, now)]

    def close(self) -> None:
        """Disconnect."""
        self._endpoint.close()

    def _devices(self, families: Iterable[Metric], now: int) -> Iterator[Sample]:
        for sample in (sample for family in families for sample in family.samples):
            if (g := self._gauges.get(sample.name)) is not None:
                device = f"{g.boundary} {sample.labels.get(g.device, '0')}"
                yield Sample(now, device, g.name, g.unit, sample.value * g.factor)

    def _families(self, text: str) -> list[Metric]:
        from prometheus_client.parser import text_string_to_metric_families

        lines = [line for line in text.splitlines() if line.startswith(self._starts)]
        return list(text_string_to_metric_families("\n".join(lines) + "\n"))


def window_summary(samples: list[Sample], start_ns: int, end_ns: int) -> TelemetrySummary | None:
    """Power where the endpoint has it (boards before the machine), and what the engine counted and showed."""
    fresh = _fresh(samples)
    found = [
        summary
        for boundary in (BOARD, SYSTEM)
        if (summary := _power(fresh, boundary, start_ns, end_ns)) is not None
    ]
    engine = engine_window(NAME, samples, start_ns, end_ns)
    found += [engine] if engine is not None else []
    if not found:
        return None
    return TelemetrySummary(
        source=NAME,
        boundary="+".join(summary.boundary for summary in found),
        metrics={name: value for summary in found for name, value in summary.metrics.items()},
        flags=[flag for summary in found for flag in summary.flags],
    )


def _power(samples: list[Sample], boundary: str, start_ns: int, end_ns: int) -> TelemetrySummary | None:
    own = [sample for sample in samples if sample.device.startswith(boundary)]
    return power_summary(NAME, boundary, own, start_ns, end_ns)


def _fresh(samples: list[Sample]) -> list[Sample]:
    """Without readings that repeat the one before: exporters refresh at their own, slower pace.

    The last of each device stays, since it says that nothing newer came.
    """
    last: dict[tuple[str, str], Sample] = {}
    repeated: dict[tuple[str, str], Sample] = {}
    found: list[Sample] = []
    for sample in samples:
        key = (sample.device, sample.name)
        if key in last and last[key].value == sample.value:
            repeated[key] = sample
        else:
            repeated.pop(key, None)
            found.append(sample)
        last[key] = sample
    return [*found, *repeated.values()]
