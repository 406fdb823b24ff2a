"""Which label goes where in a chart: names at lines, values at target lines, numbers above these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.present.chart_data import Row, Sample, clean, samples_of
from isoline.present.chart_frame import SERIES_SIZE, SIDE_SIZE, End, Frame
from isoline.present.chart_heads import heads
from isoline.present.chart_labels import (
    OVERLAP,
    Mark,
    Space,
    Spot,
    end_spots,
    text_width,
    traced,
    value_spots,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from isoline.analyse.comparison import Side

NAMED_SERIES = 3  # with more lines than this a name at each would be noise
PALE, POINT, READING = 0.2, 2.0, OVERLAP  # prices of covering these, where a line's is 1 each four pixels
ALONG = (0.9, 0.75, 0.6, 0.45, 0.3, 0.15)  # of a line: where its name may stand if not at the end


def place(
    data: dict[str, list[Row]], sides: Sequence[tuple[Side, str]], ends: list[End], frame: Frame
) -> dict[str, list[Row]]:
    """`readings` with their spots, `targets` with their texts placed, and `labels`: names of lines.

    What finds no room is left out: the legend has all names, the table all values.
    """
    space = Space(frame.plot_width, frame.plot_height, overhang=frame.room - frame.plot_width)
    lines = {name: _traces(data["lines"], name, frame) for _, name in sides}
    space.marks = sorted(_marks(data, lines, frame))
    for line, note in enumerate(data["notes"]):
        width, top = text_width(str(note["text"]), 1.1 * frame.font), (line + 0.3) * 1.6 * frame.font
        space.reserve((frame.plot_width - width, top, float(frame.plot_width), top + 1.2 * frame.font))
    labels = [
        named
        for rank, end in enumerate(ends)
        if (named := _named(end, space, frame, SIDE_SIZE, _side_spots(end, rank, lines[end.side], frame)))
    ]
    labels += _series_names(sides, data, labels, space, frame)
    readings = _values(data["readings"], space, frame)
    return {"readings": readings, "labels": labels, "targets": heads(data["targets"], frame)}


def _values(rows: list[Row], space: Space, frame: Frame) -> list[Row]:
    """Values beside their marks, placed after all names: these stay where they are while targets move."""
    at_targets = ((*frame.pixel(at), READING) for at in samples_of(rows))
    space.marks = sorted((*space.marks, *at_targets))
    placed = []
    for row, at in zip(rows, samples_of(rows), strict=True):
        width = text_width(str(row["text"]), frame.font, bold=True)
        spots = [(frame.pixel(at), spot) for spot in value_spots(frame.font)]
        found = space.place(spots, width, frame.font, covering=True) if row["text"] else None
        text, spot = (row["text"], found[1]) if found else ("", Spot(0, 0))
        placed.append(row | {"text": text, "dx": spot.dx, "dy": spot.dy, "align": spot.align})
    return placed


def _traces(rows: Sequence[Row], name: str, frame: Frame) -> list[Sample]:
    """The lines of a side in pixels, one behind the other, without gaps between samples."""
    paths: dict[object, list[Sample]] = {}
    for row in rows:
        if row["side"] == name:
            paths.setdefault(row["path"], []).extend(frame.pixel(at) for at in samples_of([row]))
    return [at for path in paths.values() for at in traced(path)]


def _marks(data: dict[str, list[Row]], lines: dict[str, list[Sample]], frame: Frame) -> Iterator[Mark]:
    """Pixels of all that no target moves, the most telling ones the dearest to cover."""
    for name, line in lines.items():
        for x, y in (*line, *_traces(data["frontiers"], name, frame)):
            yield x, y, 1.0
    for row, at in zip(data["points"], samples_of(data["points"]), strict=True):
        yield *frame.pixel(at), PALE if row["role"] == "other" else POINT


def _side_spots(end: End, rank: int, line: Sequence[Sample], frame: Frame) -> Iterator[tuple[Sample, Spot]]:
    """At the right end, then along the line from there."""
    for spot in end_spots(frame.font, down=rank > 0):
        yield frame.pixel(end.at), spot
    for share in ALONG:
        if line:
            for spot in value_spots(1.2 * frame.font)[:6]:
                yield line[int(share * (len(line) - 1))], spot


def _series_names(
    sides: Sequence[tuple[Side, str]],
    data: dict[str, list[Row]],
    named: Sequence[Row],
    space: Space,
    frame: Frame,
) -> list[Row]:
    """The names of a few series, each at its right end."""
    rows = []
    for side, name in sides:
        if not side.plot or not 1 < len(side.series) <= NAMED_SERIES:
            continue
        shown = {row["series"] for row in data["points"] if row["side"] == name}
        for series in (one for one in side.series if clean(one.label) in shown):
            best = [(p.x, p.y) for p in side.plot.points if p.on_frontier and p.series == series.label]
            if not best:
                continue
            end = End(name, clean(series.label, 36), max(best))
            at = frame.pixel(end.at)
            spots = [
                (at, spot) for spot in (*_behind(end, named, frame.font), *end_spots(frame.font, down=True))
            ]
            row = _named(end, space, frame, SERIES_SIZE, spots)
            rows += [row | {"series": clean(series.label)}] if row else []
    return rows


def _behind(end: End, named: Sequence[Row], font: float) -> list[Spot]:
    """Behind the name of its side, where that stands right of the same point."""
    return [
        Spot(
            float(str(row["dx"])) + 0.5 * font + text_width(end.side, SIDE_SIZE * font, bold=True),
            float(str(row["dy"])),
        )
        for row in named
        if row["side"] == end.side and row["align"] == "left" and (row["x"], row["y"]) == end.at
    ]


def _named(
    end: End, space: Space, frame: Frame, size: float, spots: Iterable[tuple[Sample, Spot]]
) -> Row | None:
    """The row of a name where it has room."""
    font, bold = size * frame.font, size > 1
    found = space.place(spots, text_width(end.text, font, bold=bold), 1.1 * font)
    if not found:
        return None
    anchor, spot = found
    x, y = end.at if anchor == frame.pixel(end.at) else frame.value(anchor)
    return {
        "side": end.side,
        "text": end.text,
        "x": x,
        "y": y,
        "dx": spot.dx,
        "dy": spot.dy,
        "align": spot.align,
        "size": font,
        "weight": 700 if bold else 400,
    }
