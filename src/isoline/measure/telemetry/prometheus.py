"""Any Prometheus endpoint: an engine's `/metrics`, a GPU or machine power exporter."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from time import perf_counter_ns
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import msgspec

from isoline.errors import UsageError
from isoline.measure.telemetry import BOARD, ENGINE, POWER, SYSTEM, TelemetrySummary
from isoline.measure.telemetry.counters import COUNTERS, engine_summary, scrape
from isoline.measure.telemetry.figures import CLOCK, ENERGY, power_summary
from isoline.measure.telemetry.sampler import Sample, Sampler, TelemetryError

if TYPE_CHECKING:
    from prometheus_client import Metric

TIMEOUT = 2.0  # seconds a scrape may take
COUNTED = "counter "  # what the names of samples that are engine counters begin with


class Gauge(NamedTuple):
    """What an exporter's metric is: our name, unit, factor to it, label of the device, boundary."""

    name: str
    unit: str
    factor: float
    device: str
    boundary: str


# DCGM exporter, AMD's device metrics exporter, IPMI exporter; then the state of vLLM and SGLang.
GAUGES: Mapping[str, Gauge] = {
    "DCGM_FI_DEV_POWER_USAGE": Gauge(POWER, "W", 1.0, "gpu", BOARD),
    "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": Gauge(ENERGY, "J", 1e-3, "gpu", BOARD),
    "DCGM_FI_DEV_SM_CLOCK": Gauge(CLOCK, "MHz", 1.0, "gpu", BOARD),
    "gpu_package_power": Gauge(POWER, "W", 1.0, "gpu_id", BOARD),
    "ipmi_dcmi_power_consumption_watts": Gauge(POWER, "W", 1.0, "instance", SYSTEM),
    "vllm:num_requests_running": Gauge("requests_running", "requests", 1.0, "engine", ENGINE),
    "vllm:num_requests_waiting": Gauge("requests_waiting", "requests", 1.0, "engine", ENGINE),
    "vllm:kv_cache_usage_perc": Gauge("kv_cache_usage", "share", 1.0, "engine", ENGINE),
    "sglang:num_running_reqs": Gauge("requests_running", "requests", 1.0, "tp_rank", ENGINE),
    "sglang:num_queue_reqs": Gauge("requests_waiting", "requests", 1.0, "tp_rank", ENGINE),
    "sglang:token_usage": Gauge("kv_cache_usage", "share", 1.0, "tp_rank", ENGINE),
}


def source(argument: str) -> Sampler:
    """`prometheus=URL`; `URL#NAME` also reads a gauge of your own as watts of the whole machine."""
    url, _, own = argument.partition("#")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise UsageError(
            f"telemetry prometheus={argument}: write an address, prometheus=http://host:port/metrics"
        )
    gauges = {**GAUGES, own: Gauge(POWER, "W", 1.0, "instance", SYSTEM)} if own else GAUGES
    return Sampler(PrometheusReader(url, gauges), _summary, hertz=10.0)


class PrometheusReader:
    """Scrapes over one kept-alive connection; only lines of known metrics are parsed."""

    source = "prometheus"

    def __init__(self, url: str, gauges: Mapping[str, Gauge] = GAUGES) -> None:
        self._url, self._gauges = urlsplit(url), gauges
        names = {name for group in COUNTERS.values() for name in group}
        self._starts = tuple({*gauges, *names})
        self._link: http.client.HTTPConnection | None = None

    def open(self) -> None:
        """Connect and scrape once, so that a wrong address shows before anything is measured."""
        host, port = self._url.hostname or "", self._url.port
        self._link = (
            http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
            if self._url.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        )
        try:
            found = self.read()
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.close()
            raise TelemetryError(f"telemetry prometheus: {self._url.geturl()}: {error}") from None
        if not found:
            self.close()
            raise TelemetryError(
                f"telemetry prometheus: {self._url.geturl()} has no metric that is known here; "
                "name the one with the power in watts, prometheus=URL#NAME"
            )

    def read(self) -> list[Sample]:
        """All gauges and counters, stamped with the middle of the scrape."""
        before = perf_counter_ns()
        families = list(self._families())
        now = (before + perf_counter_ns()) // 2
        found = [
            Sample(
                now,
                f"{g.boundary} {sample.labels.get(g.device, '0')}",
                g.name,
                g.unit,
                sample.value * g.factor,
            )
            for family in families
            for sample in family.samples
            if (g := self._gauges.get(sample.name)) is not None
        ]
        counters = scrape(families).items()
        return found + [Sample(now, ENGINE, COUNTED + name, "", value) for name, value in counters]

    def close(self) -> None:
        """Disconnect."""
        if self._link is not None:
            self._link.close()

    def _families(self) -> list[Metric]:
        from prometheus_client.parser import text_string_to_metric_families

        lines = [line for line in self._text().splitlines() if line.startswith(self._starts)]
        return list(text_string_to_metric_families("\n".join(lines) + "\n"))

    def _text(self) -> str:
        assert self._link is not None
        path = (self._url.path or "/metrics") + (f"?{self._url.query}" if self._url.query else "")
        try:
            self._link.request("GET", path)
            response = self._link.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self._link.close()  # the next request opens it again
            raise
        if response.status != 200:
            raise ValueError(f"HTTP {response.status}")
        return body.decode("utf-8", "replace")


def _summary(samples: list[Sample], start_ns: int, end_ns: int) -> TelemetrySummary | None:
    """Power where the endpoint has it (boards before the machine), and the engine's counters."""
    fresh = _fresh(samples)
    found = [
        summary
        for boundary in (BOARD, SYSTEM)
        if (summary := _power(fresh, boundary, start_ns, end_ns)) is not None
    ]
    engine = _counters(samples, start_ns, end_ns)
    found += [engine] if engine is not None else []
    if not found:
        return None
    return TelemetrySummary(
        source="prometheus",
        boundary="+".join(summary.boundary for summary in found),
        metrics={name: value for summary in found for name, value in summary.metrics.items()},
        flags=[flag for summary in found for flag in summary.flags],
    )


def _power(samples: list[Sample], boundary: str, start_ns: int, end_ns: int) -> TelemetrySummary | None:
    own = [sample for sample in samples if sample.device.startswith(boundary)]
    return power_summary("prometheus", boundary, own, start_ns, end_ns)


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


def _counters(samples: list[Sample], start_ns: int, end_ns: int) -> TelemetrySummary | None:
    """Between the last scrape at or before the window's start and the first at or after its end."""
    scrapes: dict[int, dict[str, float]] = {}
    for sample in samples:
        if sample.name.startswith(COUNTED):
            scrapes.setdefault(sample.time_ns, {})[sample.name.removeprefix(COUNTED)] = sample.value
    if not scrapes:
        return None
    times = sorted(scrapes)
    before = max((time for time in times if time <= start_ns), default=times[0])
    after = min((time for time in times if time >= end_ns), default=times[-1])
    found = engine_summary("prometheus", scrapes[before], scrapes[after])
    if found is None or before <= start_ns <= end_ns <= after:
        return found
    flag = "engine: not covered: no scrape before the window's start, or none after its end"
    return msgspec.structs.replace(found, flags=[*found.flags, flag])
