"""What engines call their metrics: one table, engine and metric -> our field.

Sources, at the versions of 2026: vLLM's production metrics; SGLang's `observability/metrics_collector.py`;
TensorRT-LLM's `metrics/collector.py`; the table of `/metrics` in llama.cpp's `tools/server/README.md`.
"""

from __future__ import annotations

from typing import NamedTuple


class EngineMetric(NamedTuple):
    """One metric of one engine. Samples are told apart by the values of `label`, where there is one."""

    engine: str
    name: str
    field: str
    label: str = ""


RUNNING, WAITING, KV_USE = "requests_running", "requests_waiting", "kv_cache_usage"
LENGTH_SHOWN, RATE_SHOWN = "spec_length_shown", "spec_rate_shown"
GAUGES = {
    RUNNING: "requests",
    WAITING: "requests",
    KV_USE: "share",
    LENGTH_SHOWN: "tokens",
    RATE_SHOWN: "share",
}
"""Fields that show a state, and their units; all others are counters."""

# Of several names that one field has, the first counts that the engine shows: versions rename, and some
# show the old name beside the new one. `cached_tokens@TIER` are prompt tokens that a cache held,
# `computed_tokens` those that none did; `…_at` go by position in the draft, the first being 0.
_VLLM = (
    ("prompt_tokens_total", "prompt_tokens"),
    ("generation_tokens_total", "generation_tokens"),
    ("prefix_cache_queries_total", "cache_queries"),
    ("gpu_prefix_cache_queries_total", "cache_queries"),
    ("prefix_cache_hits_total", "cached_tokens@gpu"),
    ("gpu_prefix_cache_hits_total", "cached_tokens@gpu"),
    ("external_prefix_cache_hits_total", "cached_tokens@external"),
    ("num_preemptions_total", "preemptions"),
    ("spec_decode_num_drafts_total", "drafts"),
    ("spec_decode_num_draft_tokens_total", "draft_tokens"),
    ("spec_decode_num_accepted_tokens_total", "accepted_tokens"),
    ("spec_decode_num_accepted_tokens_per_pos_total", "accepted_at", "position"),
    ("num_requests_running", RUNNING),
    ("num_requests_waiting", WAITING),
    ("kv_cache_usage_perc", KV_USE),
    ("gpu_cache_usage_perc", KV_USE),
)
_SGLANG = (
    ("prompt_tokens_total", "prompt_tokens"),
    ("generation_tokens_total", "generation_tokens"),
    ("cached_tokens_total", "cached_tokens", "cache_source"),
    ("num_retracted_requests_total", "preemptions"),
    ("num_running_reqs", RUNNING),
    ("num_queue_reqs", WAITING),
    ("token_usage", KV_USE),
    ("spec_accept_length", LENGTH_SHOWN),
    ("spec_accept_rate", RATE_SHOWN),
)
_TRTLLM = (
    ("prompt_tokens_total", "prompt_tokens"),
    ("generation_tokens_total", "generation_tokens"),
    ("prompt_cache_hit_tokens_total", "cached_tokens", "cache_tier"),
    ("prompt_cached_tokens_total", "cached_tokens"),
    ("kv_cache_reused_blocks_total", "cached_blocks"),
    ("kv_cache_missed_blocks_total", "missed_blocks"),
    ("spec_decode_drafted_tokens_total", "drafted_at", "token_position"),
    ("spec_decode_accepted_tokens_total", "accepted_at", "token_position"),
    ("spec_decode_num_draft_tokens_total", "draft_tokens"),
    ("spec_decode_num_accepted_tokens_total", "accepted_tokens"),
    ("num_requests_running", RUNNING),
    ("num_requests_waiting", WAITING),
    ("kv_cache_utilization", KV_USE),
    ("spec_decode_acceptance_length", LENGTH_SHOWN),
)
_LLAMA_CPP = (
    ("prompt_tokens_total", "computed_tokens"),
    ("prompt_tokens_cached_total", "cached_tokens@gpu"),
    ("tokens_predicted_total", "generation_tokens"),
    ("spec_decode_num_drafts_total", "drafts"),
    ("spec_decode_num_draft_tokens_total", "draft_tokens"),
    ("spec_decode_num_accepted_tokens_total", "accepted_tokens"),
    ("spec_decode_num_accepted_tokens_per_pos_total", "accepted_at", "position"),
    ("requests_processing", RUNNING),
    ("requests_deferred", WAITING),
    ("kv_cache_usage_ratio", KV_USE),
)
METRICS: tuple[EngineMetric, ...] = tuple(
    EngineMetric(engine, prefix + name, *field)
    for engine, prefix, rows in (
        ("vllm", "vllm:", _VLLM),
        ("sglang", "sglang:", _SGLANG),
        ("trt", "trtllm_", _TRTLLM),
        ("llama-cpp", "llamacpp:", _LLAMA_CPP),
    )
    for name, *field in rows
)
NAMES: dict[str, EngineMetric] = {metric.name: metric for metric in METRICS}

PATHS = {
    "vllm": "/metrics",
    "sglang": "/metrics",
    # Its /metrics is no Prometheus endpoint but a list of iterations that every reader empties.
    "trt": "/prometheus/metrics",
    "llama-cpp": "/metrics",
    "simulated": "/metrics",
}
"""Where each engine shows them."""

SWITCHES = {
    "sglang": "start it with --enable-metrics",
    "trt": "put return_perf_metrics: true and enable_iter_perf_stats: true into the file of its --config",
    "llama-cpp": "start it with --metrics",
}
"""What turns them on where they are off by default."""
