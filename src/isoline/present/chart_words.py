"""The words inside a comparison chart: names and values at lines, heads over the targets, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.present.chart_encoding import CLIP, colour, position

if TYPE_CHECKING:
    from isoline.present.chart_data import Row
    from isoline.present.chart_style import Look

NUMBERS = 0.8  # of body text: how far above the plot the numbers of targets stand
INSIDE = {"expr": "inrange(datum.x, x_domain) ? 1 : 0"}


def text(look: Look, dataset: str, *, size: str | None) -> list[Row]:
    """Text in the colour of its side, over a halo that keeps it legible on lines."""
    base: Row = {
        "type": "text",
        "clip": CLIP,
        "dx": {"expr": "datum.dx"},
        "dy": {"expr": "datum.dy"},
        "align": {"expr": "datum.align"},
        "baseline": "middle",
        "fontSize": {"expr": f"datum.{size}"} if size else look.frame.font,
        "fontWeight": {"expr": "datum.weight"} if size else 700,
    }
    halo: Row = {
        "stroke": look.theme.background,
        "strokeWidth": round(0.33 * look.frame.font, 1),
        "strokeJoin": "round",
    }
    text: Row = {"text": {"field": "text", "type": "nominal"}}
    data: Row = {"name": dataset}
    return [
        {"data": data, "mark": base | halo, "encoding": position() | text},
        {"data": data, "mark": base, "encoding": position() | text | {"color": colour(look)}},
    ]


def heads(look: Look) -> list[Row]:
    """Above each hairline its number and, where there is one to state, the ratio; see `chart_heads`."""
    font = look.frame.font
    across: Row = {"x": position()["x"]}
    data: Row = {"name": "targets"}
    base: Row = {
        "type": "text",
        "align": "center",
        "baseline": "bottom",
        "dx": {"expr": "datum.dx"},
        "fontSize": font,
        "opacity": INSIDE,
    }
    lead: Row = {
        "type": "rule",
        "color": look.theme.rule,
        "strokeWidth": 1,
        "opacity": {"expr": "datum.text && inrange(datum.x, x_domain) ? 0.7 : 0"},
        "x2Offset": {"expr": "datum.dx"},
    }
    ends: Row = {
        "x2": {"field": "x"},
        "y": {"value": 0},
        "y2": {"value": round(-NUMBERS * font, 1)},
    }
    return [
        {"data": data, "mark": lead, "encoding": across | ends},
        {
            "data": data,
            "mark": base | {"color": look.theme.muted, "y": round(-NUMBERS * font, 1)},
            "encoding": across | {"text": {"field": "text", "type": "nominal"}},
        },
        {
            "data": data,
            "mark": base
            | {"color": look.theme.ink, "fontWeight": 700, "y": round(-(NUMBERS + 1.2) * font, 1)},
            "encoding": across | {"text": {"field": "ratio", "type": "nominal"}},
        },
    ]


def notes(look: Look) -> Row:
    font = look.frame.font
    return {
        "data": {"name": "notes"},
        "transform": [{"window": [{"op": "row_number", "as": "row"}]}],
        "mark": {
            "type": "text",
            "align": "right",
            "baseline": "top",
            "color": look.theme.muted,
            "fontSize": round(1.1 * font, 1),
            "x": {"expr": "width"},
            "y": {"expr": f"(datum.row - 0.7) * {1.6 * font:.4g}"},
        },
        "encoding": {"text": {"field": "text", "type": "nominal"}},
    }
