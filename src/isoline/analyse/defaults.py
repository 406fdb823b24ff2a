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
    """Targets at a quarter, a half and three quarters of the range, rounded half up, without repeats.

    Where a whole number lies outside the range, which is narrow then, the target keeps a decimal or more.
    """
    if span is None:
        return ()
    low, high = span
    fractions = (0.25, 0.5, 0.75) if high > low else (0.0,)
    rounded = [_inside(low + (high - low) * f, low, high) for f in fractions]
    return tuple(dict.fromkeys(t for t in rounded if t > 0))


def _inside(x: float, low: float, high: float) -> float:
    """`x` with as few decimals, up to two, as keep it in the range; else `x` itself."""
    near = (floor(x * scale + 0.5) / scale for scale in (1, 10, 100))
    return next((value for value in near if low <= value <= high), x)


def shown_range(span: tuple[float, float]) -> tuple[float, float]:
    """The range in whole tok/s/user: ceil(min) ... floor(max), or the range itself if that is empty."""
    low, high = float(ceil(span[0])), float(floor(span[1]))
    return (low, high) if low <= high else span


def measured_range(interactivities: Sequence[float]) -> tuple[float, float] | None:
    """Lowest and highest interactivity of a side's points, tok/s/user."""
    return (min(interactivities), max(interactivities)) if interactivities else None
