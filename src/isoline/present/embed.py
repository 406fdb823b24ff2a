"""A comparison as data from which a script can read any target: curves with their slopes, statuses, words.

The script (`web/static/reading.js`) only evaluates; frontiers, splines and prices are chosen here.
"""

from __future__ import annotations

from dataclasses import asdict

from isoline.analyse.comparison import Comparison, Side
from isoline.analyse.line import SPLINED, Line, Rates
from isoline.analyse.narrative import recorded
from isoline.numerics.curve import Curve
from isoline.present import table
from isoline.present.chart_data import side_names

Values = dict[str, object]


def embedded(comparison: Comparison) -> Values:
    """What readings, table, verdict and sentences at other targets need; units as in the JSON document."""
    names = side_names(comparison)
    return {
        "method": comparison.method,
        "where": comparison.where,
        "span": comparison.common_range,
        "differing": recorded(comparison.differences),
        "closing": comparison.narrative[-1],
        "legend": list(table.LEGEND.items()),
        "sides": [_side(side, name) for side, name in zip(comparison.sides, names, strict=True)],
    }


def _side(side: Side, name: str) -> Values:
    return {
        "label": side.label,
        "name": name,  # on the chart, where both labels must differ
        "measured_range": side.measured_range,
        "rates": asdict(side.rates or Rates(None, None)),
        "lines": [_line(line) for line in side.lines],
    }


def _line(line: Line) -> Values:
    return {
        "label": line.label,
        "printed": line.printed,
        "points": [{"x": p.interactivity, "y": p.throughput, "status": p.status} for p in line.points],
        "curves": {"throughput": _knots(line.curve)}
        | {name: _knots(curve) for name in SPLINED if (curve := line.splined(name)) is not None},
    }


def _knots(curve: Curve) -> list[tuple[float, ...]]:
    return [curve.xs, curve.ys, curve.slopes]
