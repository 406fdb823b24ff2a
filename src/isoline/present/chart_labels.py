"""Where labels go: each takes the free spot nearest to what it names."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from isoline.present.chart_data import Sample

OVERLAP = 1e4  # the price of covering a label
FREE = 0.1  # below that of covering the palest mark
MARGIN = 2.0  # pixels beside a label that it keeps free; above and below its letters leave room
NARROW, WIDE = frozenset(" ,.:;'|!()[]-fijlrtI"), frozenset("mwMW%&@×÷")  # signs of a text
ASTRAY, MISTAKEN = 10.0, 3.0  # pixels below or above another target's mark, and the price of standing there
AXIS_PADDING = 4.0  # pixels below the plot that are empty before the tick labels


Mark = tuple[float, float, float]  # a pixel, and the price of covering it


@dataclass(frozen=True, slots=True)
class Spot:
    """A text offset from its anchor, in pixels."""

    dx: float
    dy: float
    align: str = "left"


@dataclass(slots=True)
class Space:
    """The plot area in pixels, filling up: `marks` may be covered at a price, labels may not."""

    width: float
    height: float
    overhang: float  # how far a label may reach beyond the right edge
    marks: Sequence[Mark] = ()  # by x ascending
    _labels: list[tuple[float, float, float, float]] = field(default_factory=list)

    def place(
        self,
        spots: Iterable[tuple[Sample, Spot]],
        width: float,
        height: float,
        *,
        covering: bool = False,
    ) -> tuple[Sample, Spot] | None:
        """The first of `spots`, each offset from its anchor, where a text of this size covers nothing.

        With `covering` marks may be covered, as few as possible. Never another label, never outside: then
        there is none.
        """
        best, best_box, least = None, (0.0, 0.0, 0.0, 0.0), OVERLAP if covering else FREE
        for anchor, spot in spots:
            box = _box(*anchor, width, height, spot)
            price = self._price(box)
            if price < least:
                best, best_box, least = (anchor, spot), box, price
            if price == 0:
                break
        if best:
            self.reserve(best_box)
        return best

    def reserve(self, box: tuple[float, float, float, float]) -> None:
        """Left, top, right and bottom of what no label may cover."""
        self._labels.append(box)

    def _price(self, box: tuple[float, float, float, float]) -> float:
        left, top, right, bottom = box
        outside = (
            left < 0 or right > self.width + self.overhang or top < 0 or bottom > self.height + AXIS_PADDING
        )
        left, right = left - MARGIN, right + MARGIN
        overlaps = sum(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for other in self._labels
        )
        near = self.marks[bisect_left(self.marks, (left,)) : bisect_right(self.marks, (right, inf))]
        covered = sum(weight for _, y, weight in near if top <= y <= bottom)
        beside = sum(
            weight >= OVERLAP and not top <= y <= bottom and top - ASTRAY <= y <= bottom + ASTRAY
            for _, y, weight in near
        )
        return 1e6 * outside + OVERLAP * overlaps + covered + MISTAKEN * beside


def _box(x: float, y: float, width: float, height: float, spot: Spot) -> tuple[float, float, float, float]:
    left = x + spot.dx - (width if spot.align == "right" else 0.0)
    top = y + spot.dy - height / 2
    return left, top, left + width, top + height


def value_spots(font: float) -> tuple[Spot, ...]:
    """Beside a falling curve the upper right and the lower left are free."""
    near, rise = 0.75 * font, 0.8 * font
    return (
        Spot(near, -rise),
        Spot(-near, rise, "right"),
        Spot(near, -2 * rise),
        Spot(-near, 2 * rise, "right"),
        Spot(near, rise),
        Spot(-near, -rise, "right"),
        Spot(near, 2 * rise),
        Spot(near, -3 * rise),
    )


def end_spots(font: float, *, down: bool) -> tuple[Spot, ...]:
    """Right of the end of a line, then stepping away from it, then above and below it."""
    first = 1 if down else -1
    steps = [0.0, *(first * sign * 1.15 * n for n in range(1, 3) for sign in (1, -1))]
    beside = tuple(Spot(0.8 * font, step * font) for step in steps)
    return (*beside, Spot(0.0, -1.3 * font, "right"), Spot(0.0, 1.3 * font, "right"))


def traced(path: Sequence[Sample], step: float = 4.0) -> list[Sample]:
    """A line of pixels with more samples, none farther apart than `step`: what a label would cover."""
    found = list(path[:1])
    for (x0, y0), (x1, y1) in pairwise(path):
        count = max(1, ceil(max(abs(x1 - x0), abs(y1 - y0)) / step))
        found += [(x0 + (x1 - x0) * k / count, y0 + (y1 - y0) * k / count) for k in range(1, count + 1)]
    return found


def text_width(text: str, font: float, *, bold: bool = False) -> float:
    """An estimate that is a little too wide for every common sans, DejaVu Sans and Verdana included."""
    ems = sum(
        0.42
        if sign in NARROW
        else 1.0
        if sign in WIDE or sign > "\u00ff"
        else 0.77
        if sign.isupper()
        else 0.65
        for sign in text
    )
    return ems * font * (1.1 if bold else 1.0)
