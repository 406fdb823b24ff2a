"""The layers of a comparison chart in Vega-Lite, back to front: lines and marks here, text in `chart_words`.

Text of users reaches Vega only as data, never inside an expression.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.present import chart_words
from isoline.present.chart_bands import BOTTOM, TOP
from isoline.present.chart_encoding import CLIP, colour, position, shape, tooltip

if TYPE_CHECKING:
    from isoline.present.chart_data import Row
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
HAIRLINE = {"expr": "inrange(datum.x, x_domain) ? 0.7 : 0"}  # none beside the axis
WEAK = "datum.status === 'wide gap' || datum.status === 'beside'"


def layers(look: Look, points: int) -> list[Row]:
    """Bands, grid of targets, thin lines, points, drawn lines, stated points, readings, text."""
    return [
        _bands(look),
        _cuts(look, TOP),
        _cuts(look, BOTTOM),
        _hairlines(look),
        _frontiers(look),
        _others(look, points),
        _lines(look),
        _members(look),
        _stated(look),
        _readings(look),
        *chart_words.text(look, "labels", size="size"),
        *chart_words.text(look, "readings", size=None),
        *chart_words.heads(look),
        chart_words.notes(look),
    ]


def _bands(look: Look) -> Row:
    """Intervals between runs; clipped, since those of two runs may leave the axis, and faded there."""
    return {
        "name": "bands",
        "data": {"name": "bands"},
        "mark": {"type": "area", "clip": True, "opacity": 0.16, "line": False},
        "encoding": position()
        | {
            "y2": {"field": "y2"},
            "color": colour(look),
            "detail": {"field": "path", "type": "nominal"},
        },
    }


def _cuts(look: Look, edge: str) -> Row:
    """What lets a band that goes on beyond the axis end open: the background, thicker towards the edge."""
    clear = _clear(look.theme.background)
    stops = [look.theme.background, clear] if edge == TOP else [clear, look.theme.background]
    gradient: Row = {
        "gradient": "linear",
        "x1": 0,
        "y1": 0,
        "x2": 0,
        "y2": 1,
        "stops": [{"offset": at, "color": stop} for at, stop in enumerate(stops)],
    }
    return {
        "data": {"name": "cuts"},
        "transform": [{"filter": f"datum.edge === '{edge}'"}],
        "mark": {"type": "area", "clip": True, "opacity": 1, "color": gradient, "line": False},
        "encoding": position() | {"y2": {"field": "y2"}, "detail": {"field": "path", "type": "nominal"}},
    }


def _clear(colour: str) -> str:
    """`#rrggbb`, or `#rgb`, as the same colour that covers nothing."""
    digits = colour.removeprefix("#")
    wide = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    return f"rgba({', '.join(str(int(wide[i : i + 2], 16)) for i in (0, 2, 4))}, 0)"


def _hairlines(look: Look) -> Row:
    return {
        "name": "targets",
        "data": {"name": "targets"},
        "mark": {"type": "rule", "color": look.theme.rule, "strokeWidth": 1, "opacity": HAIRLINE},
        "encoding": {"x": position()["x"]},
    }


def _frontiers(look: Look) -> Row:
    return {
        "data": {"name": "frontiers"},
        "mark": {"type": "line", "clip": CLIP, "strokeWidth": 1, "opacity": 0.45},
        "encoding": position() | {"color": colour(look), "detail": {"field": "path", "type": "nominal"}},
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
        "encoding": position()
        | {
            "color": colour(look),
            "detail": {"field": "path", "type": "nominal"},
            "strokeDash": dash,
            "strokeOpacity": {
                "condition": {"test": "datum.style === 'gap' || datum.style === 'reach'", "value": 0.6},
                "value": 1,
            },
        },
    }


def _points(look: Look, test: str, mark: Row, encoding: Row) -> Row:
    told: Row = {"tooltip": tooltip(look)} if look.legend else {}  # a page that has a legend has its own
    return {
        "data": {"name": "points"},
        "transform": [{"filter": test}],
        "mark": {"type": "point", "clip": CLIP} | mark,
        "encoding": position() | {"shape": shape(look)} | told | encoding,
    }


def _others(look: Look, points: int) -> Row:
    """Points that another of their series beats: pale, and smaller where there are very many."""
    area = look.frame.font**2 * (0.2 if points < 300 else 0.1)
    mark: Row = {"filled": False, "size": round(area), "strokeWidth": 1, "opacity": 0.5}
    return _points(look, "datum.role === 'other'", mark, {"color": colour(look)})


def _members(look: Look) -> Row:
    """On a frontier: filled; paler where the line of the side passes above, so that the line leads."""
    mark: Row = {
        "filled": True,
        "size": round(0.3 * look.frame.font**2),
        "stroke": look.theme.background,
        "strokeWidth": 0.8,
    }
    encoding: Row = {
        "color": colour(look),
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
        {"stroke": colour(look)},
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
        "encoding": position()
        | {
            "shape": shape(look),
            "stroke": {"condition": {"test": WEAK} | colour(look), "value": look.theme.background},
            "fill": {"condition": {"test": f"!({WEAK})"} | colour(look), "value": look.theme.background},
        },
    }
