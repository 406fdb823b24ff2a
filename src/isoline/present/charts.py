"""A comparison as one Vega-Lite v5 specification: a plain dict that page, PNG and SVG share.

Its data are named (`points`, `lines`, `frontiers`, `targets`, `readings`, `labels`, `notes`), so
that a script can swap one without rebuilding the chart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.present.chart_data import (
    Row,
    frontier_rows,
    line_rows,
    point_rows,
    reading_rows,
    samples_of,
    side_names,
    target_rows,
)
from isoline.present.chart_frame import NARROW, Frame, line_ends, place
from isoline.present.chart_layers import layers
from isoline.present.chart_scale import linear, logarithmic
from isoline.present.chart_style import Look, config
from isoline.present.chart_text import headline, missing, subtitle
from isoline.present.palette import theme_named

if TYPE_CHECKING:
    from isoline.analyse.comparison import Comparison

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def comparison_chart(
    comparison: Comparison,
    *,
    theme: str = "light",
    width: int = 960,
    height: int = 540,
    log: bool = False,
    title: bool = True,
) -> dict[str, object]:
    """Throughput over interactivity of both sides, read at the targets. `log` is for the y axis."""
    colours = theme_named(theme)
    names = side_names(comparison)
    both = tuple(zip(comparison.sides, names, strict=True))
    data: dict[str, list[Row]] = {
        "points": sorted(
            (row for side, name in both for row in point_rows(side, name)),
            key=lambda row: row["on_frontier"] is True,
        ),
        "lines": [row for side, name in both for row in line_rows(side, name)],
        "frontiers": [row for side, name in both for row in frontier_rows(side, name)],
        "targets": target_rows(comparison, names),
        "readings": reading_rows(comparison, names),
    }
    seen = [*samples_of(data["points"]), *samples_of(data["lines"])]
    x = linear([at[0] for at in seen], 5 if width < NARROW else 10, from_zero=False)
    y = logarithmic([at[1] for at in seen]) if log else linear([at[1] for at in seen], 6, from_zero=True)
    font = 12.0 * min(max(width / 960, 0.9), 1.6)
    hollow = any(row["role"] == "other" for row in data["points"])
    heading = subtitle(comparison, names, width - 3 * font, font, hollow=hollow) if title else []
    ends = line_ends(data, names)
    frame = Frame.of(
        width,
        height,
        font,
        x=x,
        y=y,
        ends=ends,
        title_lines=len(heading),
        targets=bool(data["targets"]),
        ratios=any(row["ratio"] for row in data["targets"]),
    )
    data |= place(data, both, ends, frame)
    data["notes"] = [{"text": text} for text in missing(comparison, names)]
    look = Look(colours, names, frame, tuple(dict.fromkeys(str(row["style"]) for row in data["lines"])))
    spec: dict[str, object] = {
        "$schema": SCHEMA,
        "description": headline(comparison, names),
        "width": width,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": frame.padding,
        "datasets": data,
        "layer": layers(look, len(data["points"])),
        "config": config(look),
    }
    if title:
        spec["title"] = {"text": headline(comparison, names), "subtitle": heading}
    return spec
