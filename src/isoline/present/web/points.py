"""Every point of a chart as rows of a table: its twin for readers who do not see it."""

from __future__ import annotations

from isoline.analyse.comparison import Comparison
from isoline.present.chart_data import Row, side_names
from isoline.present.chart_data import point_rows as rows_of_side


def point_rows(comparison: Comparison) -> list[Row]:
    """Side by side, interactivity ascending; `place` is the side's number."""
    return [
        row | {"place": place}
        for place, (side, name) in enumerate(zip(comparison.sides, side_names(comparison), strict=True))
        for row in sorted(rows_of_side(side, name), key=_speed)
    ]


def _speed(row: Row) -> float:
    return float(str(row["x"]))
