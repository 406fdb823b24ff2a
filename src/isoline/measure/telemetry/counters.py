"""What an engine counted between two scrapes of its `/metrics`. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from isoline.measure.telemetry import ENGINE, TelemetrySummary

if TYPE_CHECKING:
    from prometheus_client import Metric

Scrape = Mapping[str, float]
"""Counter -> value, summed over models and engine processes; `name@3` is position 3."""

# What engines call the same thing. vLLM: its production metrics; SGLang: its metrics collector.
COUNTERS: Mapping[str, tuple[str, ...]] = {
    "prompt_tokens": ("vllm:prompt_tokens_total", "sglang:prompt_tokens_total"),
    "generation_tokens": ("vllm:generation_tokens_total", "sglang:generation_tokens_total"),
    "cache_queries": ("vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"),
    "cache_hits": ("vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"),
    "cached_tokens": ("sglang:cached_tokens_total",),
    "preemptions": ("vllm:num_preemptions_total",),
    "drafts": ("vllm:spec_decode_num_drafts_total",),
    "draft_tokens": ("vllm:spec_decode_num_draft_tokens_total",),
    "accepted_tokens": ("vllm:spec_decode_num_accepted_tokens_total",),
    "accepted_at": ("vllm:spec_decode_num_accepted_tokens_per_pos_total",),
}
_OURS = {name: ours for ours, names in COUNTERS.items() for name in names}


def scrape(families: Iterable[Metric]) -> dict[str, float]:
    """The counters that are known here, of parsed metric families."""
    found: dict[str, float] = {}
    for family in families:
        for sample in family.samples:
            ours = _OURS.get(sample.name)
            if ours is None:
                continue
            key = f"{ours}@{sample.labels.get('position', '?')}" if ours == "accepted_at" else ours
            found[key] = found.get(key, 0.0) + sample.value
    return found


def engine_summary(source: str, before: Scrape, after: Scrape) -> TelemetrySummary | None:
    """Shares and counts of what happened between two scrapes; `None` if the engine counts nothing known.

    A counter that went down says that the engine was restarted: then nothing is derived, and a flag.
    """
    if not after:
        return None
    if any(value > after.get(key, value) for key, value in before.items()):
        flag = "restarted: a counter went down, the engine was restarted in the window"
        return TelemetrySummary(source=source, boundary=ENGINE, metrics={}, flags=[flag])
    change = {key: value - before.get(key, 0.0) for key, value in after.items()}
    return TelemetrySummary(source=source, boundary=ENGINE, metrics=_figures(change))


def _figures(change: Mapping[str, float]) -> dict[str, float]:
    ratios = {
        "server_gpu_cache_hit_rate": ("cache_hits", "cache_queries")
        if "cache_queries" in change
        else ("cached_tokens", "prompt_tokens"),
        "spec_acceptance_rate": ("accepted_tokens", "draft_tokens"),
    }
    found = {
        name: change[part] / change[whole]
        for name, (part, whole) in ratios.items()
        if part in change and change.get(whole, 0.0) > 0
    }
    found |= {
        f"engine_{name}": change[name]
        for name in ("prompt_tokens", "generation_tokens", "preemptions")
        if name in change
    }
    if change.get("drafts", 0.0) > 0:
        # The token that the model itself adds to each draft counts, as in a recipe.
        found["spec_acceptance_length"] = 1 + change.get("accepted_tokens", 0.0) / change["drafts"]
        found |= {
            f"spec_acceptance_pos_{key.removeprefix('accepted_at@')}": value / change["drafts"]
            for key, value in sorted(change.items())
            if key.startswith("accepted_at@")
        }
    return found
