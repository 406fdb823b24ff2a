"""`/metrics`: the engine's counters under vLLM's names, the power of its GPUs under DCGM's; all labelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest

from isoline.measure.sim.labels import PREFIX

if TYPE_CHECKING:
    from isoline.measure.sim.pace import Pace

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def exposition(pace: Pace) -> bytes:
    """The document in Prometheus' text format."""
    return generate_latest(_Families(pace))


class _Families:
    def __init__(self, pace: Pace) -> None:
        self._pace = pace

    def collect(self) -> Iterator[Metric]:
        """Every family, read now."""
        yield from self._engine()
        if self._pace.scheduler.deployment.speculation.draft:
            yield from self._drafts()
        yield from self._power()

    def _engine(self) -> Iterator[Metric]:
        scheduler, counters = self._pace.scheduler, self._pace.scheduler.counters
        yield self._gauge("vllm:num_requests_running", "Requests in the batch", scheduler.busy)
        yield self._gauge("vllm:num_requests_waiting", "Requests in the queue", len(scheduler.waiting))
        yield self._gauge("vllm:kv_cache_usage_perc", "Used share", scheduler.used / scheduler.capacity)
        yield self._counter("vllm:prompt_tokens", "Prefilled tokens", counters.prompt_tokens)
        yield self._counter("vllm:generation_tokens", "Generated tokens", self._pace.generated)
        yield self._counter("vllm:num_preemptions", "Preemptions", counters.preemptions)
        yield self._counter("vllm:prefix_cache_queries", "Tokens looked up", counters.prompt_tokens)
        yield self._counter("vllm:prefix_cache_hits", "Tokens found (no cache is modelled)", 0)

    def _drafts(self) -> Iterator[Metric]:
        """Acceptance at its expected values: the engine draws lengths, not single acceptances."""
        drafts, s = self._pace.scheduler.counters.drafts, self._pace.scheduler.deployment.speculation
        accepted = [drafts * s.acceptance**position for position in range(1, s.draft + 1)]
        yield self._counter("vllm:spec_decode_num_drafts", "Drafts", drafts)
        yield self._counter("vllm:spec_decode_num_draft_tokens", "Drafted tokens", drafts * s.draft)
        yield self._counter("vllm:spec_decode_num_accepted_tokens", "Accepted tokens", sum(accepted))
        family = CounterMetricFamily(
            "vllm:spec_decode_num_accepted_tokens_per_pos",
            "Accepted tokens by position",
            labels=["model_name", "position"],
        )
        for position, value in enumerate(accepted):
            family.add_metric([self._model, str(position)], value)
        yield family

    def _power(self) -> Iterator[Metric]:
        watts, joules = self._pace.power()
        power = GaugeMetricFamily(
            "DCGM_FI_DEV_POWER_USAGE", "Simulated power, W", labels=["gpu", "modelName"]
        )
        energy = Metric("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "Simulated energy, mJ", "counter")
        for gpu in range(self._pace.scheduler.deployment.tp):
            labels = {"gpu": str(gpu), "modelName": "simulated"}
            power.add_metric(list(labels.values()), watts)
            energy.add_sample(energy.name, labels, joules * 1e3)
        yield power
        yield energy

    @property
    def _model(self) -> str:
        return PREFIX + self._pace.scheduler.deployment.model

    def _gauge(self, name: str, about: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, f"{about} (simulated)", labels=["model_name"])
        family.add_metric([self._model], value)
        return family

    def _counter(self, name: str, about: str, value: float) -> Metric:
        family = CounterMetricFamily(name, f"{about} (simulated)", labels=["model_name"])
        family.add_metric([self._model], value)
        return family
