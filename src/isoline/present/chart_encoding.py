"""What the layers of a comparison chart share: signals of axes and legend, position, colour, mark, tooltip.

Whatever differs between selections is a signal, so that one compiled chart serves them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.present.chart_scale import tick_format
from isoline.present.palette import SHAPES

if TYPE_CHECKING:
    from isoline.present.chart_data import Row
    from isoline.present.chart_style import Look

CLIP = {"expr": "clip"}  # only where the reader zoomed in: marks at the edge are whole
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
    ("runs", "Runs"),
    ("interval", "95 % interval"),
    ("standing", "Stands"),
    ("date", "Date"),
    ("status", "Status"),
    ("url", "Run"),
)


def params(look: Look, x_title: str, y_title: str) -> list[Row]:
    """What changes with the selection, as signals: a live chart sets them instead of being built anew."""
    values: dict[str, object] = {"clip": False, "sides": list(look.names)}
    for name, scale, title in (("x", look.frame.x, x_title), ("y", look.frame.y, y_title)):
        values |= {
            f"{name}_domain": [scale.low, scale.high],
            f"{name}_ticks": list(scale.ticks),
            f"{name}_constant": scale.constant,
            f"{name}_format": tick_format(scale),
            f"{name}_title": title,
        }
    return [{"name": name, "value": value} for name, value in values.items()]


def position() -> Row:
    """Both axes."""
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
        "scale": {"domain": {"expr": "sides"}, "range": list(values)},
        "legend": {"labelFontWeight": 700, "symbolOpacity": 1} if look.legend else None,
    }


def colour(look: Look) -> Row:
    return _by_side(look, look.theme.sides)


def shape(look: Look) -> Row:
    return _by_side(look, SHAPES)


def tooltip(look: Look) -> list[Row]:
    numbers: list[Row] = [
        {"field": "x", "type": "quantitative", "title": look.x_unit, "format": ",.3~f"},
        {"field": "y", "type": "quantitative", "title": look.y_unit, "format": ",.3~f"},
    ]
    words: list[Row] = [{"field": name, "type": "nominal", "title": title} for name, title in TOOLTIP]
    return [words[0], *numbers, *words[1:]]
