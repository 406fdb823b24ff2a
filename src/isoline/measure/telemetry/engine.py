"""An engine's counters and gauges as samples, and what they say of a window. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from isoline.measure.telemetry import ENGINE, TelemetrySummary
from isoline.measure.telemetry.counters import engine_summary, scrape
from isoline.measure.telemetry.gauges import gauge_means, gauge_samples
from isoline.measure.telemetry.sampler import Sample

if TYPE_CHECKING:
    from prometheus_client import Metric

COUNTED = "counter "  # what the names of samples that are engine counters begin with
_UNLESS_COUNTED = {
    "spec_acceptance_length_shown": "spec_acceptance_length",
    "spec_acceptance_rate_shown": "spec_acceptance_rate",
}


def engine_samples(families: Sequence[Metric], now: int) -> list[Sample]:
    """Everything of one scrape that the table of engines' metrics knows."""
    counters = scrape(families).items()
    counted = [Sample(now, ENGINE, COUNTED + name, "", value) for name, value in counters]
    return gauge_samples(families, now) + counted


def engine_window(source: str, samples: list[Sample], start_ns: int, end_ns: int) -> TelemetrySummary | None:
    """Counters from the last scrape at or before the window's start to the first at or after its end,
    gauges as means over the window.
    """
    own = [sample for sample in samples if sample.device.startswith(ENGINE)]
    if not own:
        return None
    scrapes: dict[int, dict[str, float]] = {sample.time_ns: {} for sample in own}
    for sample in own:
        if sample.name.startswith(COUNTED):
            scrapes[sample.time_ns][sample.name.removeprefix(COUNTED)] = sample.value
    before = max((time for time in scrapes if time <= start_ns), default=min(scrapes))
    after = min((time for time in scrapes if time >= end_ns), default=max(scrapes))
    counted = engine_summary(source, scrapes[before], scrapes[after])
    found = counted or TelemetrySummary(source=source, boundary=ENGINE, metrics={})
    if not before <= start_ns <= end_ns <= after:
        flag = "engine: not covered: no scrape before the window's start, or none after its end"
        found = msgspec.structs.replace(found, flags=[*found.flags, flag])
    shown = {
        name: value
        for name, value in gauge_means(own, start_ns, end_ns).items()
        if _UNLESS_COUNTED.get(name) not in found.metrics
    }
    return msgspec.structs.replace(found, metrics={**found.metrics, **shown})
