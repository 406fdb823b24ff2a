"""Every point of a chart as rows of a table: its twin for readers who do not see it."""

from __future__ import annotations

from isoline.analyse.comparison import Comparison, Plotted
from isoline.analyse.quantities import QUANTITIES, THROUGHPUT
from isoline.analyse.words import amount, seconds
from isoline.present.chart_data import point_row, side_names
from isoline.present.chart_text import AXIS_UNITS

SPEED = "interactivity"


def point_table(comparison: Comparison) -> dict[str, object]:
    """`units` of the numbers and `rows`, side by side, x ascending; `comparison` was made with `draw`.

    Speed and throughput stand beside whatever else the axes show.
    """
    view = comparison.view
    units = [AXIS_UNITS[view.x], QUANTITIES[view.metric].unit]
    units += ["tok/s/user"] * (view.x != SPEED) + ["tok/s/GPU"] * (view.metric != THROUGHPUT)
    rows = [
        point_row(plotted, name) | {"place": place, "numbers": _numbers(plotted, comparison)}
        for place, (side, name) in enumerate(zip(comparison.sides, side_names(comparison), strict=True))
        for plotted in sorted(side.plot.points if side.plot else (), key=lambda one: one.x)
    ]
    return {"units": units, "rows": rows}


def _numbers(plotted: Plotted, comparison: Comparison) -> list[str]:
    view, point = comparison.view, plotted.point
    speed, throughput = f"{point.interactivity:,.1f}", f"{point.throughput:,.1f}"
    found = [speed if view.x == SPEED else seconds(plotted.x)]
    if view.metric == THROUGHPUT:
        found.append(throughput)
    else:
        found.append(amount(plotted.y, QUANTITIES[view.metric].sign))
    return found + [speed] * (view.x != SPEED) + [throughput] * (view.metric != THROUGHPUT)
