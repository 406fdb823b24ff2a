"""What a chart leaves out. Everything is read all the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from isoline.ask.hiding import series_name
from isoline.present.chart_data import clean, side_names

if TYPE_CHECKING:
    from isoline.analyse.comparison import Comparison
    from isoline.present.chart_data import Row


def hidden(comparison: Comparison) -> Mapping[tuple[str, str | None], str]:
    """What is left out, as rows of the chart name it: (side, its series or `None` for all), and in words."""
    found: dict[tuple[str, str | None], str] = {}
    for side, name in zip(comparison.sides, side_names(comparison), strict=True):
        if side.key in comparison.view.hide:
            found[name, None] = name
        for label in [one.label for one in side.series]:
            if series_name(side, label) in comparison.view.hide:
                found[name, clean(label)] = f"{name} {clean(label)}"
    return found


def drawn(comparison: Comparison) -> Callable[[Row], bool]:
    """Whether a row of the chart is drawn."""
    out = hidden(comparison)
    return lambda row: (row["side"], None) not in out and (row["side"], row.get("series")) not in out
