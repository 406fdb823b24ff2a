"""Rows of words and figures as aligned text, readable in a pipe."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap

GAP = "  "
NARROWEST = 12  # of a wrapped column


def grid(rows: Sequence[Sequence[str]], *, right: bool = True) -> str:
    """Columns two spaces apart: the first to the left, the others to the right unless they are words."""
    widths = _widths(rows)
    return "\n".join(_line(row, widths, right=right) for row in rows)


def wrapped(rows: Sequence[Sequence[str]], width: int | None) -> str:
    """Words in columns, those after the first wrapped to lines of `width`; `None`: as long as they are."""
    widths = _widths(rows)
    if width is not None and sum(widths) + len(GAP) * (len(widths) - 1) > width:
        widths = [widths[0], *_shared(widths[1:], width - widths[0] - len(GAP) * (len(widths) - 1))]
    lines = []
    for row in rows:
        words = zip(row[1:], widths[1:], strict=True)
        cells = [[row[0]], *(wrap(cell, max(size, 1)) for cell, size in words)]
        lines += [_line(parts, widths, right=False) for parts in zip_longest(*cells, fillvalue="")]
    return "\n".join(lines)


def _shared(wanted: Sequence[int], room: int) -> list[int]:
    """Columns that need less than their share leave the rest to the others."""
    found: dict[int, int] = {}
    for left, index in enumerate(sorted(range(len(wanted)), key=lambda i: wanted[i])):
        share = max((room - sum(found.values())) // (len(wanted) - left), NARROWEST)
        found[index] = min(wanted[index], share)
    return [found[index] for index in range(len(wanted))]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _line(row: Sequence[str], widths: Sequence[int], *, right: bool) -> str:
    cells = [
        cell.rjust(width) if right and number else cell.ljust(width)
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return GAP.join(cells).rstrip()
