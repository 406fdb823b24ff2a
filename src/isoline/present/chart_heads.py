"""The texts above target lines: each line has its number, moved aside where lines stand close together.

Ratios give way first, then that of the target which the comparison is told by, last the numbers: a
hundred targets have no room on any screen, and the table has them all.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from isoline.present.chart_labels import text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isoline.present.chart_data import Row
    from isoline.present.chart_frame import Frame

FARTHEST = 6.0  # of body text: how far a column with a ratio may stand from its line
APART = {"text": 0.6, "ratio": 0.9}  # of body text, between two texts


def heads(targets: Sequence[Row], frame: Frame) -> list[Row]:
    """`targets`, the told one first, with the texts that have room and how far aside they stand (`dx`)."""
    rows = [row | {"dx": 0.0} for row in targets]
    lines = {id(row): frame.x.fraction(float(str(row["x"]))) * frame.plot_width for row in rows}
    seen = [row for row in rows if 0 <= lines[id(row)] <= frame.plot_width]
    order = sorted(seen, key=lambda row: lines[id(row)])
    xs = [lines[id(row)] for row in order]
    edges = 0.4 * frame.font - frame.padding["left"], frame.width - frame.padding["left"] - 0.4 * frame.font
    numbers, ratios = ([_width(row, field, frame.font) for row in order] for field in ("text", "ratio"))
    columns = spread(xs, list(map(max, numbers, ratios)), *edges)
    if columns and max(abs(at - x) for at, x in zip(columns, xs, strict=True)) <= FARTHEST * frame.font:
        places = columns
    else:
        places = spread(xs, numbers, *edges)
    for row, at, x in zip(order, places or xs, xs, strict=True):
        row["dx"] = round(at - x, 1)
    for field in () if places and places is columns else ("ratio",) if places else ("text", "ratio"):
        _thin(seen, field, lines, edges, frame.font)
    return rows


def spread(xs: Sequence[float], widths: Sequence[float], low: float, high: float) -> list[float]:
    """Centres of texts this wide that overlap nowhere, moved least from `xs` (ascending) in the sum of
    squares; none if they do not fit between `low` and `high`.

    Side by side, texts have fixed distances; what is left is to fit one rising row of offsets to others
    (pool adjacent violators).
    """
    if not xs or sum(widths) > high - low:
        return []
    starts = [0.0]
    for before, after in pairwise(widths):
        starts.append(starts[-1] + (before + after) / 2)
    pools: list[tuple[float, int]] = []
    for x, start in zip(xs, starts, strict=True):
        total, count = x - start, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            before, more = pools.pop()
            total, count = total + before, count + more
        pools.append((total, count))
    offsets = [total / count for total, count in pools for _ in range(count)]
    least, most = low + widths[0] / 2, high - widths[-1] / 2 - starts[-1]
    return [start + min(max(offset, least), most) for start, offset in zip(starts, offsets, strict=True)]


def _width(row: Row, field: str, font: float) -> float:
    text = str(row[field])
    return text_width(text, font, bold=field == "ratio") + APART[field] * font if text else 0.0


def _thin(
    rows: Sequence[Row], field: str, lines: dict[int, float], edges: tuple[float, float], font: float
) -> None:
    """Texts give way to those of earlier rows and to the edges."""
    taken = [(-float("inf"), edges[0]), (edges[1], float("inf"))]
    for row in rows:
        half = _width(row, field, font) / 2
        centre = lines[id(row)] + float(str(row["dx"]))
        if any(centre - half < right and left < centre + half for left, right in taken):
            row[field] = ""
        elif half:
            taken.append((centre - half, centre + half))
