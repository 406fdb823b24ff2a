"""Figures of the store as people read them: latencies in ms, rates rounded, absent as a dash."""

from __future__ import annotations

import re
from collections.abc import Mapping

ABSENT = "—"
_LATENCY = re.compile(
    r"_(?:ttft|tpot|itl|e2el|full_response_itl|inter_chunk_latency|time_to_\w+|token_weighted_\w+)$"
)
_NAMES = {
    "interactivity": "tok/s/user",
    "throughput": "tok/s/GPU",
    "output_throughput_per_gpu": "output tok/s/GPU",
    "input_throughput_per_gpu": "input tok/s/GPU",
    "total_requests_completed": "requests",
    "avg_power_w": "W/GPU",
    "spec_acceptance_length": "accepted",
    "spec_acceptance_length_shown": "accepted, mean of a gauge",
}


def named(name: str) -> str:
    """The heading of a figure, with its unit: `median_ttft` -> `median ttft, ms`."""
    if name in _NAMES:
        return _NAMES[name]
    return f"{name.replace('_', ' ')}, ms" if _LATENCY.search(name) else name


def figure(name: str, value: float | None) -> str:
    """A figure in the unit of its heading, to four digits or the whole number."""
    if value is None:
        return ABSENT
    shown = value * 1000 if _LATENCY.search(name) else value
    if abs(shown) >= 1000 or shown == int(shown):
        return f"{shown:,.0f}"
    return f"{shown:.4g}"


def changed(ratio: float | None) -> str:
    """A relative change: 0.031 -> `+3.1 %`; beyond a doubling as a factor."""
    if ratio is None:
        return ABSENT
    if ratio >= 1:
        return f"{ratio + 1:.2f}×"
    return f"{ratio * 100:+.1f} %".replace("-", "−")


def plain(value: object) -> str:
    """A field's value on one line, without what could steer a terminal."""
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{plain(name)} {plain(held)}" for name, held in value.items()) or ABSENT
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value)) or ABSENT
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)
