"""What printed figures give away about the price and power they were computed with."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from isoline.analyse.metrics import implied_kw_per_gpu, implied_usd_per_gpu_hour
from isoline.domain.point import Point


def implied_note(points: Sequence[Point]) -> str | None:
    """The hourly price and the power that the printed cost and tok/s/MW imply: derived, not printed."""
    hourly = [
        implied_usd_per_gpu_hour(p.printed_cost, p.throughput) for p in points if p.printed_cost is not None
    ]
    power = [
        implied_kw_per_gpu(p.printed_tokens_per_mw, p.throughput)
        for p in points
        if p.printed_tokens_per_mw is not None
    ]
    if not hourly:
        return None
    text = (
        f"The page's prices are not known; its printed costs imply about ${median(hourly):.2f} per GPU-hour"
    )
    return f"{text} and {median(power):.2f} kW per GPU (derived)." if power else f"{text} (derived)."
