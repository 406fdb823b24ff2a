"""What an engine counted between two scrapes of its metrics. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from isoline.measure.telemetry import ENGINE, TelemetrySummary
from isoline.measure.telemetry.engine_metrics import GAUGES, METRICS, NAMES

if TYPE_CHECKING:
    from prometheus_client import Metric

Scrape = Mapping[str, float]
"""Counter -> value, summed over models and engine processes; `accepted_at@3` is position 3."""

_TIERS = {
    "": "gpu",
    "device": "gpu",
    "gpu": "gpu",
    "host": "cpu",
}  # any other is outside the machine's memory
_CACHES = ("gpu", "cpu", "external")


def scrape(families: Iterable[Metric]) -> dict[str, float]:
    """The counters that are known here, of parsed metric families."""
    by_name: dict[str, dict[str, float]] = {}
    for family in families:
        for sample in family.samples:
            metric = NAMES.get(sample.name)
            if metric is not None and metric.field not in GAUGES:
                values = by_name.setdefault(sample.name, {})
                key = _key(metric.field, sample.labels.get(metric.label, ""), bool(metric.label))
                values[key] = values.get(key, 0.0) + sample.value
    fields: dict[str, dict[str, float]] = {}
    for metric in METRICS:
        if metric.name in by_name:
            fields.setdefault(metric.field, by_name[metric.name])
    return {key: value for values in fields.values() for key, value in values.items()}


def _key(field: str, value: str, told_apart: bool) -> str:
    if field == "cached_tokens":
        return f"{field}@{_TIERS.get(value, 'external')}"
    return f"{field}@{value or '?'}" if told_apart else field


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
    metrics = {**_tokens(change), **_cache(change), **_drafts(change)}
    return TelemetrySummary(source=source, boundary=ENGINE, metrics=metrics)


def _tokens(change: Scrape) -> dict[str, float]:
    named = {
        "engine_prompt_tokens": _prompt_tokens(change),
        "engine_generation_tokens": change.get("generation_tokens"),
        "engine_preemptions": change.get("preemptions"),
    }
    return {name: value for name, value in named.items() if value is not None}


def _prompt_tokens(change: Scrape) -> float | None:
    """Those of a cache included: llama.cpp counts them apart."""
    cached = _at(change, "cached_tokens")
    if "prompt_tokens" in change or "computed_tokens" not in change or not cached:
        return change.get("prompt_tokens")
    return change["computed_tokens"] + sum(cached.values())


def _cache(change: Scrape) -> dict[str, float]:
    """Shares of the prompt tokens, or of the blocks where only those are counted."""
    cached = _at(change, "cached_tokens")
    whole = change.get("cache_queries", _prompt_tokens(change))
    if not cached and "cached_blocks" in change:
        cached = {"gpu": change["cached_blocks"]}
        whole = change["cached_blocks"] + change.get("missed_blocks", 0.0)
    if not whole:
        return {}
    return {f"server_{tier}_cache_hit_rate": cached[tier] / whole for tier in _CACHES if tier in cached}


def _drafts(change: Scrape) -> dict[str, float]:
    """Acceptance, by position too. TensorRT-LLM counts no drafts, but every draft has a first token."""
    drafted, accepted_at = _at(change, "drafted_at"), _at(change, "accepted_at")
    tokens = sum(drafted.values()) if drafted else change.get("draft_tokens", 0.0)
    accepted = sum(accepted_at.values()) if drafted else change.get("accepted_tokens", 0.0)
    drafts = drafted.get("0", 0.0) if drafted else change.get("drafts", 0.0)
    found = {"spec_acceptance_rate": accepted / tokens} if tokens > 0 else {}
    if drafts > 0:
        # The token that the model itself adds to each draft counts, as in a recipe.
        found["spec_acceptance_length"] = 1 + accepted / drafts
        found |= {f"spec_acceptance_pos_{at}": value / drafts for at, value in sorted(accepted_at.items())}
    return found


def _at(change: Scrape, field: str) -> dict[str, float]:
    """What a field has by position or tier."""
    start = f"{field}@"
    return {key.removeprefix(start): value for key, value in change.items() if key.startswith(start)}
