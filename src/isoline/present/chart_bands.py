"""How far a chart reaches for its interval bands, and where one that goes on beyond the axis fades out.

Limits of two runs can be many times the reading. An axis that held them all would press the curves flat, and
a band cut off at its edge would look like one that ends there.
"""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from isoline.present.chart_data import samples_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isoline.analyse.comparison import Band
    from isoline.present.chart_data import Row
    from isoline.present.chart_scale import Scale

STRETCH = 1.25  # of the length of axis that points and curves need: the most that it gets for bands
FADE = 0.1  # of the axis, beside an edge that a band is cut at
TOP, BOTTOM = "top", "bottom"
TINY = 1e-9  # of the axis: what rounding moves a crossing by
SMALLEST = 1e-12  # what 0 is on a logarithmic axis

Outline = tuple[float, float, float]  # x, low, high


def reach(ys: Sequence[float], bands: Sequence[Band], *, log: bool) -> tuple[float, ...]:
    """Values beside `ys` that the y axis holds: the outermost limits of bands, if they are not too far."""
    if not ys or not bands:
        return ()
    least, most = min(ys), max(ys)
    high = max(high for band in bands for _, _, high in band.samples)
    if not log:  # from 0, which no limit lies below
        return (min(high, STRETCH * most),)
    if least <= 0:
        return ()
    each_way = (most / least) ** ((STRETCH - 1) / 2)
    low = min(low for band in bands for _, low, _ in band.samples)
    return max(low, least / each_way), min(high, each_way * most)


def cut_rows(bands: list[Row], y: Scale) -> list[Row]:
    """The parts of bands beside an edge that cuts them, as outlines from `y` to `y2` like the bands' own.

    They hold all of a band within `FADE` of that edge, so that its outline fades where it comes near.
    """
    rows: list[Row] = []
    for path, own in groupby(bands, key=lambda row: str(row["path"])):
        samples = list(own)
        highs = (float(str(row["y2"])) for row in samples)
        ups = [
            (x, _along(y, low), _along(y, high))
            for (x, low), high in zip(samples_of(samples), highs, strict=True)
        ]
        downs = [(x, 1 - b, 1 - a) for x, a, b in ups]
        for edge, outline in ((TOP, ups), (BOTTOM, downs)):
            for number, part in enumerate(_cut(outline)):
                whose = {name: samples[0][name] for name in ("side", "series")}
                shared = whose | {"path": f"{path} {edge} {number}", "edge": edge}
                ends = [(x, *((a, b) if edge == TOP else (1 - b, 1 - a))) for x, a, b in part]
                rows += [shared | {"x": x, "y": y.value(a), "y2": y.value(b)} for x, a, b in ends]
    return rows


def _along(y: Scale, value: float) -> float:
    """How far along the axis a value lies, also beyond its ends."""
    if not y.log:
        return y.fraction(value)
    return math.log(max(value, SMALLEST) / y.low) / math.log(y.high / y.low)


def _cut(outline: list[Outline]) -> Iterator[list[Outline]]:
    """The stretches within `FADE` of 1 that go beyond 1, as far as 1."""
    near = 1 - FADE
    fine = [*_crossings(outline, (near, 1.0)), outline[-1]]
    for beside, own in groupby(fine, key=lambda sample: sample[2] >= near - TINY):
        part = list(own)
        if beside and max(high for _, _, high in part) > 1 + TINY:
            yield [(x, min(max(low, near), 1.0), min(max(high, near), 1.0)) for x, low, high in part]


def _crossings(outline: list[Outline], levels: Sequence[float]) -> Iterator[Outline]:
    """The outline but its end, with a sample wherever one of its limits crosses a level."""
    for left, right in pairwise(outline):
        yield left
        crossed = {
            (level - a) / (b - a)
            for a, b in ((left[1], right[1]), (left[2], right[2]))
            for level in levels
            if min(a, b) < level < max(a, b)
        }
        for share in sorted(crossed):
            x, low, high = (a + share * (b - a) for a, b in zip(left, right, strict=True))
            yield x, low, high
