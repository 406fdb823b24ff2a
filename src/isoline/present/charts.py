"""A comparison as one Vega-Lite v6 specification: a plain dict that page, PNG and SVG share.

Its data are named (`bands`, `cuts`, `points`, `lines`, `frontiers`, `targets`, `readings`, `labels`,
`notes`) and so are domains, ticks and titles (`params`): a script can swap them without rebuilding the chart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.terms import AXES
from isoline.present.chart_bands import cut_rows, reach
from isoline.present.chart_data import (
    Row,
    band_rows,
    beside_rows,
    frontier_rows,
    line_rows,
    point_rows,
    reading_rows,
    samples_of,
    side_names,
    target_rows,
)
from isoline.present.chart_encoding import params
from isoline.present.chart_frame import NARROW, Frame, line_ends
from isoline.present.chart_layers import layers
from isoline.present.chart_placing import place
from isoline.present.chart_scale import scale_for
from isoline.present.chart_style import Look, config
from isoline.present.chart_text import AXIS_UNITS, axis_title, headline, missing, subtitle
from isoline.present.hidden import drawn, hidden
from isoline.present.palette import theme_named

if TYPE_CHECKING:
    from isoline.analyse.comparison import Comparison
    from isoline.analyse.quantities import Quantity
    from isoline.present.chart_scale import Scale

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
SPREAD = 20.0  # latencies that differ by more than this factor stand on a logarithmic axis
DECADE = 10.0  # so do costs and energies, unless the reader says otherwise


MOVING = ("targets", "readings", "labels")  # the data that other targets change, and nothing else

HIDEABLE = ("bands", "cuts", "points", "lines", "frontiers", "readings")  # rows of a side

Data = dict[str, list[Row]]


def still_data(comparison: Comparison) -> Data:
    """The data that no target changes: points and lines. Made once for many targets."""
    names = side_names(comparison)
    both = tuple(zip(comparison.sides, names, strict=True))
    data: Data = {
        "bands": [row for side, name in both for row in band_rows(side, name)],
        "points": sorted(
            (row for side, name in both for row in point_rows(side, name)),
            key=lambda row: row["on_frontier"] is True,
        ),
        "lines": [row for side, name in both for row in line_rows(side, name)],
        "frontiers": [row for side, name in both for row in frontier_rows(side, name)],
    }
    data["cuts"] = cut_rows(data["bands"], _y_scale(comparison, _values(data)))
    return data


def comparison_chart(
    comparison: Comparison,
    still: Data | None = None,
    *,
    theme: str = "light",
    width: int = 960,
    height: int = 540,
    title: bool = True,
    legend: bool = True,
) -> dict[str, object]:
    """Both sides on the axes of the comparison's view, read at the targets.

    The comparison must have been made with `draw`; `still` is its `still_data`, if that is at hand.
    Without `legend` there is room above for a page's own.
    """
    view = comparison.view
    quantity = QUANTITIES[view.metric]
    speed = view.x == "interactivity"
    colours = theme_named(theme)
    names = side_names(comparison)
    both = tuple(zip(comparison.sides, names, strict=True))
    data: Data = {
        **(still or still_data(comparison)),
        "targets": target_rows(comparison, names) if speed else [],
        "readings": reading_rows(comparison, names) if speed else beside_rows(comparison, names),
    }
    xs, ys = _values(data)
    wide = not speed and bool(xs) and min(xs) > 0 and max(xs) > SPREAD * min(xs)
    x = scale_for(xs, 5 if width < NARROW else 10, from_zero=False, log=wide)
    y = _y_scale(comparison, (xs, ys))
    font = 12.0 * min(max(width / 960, 0.9), 1.6)
    hollow = any(row["role"] == "other" for row in data["points"])
    left_out = tuple(hidden(comparison).values())
    room, banded = width - 3 * font, bool(data["bands"])
    heading = (
        subtitle(comparison, names, room, font, hollow=hollow, banded=banded, out=left_out) if title else []
    )
    frame = Frame.of(
        width,
        height,
        font,
        x=x,
        y=y,
        ends=line_ends(data, names),
        title_lines=len(heading),
        targets=bool(data["targets"]),
        legend=legend,
    )
    styles = tuple(dict.fromkeys(str(row["style"]) for row in data["lines"]))
    if view.hide:  # on the same axes, so that nothing moves
        shown = drawn(comparison)
        data |= {name: [row for row in data[name] if shown(row)] for name in HIDEABLE}
    data["notes"] = [{"text": text} for text in missing(comparison, names)]
    data |= place(data, both, line_ends(data, names), frame)
    look = Look(colours, names, frame, styles, AXIS_UNITS[view.x], quantity.unit, legend)
    spec: dict[str, object] = {
        "$schema": SCHEMA,
        "description": headline(comparison, names),
        "width": frame.plot_width,
        "height": frame.plot_height,
        "autosize": "none",
        "padding": frame.padding,
        "params": params(look, AXES[view.x], axis_title(quantity)),
        "datasets": data,
        "layer": layers(look, len(data["points"])),
        "config": config(look),
    }
    if title:
        spec["title"] = {"text": headline(comparison, names), "subtitle": heading}
    return spec


def _values(data: Data) -> tuple[list[float], list[float]]:
    """Abscissae and ordinates of all points and lines."""
    seen = [*samples_of(data["points"]), *samples_of(data["lines"])]
    return [at[0] for at in seen], [at[1] for at in seen]


def _y_scale(comparison: Comparison, values: tuple[list[float], list[float]]) -> Scale:
    """For points and lines, and for bands as far as they leave those room."""
    view, ys = comparison.view, values[1]
    log = _is_log(view.log, QUANTITIES[view.metric], ys)
    bands = [band for side in comparison.sides if side.plot for band in side.plot.bands]
    return scale_for([*ys, *reach(ys, bands, log=log)], 6, from_zero=True, log=log)


def _is_log(asked: bool | None, quantity: Quantity, ys: list[float]) -> bool:
    """As asked; else where less is better and values differ much, which a linear axis would press flat."""
    if asked is not None or not ys:
        return bool(asked)
    return quantity.lower_is_better and 0 < DECADE * min(ys) < max(ys)
