"""The layers of a comparison chart in Vega-Lite, back to front.

Text of users reaches Vega only as data, never inside an expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.present.chart_scale import tick_format
from isoline.present.palette import SHAPES

if TYPE_CHECKING:
    from isoline.present.chart_data import Row
    from isoline.present.chart_frame import Frame
    from isoline.present.chart_style import Look

DASHES = {"curve": [1, 0], "gap": [2, 4], "reach": [1, 3], "published": [7, 4]}
STYLE_NAMES = (
    "datum.value === 'gap' ? 'wide gap: no point nearby' : "
    "datum.value === 'reach' ? 'reached by a faster point' : "
    "datum.value === 'published' ? 'between published readings' : 'interpolated between points'"
)
SHORT_STYLE_NAMES = (
    "datum.value === 'gap' ? 'wide gap' : datum.value === 'reach' ? 'reached' : "
    "datum.value === 'published' ? 'between published' : 'interpolated'"
)
WEAK = "datum.status === 'wide gap' || datum.status === 'beside'"
CLIP = {"expr": "clip"}  # only where the reader zoomed in: marks at the edge are whole
INSIDE = {"expr": "inrange(datum.x, x_domain) ? 1 : 0"}
TOOLTIP = (
    ("side", "Side"),
    ("series", "Series"),
    ("engine", "Engine"),
    ("gpus", "GPUs"),
    ("parallel", "Parallelism"),
    ("spec", "Spec decode"),
    ("concurrency", "Concurrency"),
    ("ttft", "TTFT"),
    ("e2e", "E2E latency"),
    ("image", "Image"),
    ("date", "Date"),
    ("status", "Status"),
    ("url", "Run"),
)


def layers(look: Look, points: int, *, bands: bool = False) -> list[Row]:
    """Bands, grid of targets, thin lines, points, drawn lines, stated points, readings, text."""
    return [
        *([_bands(look)] if bands else []),
        _hairlines(look),
        _frontiers(look),
        _others(look, points),
        _lines(look),
        _members(look),
        _stated(look),
        _readings(look),
        *_text(look, "labels", size="size"),
        *_text(look, "readings", size=None),
        *_heads(look),
        _notes(look),
    ]


def params(frame: Frame, x_title: str, y_title: str) -> list[Row]:
    """What changes with the selection, as signals: a live chart sets them instead of being built anew."""
    values: dict[str, object] = {"clip": False}
    for name, scale, title in (("x", frame.x, x_title), ("y", frame.y, y_title)):
        values |= {
            f"{name}_domain": [scale.low, scale.high],
            f"{name}_ticks": list(scale.ticks),
            f"{name}_constant": scale.constant,
            f"{name}_format": tick_format(scale),
            f"{name}_title": title,
        }
    return [{"name": name, "value": value} for name, value in values.items()]


def _position(look: Look) -> Row:
    return {name: _axis(name) for name in ("x", "y")}


def _axis(name: str) -> Row:
    return {
        "field": name,
        "type": "quantitative",
        "scale": {
            "type": "symlog",
            "constant": {"expr": f"{name}_constant"},
            "domain": {"expr": f"{name}_domain"},
            "nice": False,
            "zero": False,
        },
        "axis": {
            "title": {"expr": f"{name}_title"},
            "values": {"expr": f"{name}_ticks"},
            "labelOverlap": True,
            "labelExpr": f"format(datum.value, {name}_format)",
            "grid": name == "y",
        },
    }


def _by_side(look: Look, values: tuple[str, str]) -> Row:
    """Every layer asks for the same legend, or Vega-Lite would not merge colour and mark into one."""
    return {
        "field": "side",
        "type": "nominal",
        "scale": {"domain": list(look.names), "range": list(values)},
        "legend": {"labelFontWeight": 700, "symbolOpacity": 1} if look.legend else None,
    }


def _colour(look: Look) -> Row:
    return _by_side(look, look.theme.sides)


def _shape(look: Look) -> Row:
    return _by_side(look, SHAPES)


def _tooltip(look: Look) -> list[Row]:
    numbers: list[Row] = [
        {"field": "x", "type": "quantitative", "title": look.x_unit, "format": ",.3~f"},
        {"field": "y", "type": "quantitative", "title": look.y_unit, "format": ",.3~f"},
    ]
    words: list[Row] = [{"field": name, "type": "nominal", "title": title} for name, title in TOOLTIP]
    return [words[0], *numbers, *words[1:]]


def _bands(look: Look) -> Row:
    """Intervals between runs; clipped, since those of two runs may leave the axis."""
    return {
        "name": "bands",
        "data": {"name": "bands"},
        "mark": {"type": "area", "clip": True, "opacity": 0.16, "line": False},
        "encoding": _position(look)
        | {
            "y2": {"field": "y2"},
            "color": _colour(look),
            "detail": {"field": "path", "type": "nominal"},
        },
    }


def _hairlines(look: Look) -> Row:
    return {
        "name": "targets",
        "data": {"name": "targets"},
        "mark": {"type": "rule", "clip": CLIP, "color": look.theme.rule, "strokeWidth": 1, "opacity": 0.7},
        "encoding": {"x": _position(look)["x"]},
    }


def _frontiers(look: Look) -> Row:
    return {
        "data": {"name": "frontiers"},
        "mark": {"type": "line", "clip": CLIP, "strokeWidth": 1, "opacity": 0.45},
        "encoding": _position(look)
        | {"color": _colour(look), "detail": {"field": "path", "type": "nominal"}},
    }


def _lines(look: Look) -> Row:
    # All styles without a legend, so that a live chart needs no other scale when they change.
    styles = [style for style in DASHES if style in look.styles or not look.legend]
    named = [style for style in styles if style != "curve"] if look.legend else []
    dash: Row = {
        "field": "style",
        "type": "nominal",
        "scale": {"domain": styles, "range": [DASHES[style] for style in styles]},
        "legend": {
            "labelExpr": SHORT_STYLE_NAMES if look.frame.narrow else STYLE_NAMES,
            "labelColor": look.theme.muted,
            "values": styles,
            # As tall as the other legend's marks, so that both stand on one line, but long enough for dashes.
            "symbolType": "M-2.6,0L2.6,0",
            "labelOffset": round(1.2 * look.frame.font, 1),
            "symbolStrokeColor": look.theme.muted,
        }
        if named
        else None,
    }
    return {
        "data": {"name": "lines"},
        "mark": {"type": "line", "clip": CLIP, "strokeWidth": 2.5, "strokeJoin": "round"},
        "encoding": _position(look)
        | {
            "color": _colour(look),
            "detail": {"field": "path", "type": "nominal"},
            "strokeDash": dash,
            "strokeOpacity": {
                "condition": {"test": "datum.style === 'gap' || datum.style === 'reach'", "value": 0.6},
                "value": 1,
            },
        },
    }


def _points(look: Look, test: str, mark: Row, encoding: Row) -> Row:
    told: Row = {"tooltip": _tooltip(look)} if look.legend else {}  # a page that has a legend has its own
    return {
        "data": {"name": "points"},
        "transform": [{"filter": test}],
        "mark": {"type": "point", "clip": CLIP} | mark,
        "encoding": _position(look) | {"shape": _shape(look)} | told | encoding,
    }


def _others(look: Look, points: int) -> Row:
    """Points that another of their series beats: pale, and smaller where there are very many."""
    area = look.frame.font**2 * (0.2 if points < 300 else 0.1)
    mark: Row = {"filled": False, "size": round(area), "strokeWidth": 1, "opacity": 0.5}
    return _points(look, "datum.role === 'other'", mark, {"color": _colour(look)})


def _members(look: Look) -> Row:
    """On a frontier: filled; paler where the line of the side passes above, so that the line leads."""
    mark: Row = {
        "filled": True,
        "size": round(0.3 * look.frame.font**2),
        "stroke": look.theme.background,
        "strokeWidth": 0.8,
    }
    encoding: Row = {
        "color": _colour(look),
        "opacity": {"condition": {"test": "datum.on_line", "value": 1}, "value": 0.5},
    }
    return _points(look, "datum.role === 'frontier'", mark, encoding)


def _stated(look: Look) -> Row:
    """Published and simulated points are hollow: nobody here measured them."""
    mark: Row = {
        "fill": look.theme.background,
        "size": round(0.65 * look.frame.font**2),
        "strokeWidth": 2,
        "opacity": 1,
    }
    return _points(
        look,
        "datum.role === 'published' || datum.role === 'simulated'",
        mark,
        {"stroke": _colour(look)},
    )


def _readings(look: Look) -> Row:
    """A mark where a target meets a line, hollow in a wide gap; a printed reading is a point already."""
    mark: Row = {
        "type": "point",
        "clip": CLIP,
        "size": round(0.8 * look.frame.font**2),
        "opacity": 1,
        "strokeWidth": 2,
    }
    return {
        "name": "readings",
        "data": {"name": "readings"},
        "transform": [{"filter": "datum.status !== 'published'"}],
        "mark": mark,
        "encoding": _position(look)
        | {
            "shape": _shape(look),
            "stroke": {"condition": {"test": WEAK} | _colour(look), "value": look.theme.background},
            "fill": {"condition": {"test": f"!({WEAK})"} | _colour(look), "value": look.theme.background},
        },
    }


def _text(look: Look, dataset: str, *, size: str | None) -> list[Row]:
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
        {"data": data, "mark": base | halo, "encoding": _position(look) | text},
        {"data": data, "mark": base, "encoding": _position(look) | text | {"color": _colour(look)}},
    ]


def _heads(look: Look) -> list[Row]:
    """Above each hairline its interactivity and, where there is one to state, the ratio."""
    font = look.frame.font
    across: Row = {"x": _position(look)["x"]}
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


def _notes(look: Look) -> Row:
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
