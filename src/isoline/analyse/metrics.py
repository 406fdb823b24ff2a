"""Formulas of the metrics that are derived from a throughput."""

from __future__ import annotations

TOKENS_PER_MTOK = 1e6
SECONDS_PER_HOUR = 3600.0


def cost_per_mtok(usd_per_gpu_hour: float, tokens_per_s_per_gpu: float) -> float | None:
    """$/M tokens = $/GPU-hour / (tok/s/GPU x 3600 / 1e6); `None` without throughput."""
    mtok_per_hour = tokens_per_s_per_gpu * SECONDS_PER_HOUR / TOKENS_PER_MTOK
    if mtok_per_hour <= 0:
        return None
    return usd_per_gpu_hour / mtok_per_hour


def tokens_per_s_per_mw(tokens_per_s_per_gpu: float, kw_per_gpu: float) -> float:
    """tok/s per megawatt of all-in power: tok/s/GPU x 1000 / kW per GPU."""
    return tokens_per_s_per_gpu * 1000.0 / kw_per_gpu


def joules_per_token(kw_per_gpu: float, tokens_per_s_per_gpu: float) -> float | None:
    """J per token of provisioned power: kW per GPU x 1000 / tok/s/GPU; `None` without throughput."""
    return kw_per_gpu * 1000.0 / tokens_per_s_per_gpu if tokens_per_s_per_gpu > 0 else None


def implied_usd_per_gpu_hour(usd_per_mtok: float, tokens_per_s_per_gpu: float) -> float:
    """The hourly price that a printed cost and throughput imply: the inverse of `cost_per_mtok`."""
    return usd_per_mtok * tokens_per_s_per_gpu * SECONDS_PER_HOUR / TOKENS_PER_MTOK


def implied_kw_per_gpu(tokens_per_s_mw: float, tokens_per_s_per_gpu: float) -> float:
    """The power that a printed tok/s/MW and throughput imply: the inverse of `tokens_per_s_per_mw`."""
    return tokens_per_s_per_gpu * 1000.0 / tokens_per_s_mw
