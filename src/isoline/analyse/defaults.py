"""Ranges of interactivity, and the targets that are read when none were asked for (feature map b.2)."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor


def common_range(a: tuple[float, float] | None, b: tuple[float, float] | None) -> tuple[float, float] | None:
    """Overlap of two interactivity ranges; without a real overlap their union; of one side its own."""
    if a is None or b is None:
        return a or b
    low, high = max(a[0], b[0]), min(a[1], b[1])
    if low < high:
        return (low, high)
    return (min(a[0], b[0]), max(a[1], b[1]))


def default_targets(span: tuple[float, float] | None) -> tuple[float, ...]:
    """Targets at a quarter, a half and three quarters of the range, rounded half up, without repeats."""
    if span is None:
        return ()
    low, high = span
    fractions = (0.25, 0.5, 0.75) if high > low else (0.0,)
    rounded = [float(floor(low + (high - low) * f + 0.5)) for f in fractions]
    return tuple(dict.fromkeys(t for t in rounded if t > 0))


def shown_range(span: tuple[float, float]) -> tuple[float, float]:
    """The range in whole tok/s/user: ceil(min) ... floor(max), or the range itself if that is empty."""
    low, high = float(ceil(span[0])), float(floor(span[1]))
    return (low, high) if low <= high else span


def measured_range(interactivities: Sequence[float]) -> tuple[float, float] | None:
    """Lowest and highest interactivity of a side's points, tok/s/user."""
    return (min(interactivities), max(interactivities)) if interactivities else None
