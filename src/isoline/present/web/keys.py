"""The legend of a page's chart: sides, styles of lines and series, as the chart's rows name them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from isoline.analyse.comparison import Comparison, Side
from isoline.ask.hiding import series_name
from isoline.present.chart_data import UNKNOWN, clean, side_names

FEW = 2  # series that the sides' own keys already tell apart


@dataclass(frozen=True, slots=True)
class Style:
    """How a stretch of a line is drawn, in an SVG dash array, and what that means."""

    dash: str
    words: str
    why: str


STYLES = {
    "curve": Style("1 0", "interpolated", "between neighbouring measured points"),
    "published": Style("5 3", "between published", "between two readings that a page prints"),
    "gap": Style(
        "1.5 3",
        "wide gap",
        "the measured points beside are more than 1.5 times apart in interactivity or 4 times in throughput",
    ),
    "reach": Style("1 2", "reached", "given by a faster point: at least this"),
}


def keys(comparison: Comparison) -> dict[str, object]:
    """What `keys.html` and `lists.html` need; the comparison was made with `draw`.

    Line styles are explained only where there are others than `curve`, and series listed beyond one a side.
    """
    used = {segment.style for side in comparison.sides if side.plot for segment in side.plot.line}
    series = [_series(side, comparison.view.hide) for side in comparison.sides]
    out = comparison.view.hide
    return {
        "sides": [
            (name, side.key, side.key not in out)
            for name, side in zip(side_names(comparison), comparison.sides, strict=True)
        ],
        "styles": [style for name, style in STYLES.items() if name in used] if used - {"curve"} else [],
        "series": series if sum(map(len, series)) > FEW else [],
    }


def _series(side: Side, out: Sequence[str]) -> list[tuple[str, str, bool, int]]:
    """Each as the chart's rows and as an address call it, whether it is drawn, and how many points it has."""
    found = Counter(one.series for one in side.plot.points) if side.plot else Counter[str]()
    named = [(label, series_name(side, label or ""), count) for label, count in found.items()]
    return [(clean(label) if label else UNKNOWN, name, name not in out, n) for label, name, n in named]
