"""The typography of a chart: fonts, neutral inks and spacing, as a Vega-Lite `config`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from isoline.present.palette import FONT, Theme

if TYPE_CHECKING:
    from isoline.present.chart_data import Row
    from isoline.present.chart_frame import Frame


@dataclass(frozen=True, slots=True)
class Look:
    """What the layers need to know: colours, side names, sizes and the line styles in use."""

    theme: Theme
    names: tuple[str, str]
    frame: Frame
    styles: tuple[str, ...]
    x_unit: str
    y_unit: str
    legend: bool = True


def config(look: Look) -> Row:
    """Fonts and neutral inks; everything here is a default that a page may override."""
    theme, font = look.theme, look.frame.font
    return {
        "aria": False,  # a picture has one description; hundreds of unnamed marks would only be noise
        "background": theme.background,
        "font": FONT,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "color": theme.ink,
            "fontSize": round(1.5 * font, 1),
            "fontWeight": 700,
            "subtitleColor": theme.muted,
            "subtitleFontSize": font,
            "subtitleLineHeight": round(1.35 * font, 1),
            "subtitlePadding": round(0.5 * font, 1),
            "offset": round(0.9 * font, 1),
        },
        "axis": {
            "domain": False,
            "ticks": False,
            "gridColor": theme.grid,
            "labelColor": theme.muted,
            "labelFontSize": round(0.95 * font, 1),
            "labelFlush": False,
            "labelPadding": round(0.5 * font, 1),
            "titleColor": theme.muted,
            "titleFontSize": round(0.95 * font, 1),
            "titleFontWeight": "normal",
            "titlePadding": round(0.8 * font, 1),
        },
        "legend": {
            "orient": "top",
            "direction": "horizontal",
            "title": None,
            "labelColor": theme.ink,
            "labelFontSize": font,
            "labelLimit": 0,
            "columnPadding": round(1.4 * font, 1),
            "symbolSize": round(0.62 * font * font),
            "symbolStrokeWidth": 2,
            "offset": round(look.frame.head, 1) if look.legend else 0,
            "layout": {
                "top": {
                    "anchor": "start",
                    "center": not look.frame.narrow,
                    "direction": "vertical" if look.frame.narrow else "horizontal",
                    "margin": round((0.4 if look.frame.narrow else 2.2) * font, 1),
                }
            },
        },
    }
