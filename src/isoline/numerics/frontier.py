"""Which points no other point beats on both axes.

A corner names the two better directions the way InferenceX's charts do (feature map b.2): `upper_left`
is throughput over interactivity (more of both is better), `upper_right` throughput over latency,
`lower_right` cost over interactivity, `lower_left` cost over latency.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Literal

Corner = Literal["upper_left", "upper_right", "lower_left", "lower_right"]


def frontier(xs: Sequence[float], ys: Sequence[float], corner: Corner = "upper_left") -> list[int]:
    """Indexes of the points on the front of `corner`; points that are not finite are left out.

    The order is the reference's: ascending x, except `lower_right`, which starts at the largest x.
    y is strictly monotone along the front, except `upper_right`, where equal y stay on it. Of equal
    points the first is kept.
    """
    larger_x = corner in ("upper_left", "lower_right")
    larger_y = corner in ("upper_left", "upper_right")
    ties_stay = corner == "upper_right"
    towards_x = -1.0 if larger_x else 1.0
    towards_y = -1.0 if larger_y else 1.0
    order = sorted(
        (i for i in range(len(xs)) if isfinite(xs[i]) and isfinite(ys[i])),
        key=lambda i: (towards_x * xs[i], towards_y * ys[i], i),
    )
    front: list[int] = []
    for i in order:
        if front:
            last = front[-1]
            better = towards_y * ys[i] < towards_y * ys[last]
            tie = ties_stay and ys[i] == ys[last] and xs[i] != xs[last]
            if not (better or tie):
                continue
        front.append(i)
    if corner == "upper_left":
        front.reverse()
    return front
