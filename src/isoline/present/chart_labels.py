"""Where labels go: each takes the free spot nearest to what it names."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


OVERLAP = 1e4  # the price of covering a label; that of covering a mark is 1
AXIS_PADDING = 4.0  # pixels below the plot that are empty before the tick labels


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
    marks: Sequence[tuple[float, float]] = ()  # by x ascending
    _labels: list[tuple[float, float, float, float]] = field(default_factory=list)

    def place(self, x: float, y: float, width: float, height: float, spots: Iterable[Spot]) -> Spot:
        """The cheapest of `spots` for a text of this size anchored at (x, y); earlier ones win ties."""
        best, best_box, best_price = Spot(0, 0), (0.0, 0.0, 0.0, 0.0), float("inf")
        for spot in spots:
            box = _box(x, y, width, height, spot)
            price = self._price(box)
            if price < best_price:
                best, best_box, best_price = spot, box, price
            if price == 0:
                break
        self._labels.append(best_box)
        return best

    def place_free(
        self, x: float, y: float, width: float, height: float, spots: Sequence[Spot]
    ) -> Spot | None:
        """The same, but nowhere rather than on another label or outside."""
        if min(self._price(_box(x, y, width, height, spot)) for spot in spots) >= OVERLAP:
            return None
        return self.place(x, y, width, height, spots)

    def has_room(self, x: float, y: float, width: float, height: float, spots: Iterable[Spot]) -> bool:
        """Whether one of `spots` covers nothing."""
        return any(self._price(_box(x, y, width, height, spot)) == 0 for spot in spots)

    def _price(self, box: tuple[float, float, float, float]) -> float:
        left, top, right, bottom = box
        outside = (
            left < 0 or right > self.width + self.overhang or top < 0 or bottom > self.height + AXIS_PADDING
        )
        overlaps = sum(
            left < other[2] and other[0] < right and top < other[3] and other[1] < bottom
            for other in self._labels
        )
        near = self.marks[bisect_left(self.marks, (left,)) : bisect_right(self.marks, (right, inf))]
        covered = sum(top <= y <= bottom for _, y in near)
        return 1e6 * outside + OVERLAP * overlaps + covered


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
        Spot(near, -3 * rise),
    )


def end_spots(font: float, *, down: bool) -> tuple[Spot, ...]:
    """Right of the end of a line, then stepping away from it, then above it."""
    first = 1 if down else -1
    steps = [0.0, *(first * sign * 1.15 * n for n in range(1, 6) for sign in (1, -1))]
    beside = tuple(Spot(0.8 * font, step * font) for step in steps)
    return (*beside, Spot(0.0, -1.3 * font, "right"), Spot(0.0, 1.3 * font, "right"))


def text_width(text: str, font: float, *, bold: bool = False) -> float:
    """An estimate that is a little too wide for every common sans."""
    return len(text) * font * (0.62 if bold else 0.57)
