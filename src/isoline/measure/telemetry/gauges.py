"""An engine's state as its gauges show it: samples, and their means over a window. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from isoline.measure.telemetry import ENGINE
from isoline.measure.telemetry.engine_metrics import (
    GAUGES,
    KV_USE,
    LENGTH_SHOWN,
    METRICS,
    RATE_SHOWN,
    RUNNING,
    WAITING,
)
from isoline.measure.telemetry.figures import traces
from isoline.measure.telemetry.sampler import Sample
from isoline.numerics.held import held_mean

if TYPE_CHECKING:
    from prometheus_client import Metric

# A replica of the engine, in the words of vLLM and SGLang; ranks of one replica say the same.
_REPLICA = ("engine", "dp_rank")
_ADDED = {RUNNING: "engine_requests_running", WAITING: "engine_requests_waiting"}
_SHARED = {
    KV_USE: "gpu_kv_cache_usage_pct",
    LENGTH_SHOWN: "spec_acceptance_length_shown",
    RATE_SHOWN: "spec_acceptance_rate_shown",
}


def gauge_samples(families: Iterable[Metric], now: int) -> list[Sample]:
    """One sample a field and replica. What is shown of drafts before the first one is nothing."""
    shown = {
        (name, replica): value for name, replica, value in _shown(families)
    }  # a later rank says what the earlier did
    found: dict[tuple[str, str], Sample] = {}
    for metric in METRICS:
        for (name, replica), value in shown.items():
            if name == metric.name and metric.field in GAUGES:
                sample = Sample(now, f"{ENGINE} {replica}", metric.field, GAUGES[metric.field], value)
                found.setdefault((metric.field, replica), sample)
    return [sample for sample in found.values() if not _before_drafts(sample, found)]


def _shown(families: Iterable[Metric]) -> Iterator[tuple[str, str, float]]:
    """Metric, replica, value; without the parts by priority that SGLang shows beside their sum."""
    for family in families:
        for sample in family.samples:
            if not sample.labels.get("priority"):
                replica = next((sample.labels[label] for label in _REPLICA if label in sample.labels), "0")
                yield sample.name, replica, sample.value


def _before_drafts(sample: Sample, found: Mapping[tuple[str, str], Sample]) -> bool:
    """A draft gives one token at least: where the mean length is 0, there was none."""
    if sample.name not in (LENGTH_SHOWN, RATE_SHOWN):
        return False
    length = found.get((LENGTH_SHOWN, sample.device.removeprefix(f"{ENGINE} ")))
    return length is not None and length.value <= 0


def gauge_means(samples: list[Sample], start_ns: int, end_ns: int) -> dict[str, float]:
    """Time-weighted means over the window, by metric of a point; requests of replicas add up."""
    found: dict[str, float] = {}
    for field, metric in {**_ADDED, **_SHARED}.items():
        means = [held_mean(trace, start_ns, end_ns) for trace in traces(samples, field).values()]
        known = [mean for mean in means if mean is not None]
        if known:
            found[metric] = sum(known) / (1 if field in _ADDED else len(known))
    return found
