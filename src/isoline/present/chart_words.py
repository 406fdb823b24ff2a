"""The words inside a comparison chart: names and values at lines, heads over the targets, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.present.chart_encoding import CLIP, colour, position

if TYPE_CHECKING:
    from isoline.present.chart_data import Row
    from isoline.present.chart_style import Look

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
    """Above each hairline its interactivity and, where there is one to state, the ratio."""
    font = look.frame.font
    across: Row = {"x": position()["x"]}
    data: Row = {"name": "targets"}
    base: Row = {
        "type": "text",
        "align": "center",
        "baseline": "bottom",
        "fontSize": font,
        "opacity": INSIDE,
    }
    return [
        {
            "data": data,
            "mark": base | {"color": look.theme.muted, "y": round(-0.4 * font, 1)},
            "encoding": across | {"text": {"field": "text", "type": "nominal"}},
        },
        {
            "data": data,
            "mark": base | {"color": look.theme.ink, "fontWeight": 700, "y": round(-1.6 * font, 1)},
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
