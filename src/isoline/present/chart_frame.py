"""The frame of a chart in pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from isoline.present.chart_data import Row, Sample, samples_of
from isoline.present.chart_labels import (
    text_width,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isoline.present.chart_scale import Scale

NARROW = 600  # pixels; below it the legend takes two rows and shorter words
SIDE_SIZE, SERIES_SIZE = 1.15, 0.88  # of body text


@dataclass(frozen=True, slots=True)
class End:
    """The right end of a line, and the name written there."""

    side: str
    text: str
    at: Sample


@dataclass(frozen=True, slots=True)
class Frame:
    """Sizes in pixels; all lengths follow `font`, the size of body text."""

    width: int
    height: int
    font: float
    padding: dict[str, int]  # around the plot: axes, names of lines, title
    room: float  # the width that the plot and the names right of it share
    head: float  # above the plot: numbers and ratios of targets
    x: Scale
    y: Scale

    @classmethod
    def of(
        cls,
        width: int,
        height: int,
        font: float,
        *,
        x: Scale,
        y: Scale,
        ends: Sequence[End],
        title_lines: int,
        targets: bool,
        legend: bool,
    ) -> Frame:
        """Room for all that is written around the plot, by estimated widths of texts.

        Vega could make room by measuring. Then the plot would move with the fonts of a machine, and a
        picture would not lie where the chart that replaces it does.
        """
        axis = max((text_width(f"{tick:,.12g}", 0.95 * font) for tick in y.ticks), default=font) + 2.6 * font
        room = width - axis - 2.4 * font
        fits = [
            (room - 1 - 0.8 * font - text_width(end.text, SIDE_SIZE * font, bold=True)) / share
            for end in ends
            if (share := x.fraction(end.at[0])) > 0
        ]
        head = (3.8 if targets else 0.8) * font
        keys = _keys(width) * font if not legend else (2.5 if width < NARROW else 0.7) * font
        above = 1.4 * font + head + keys + (3.0 * font + 1.35 * font * title_lines if title_lines else 0)
        left, right = font + axis, 1.4 * font + room - max(min([room, *fits]), 0.5 * room)
        sides = {"left": left, "right": right, "top": above, "bottom": 4.3 * font}
        padding = {name: round(size) for name, size in sides.items()}
        return cls(width, height, font, padding, room=room, head=head, x=x, y=y)

    @property
    def plot_width(self) -> int:
        return self.width - self.padding["left"] - self.padding["right"]

    @property
    def plot_height(self) -> int:
        return self.height - self.padding["top"] - self.padding["bottom"]

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    def pixel(self, at: Sample) -> Sample:
        """Where a value lands, from the top left of the plot."""
        return (
            self.x.fraction(at[0]) * self.plot_width,
            (1 - self.y.fraction(at[1])) * self.plot_height,
        )

    def value(self, pixel: Sample) -> Sample:
        """What lies at a pixel."""
        return self.x.value(pixel[0] / self.plot_width), self.y.value(1 - pixel[1] / self.plot_height)


def _keys(width: int) -> float:
    """Lines of text that a page's own legend takes above the chart."""
    return 3.2 if width < NARROW else 1.6


def line_ends(data: dict[str, list[Row]], names: Sequence[str]) -> list[End]:
    """The right end of each side's line, or its last point where it has no line; the higher one first."""
    ends = []
    for name in names:
        for rows in (data["lines"], data["points"]):
            at = max(samples_of([row for row in rows if row["side"] == name]), default=None)
            if at is not None:
                ends.append(End(name, name, at))
                break
    return sorted(ends, key=lambda end: -end.at[1])
