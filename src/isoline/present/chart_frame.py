"""The frame of a chart in pixels, and which label goes where in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from isoline.present.chart_data import Row, Sample, clean, samples_of
from isoline.present.chart_labels import Space, Spot, end_spots, text_width, value_spots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isoline.analyse.comparison import Side
    from isoline.present.chart_scale import Scale

NAMED_SERIES = 3  # with more lines than this a name at each would be noise
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
    head: float  # above the plot: target values
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
        ratios: bool,
        legend: bool,
    ) -> Frame:
        """Room for all that is written around the plot, by estimated widths of texts.

        Vega could make room by measuring. Then the plot would move with the fonts of a machine, and a
        picture would not lie where the chart that replaces it does.
        """
        axis = font * (0.57 * max((len(f"{tick:,.6g}") for tick in y.ticks), default=1) + 2.3)
        room = width - axis - 2.4 * font
        fits = [
            (room - 0.8 * font - text_width(end.text, SIDE_SIZE * font, bold=True)) / share
            for end in ends
            if (share := x.fraction(end.at[0])) > 0
        ]
        head = (3.4 if ratios else 2.2 if targets else 0.8) * font
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


def place(
    data: dict[str, list[Row]], sides: Sequence[tuple[Side, str]], ends: list[End], frame: Frame
) -> dict[str, list[Row]]:
    """`readings` with their spots, `targets` without colliding texts, and `labels`: names of lines."""
    space = Space(frame.plot_width, frame.plot_height, overhang=frame.room - frame.plot_width)
    drawn = data["lines"] + [row for row in data["points"] if row["role"] != "other"]
    space.marks = sorted(frame.pixel(at) for at in samples_of(drawn))
    labels = [
        _named(end, space, frame, SIDE_SIZE, end_spots(frame.font, down=rank > 0))
        for rank, end in enumerate(ends)
    ]
    readings = []
    for row, at in zip(data["readings"], samples_of(data["readings"]), strict=True):
        width = text_width(str(row["text"]), frame.font, bold=True)
        spot = space.place_free(*frame.pixel(at), width, frame.font, value_spots(frame.font))
        if spot is None:  # the table has the value
            row, spot = row | {"text": ""}, Spot(0, 0)
        readings.append(row | {"dx": spot.dx, "dy": spot.dy, "align": spot.align})
    labels += _series_names(sides, ends, space, frame)
    return {"readings": readings, "labels": labels, "targets": _apart(data["targets"], frame)}


def _series_names(
    sides: Sequence[tuple[Side, str]], ends: list[End], space: Space, frame: Frame
) -> list[Row]:
    """The names of a few series, each where it covers nothing: the legend has them all."""
    rows = []
    for side, name in sides:
        if not side.plot or not 1 < len(side.series) <= NAMED_SERIES:
            continue
        for series in side.series:
            best = [(p.x, p.y) for p in side.plot.points if p.on_frontier and p.series == series.label]
            end = End(name, clean(series.label, 32), max(best)) if best else None
            spots = _series_spots(end, ends, frame.font) if end else ()
            if end and space.has_room(*frame.pixel(end.at), *_size(end, frame, SERIES_SIZE), spots):
                rows.append(_named(end, space, frame, SERIES_SIZE, spots))
    return rows


def _apart(targets: list[Row], frame: Frame) -> list[Row]:
    """Texts above neighbouring hairlines give way to those of earlier rows; the values stay in the table."""
    rows = [dict(row) for row in targets]
    for field in ("text", "ratio"):
        taken: list[tuple[float, float]] = []
        for row in rows:
            centre = frame.x.fraction(float(str(row["x"]))) * frame.plot_width
            half = text_width(str(row[field]), frame.font, bold=field == "ratio") / 2 + 0.2 * frame.font
            if any(centre - half < right and left < centre + half for left, right in taken):
                row[field] = ""
            elif row[field]:
                taken.append((centre - half, centre + half))
    return rows


def _series_spots(end: End, ends: list[End], font: float) -> tuple[Spot, ...]:
    """Behind the name of its side where both lines end together, else at its own end."""
    together = [other for other in ends if other.at == end.at and other.side == end.side]
    return tuple(
        Spot(1.3 * font + text_width(other.text, SIDE_SIZE * font, bold=True), 0) for other in together
    ) + end_spots(font, down=True)


def _named(end: End, space: Space, frame: Frame, size: float, spots: tuple[Spot, ...]) -> Row:
    spot = space.place(*frame.pixel(end.at), *_size(end, frame, size), spots)
    font, bold = size * frame.font, size > 1
    return {
        "side": end.side,
        "text": end.text,
        "x": end.at[0],
        "y": end.at[1],
        "dx": spot.dx,
        "dy": spot.dy,
        "align": spot.align,
        "size": font,
        "weight": 700 if bold else 400,
    }


def _size(end: End, frame: Frame, size: float) -> tuple[float, float]:
    """Width and height of a name in pixels."""
    font = size * frame.font
    return text_width(end.text, font, bold=size > 1), 1.1 * font
