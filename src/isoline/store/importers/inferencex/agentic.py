"""Agentic artifacts: the nested containers of schema v3 flattened, interactivity re-derived."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isoline.store.importers.fields import Row

_STATISTIC = re.compile(r"mean|std|p\d{1,2}(?:\.\d{1,3})?", re.ASCII)
_ITL = re.compile(r"(mean|median|std|p[\d.]+)_(itl|intvty)", re.ASCII)
_LATENCIES = ("ttft", "e2el", "itl", "tpot", "intvty", "full_response_itl", "full_response_intvty")
_TOKENS = {"input": "input_tokens", "output_actual": "output_tokens_actual"} | {
    "output_expected": "output_tokens_expected"
}
# Where single values sit in a v3 row, and what the flat schemas call them.
_PLACES = {
    "request_metrics.throughput.input.tokens_per_second": "input_tput_tps",
    "request_metrics.throughput.output.tokens_per_second": "output_tput_tps",
    "request_metrics.throughput.total.tokens_per_second": "total_tput_tps",
    "request_metrics.throughput.duration_seconds": "duration_seconds",
    "request_metrics.throughput.per_gpu.total_tput_tps": "tput_per_gpu",
    "request_metrics.throughput.per_gpu.output_tput_tps": "output_tput_per_gpu",
    "request_metrics.throughput.per_gpu.input_tput_tps": "input_tput_per_gpu",
    "request_metrics.cache.theoretical_cache_hit_rate": "theoretical_cache_hit_rate",
    "server_metrics.cache.gpu_cache_hit_rate": "server_gpu_cache_hit_rate",
    "server_metrics.cache.cpu_cache_hit_rate": "server_cpu_cache_hit_rate",
    "server_metrics.cache.external_cache_hit_rate": "server_external_cache_hit_rate",
    "server_metrics.kv_cache.gpu_usage_pct": "gpu_kv_cache_usage_pct",
    "server_metrics.tokens.prompt_total": "total_prompt_tokens",
    "server_metrics.tokens.generation_total": "total_generation_tokens",
    "server_metrics.tokens.requests_completed": "total_requests_completed",
}


def is_agentic(row: Row) -> bool:
    kind = row.get("scenario_type")
    return isinstance(kind, str) and kind.startswith("agentic")


def flatten(row: Row) -> dict[str, object]:
    """The metrics of a v3 row under the flat schemas' names; nothing for other rows."""
    requests = row.get("request_metrics")
    if not isinstance(requests, Mapping):
        return {}
    flat: dict[str, object] = dict(_statistics(requests.get("qps"), "qps"))
    for container, names in (("latency", {name: name for name in _LATENCIES}), ("tokens", _TOKENS)):
        for name, flat_name in names.items():
            flat.update(_statistics(_at(requests, f"{container}.{name}"), flat_name))
    values = ((name, _at(row, place)) for place, name in _PLACES.items())
    return flat | {name: value for name, value in values if value is not None}


def derive_interactivity(metrics: dict[str, float]) -> None:
    """Make every `*_intvty` 1 / `*_itl` of the same statistic; what cannot be derived goes.

    Time between visible tokens hides tokens spent on thinking, so the inter-token latency over
    the full response replaces it where the artifact has that. Standard deviations stay as given.
    """
    if any(name.endswith("_full_response_itl") for name in metrics):
        for name in [name for name in metrics if _ITL.fullmatch(name)]:
            del metrics[name]
        for name in [name for name in metrics if "_full_response_" in name]:
            metrics[name.replace("_full_response", "")] = metrics[name]
    for name in [name for name in metrics if name.endswith("_intvty") and _ITL.fullmatch(name)]:
        if not name.startswith("std_"):
            del metrics[name]
    for name, value in list(metrics.items()):
        if name.endswith("_itl") and _ITL.fullmatch(name) and value > 0 and not name.startswith("std_"):
            metrics[name.removesuffix("_itl") + "_intvty"] = 1 / value


def _statistics(container: object, name: str) -> Iterator[tuple[str, object]]:
    if isinstance(container, Mapping):
        for statistic, value in container.items():
            if isinstance(statistic, str) and _STATISTIC.fullmatch(statistic) and value is not None:
                yield f"{'median' if statistic == 'p50' else statistic}_{name}", value


def _at(value: object, place: str) -> object:
    for step in place.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
