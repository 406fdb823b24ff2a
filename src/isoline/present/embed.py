"""A comparison as data from which a script can read any target: curves with their slopes, statuses, words.

The script (`web/static/reading.js`) only evaluates; frontiers, splines, prices and digits are chosen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from isoline.analyse.built import Built
from isoline.analyse.comparison import Comparison
from isoline.analyse.intervals import best_of, level_of
from isoline.analyse.line import Line
from isoline.analyse.narrative import HOW_KNOWN
from isoline.analyse.noise import Noise
from isoline.analyse.quantities import COST, PER_MW, QUANTITIES, THROUGHPUT, TOTAL, Quantity, Rates
from isoline.analyse.read import neighbour_of
from isoline.analyse.repeats import runs_of
from isoline.analyse.told import PRINTED, SINGLE, UNTOLD
from isoline.analyse.verdict import EXTREME, reached, recorded
from isoline.domain.point import Point
from isoline.numerics.curve import Curve
from isoline.numerics.student import normal_quantile, t_quantile
from isoline.present import behind, table
from isoline.present.chart_data import series_label, side_names

Values = dict[str, object]


def embedded(comparison: Comparison, built: Sequence[Built]) -> Values:
    """What readings, table, verdict and sentences at other targets need; units as in the JSON document.

    `built` is what the sides of the comparison were read from.
    """
    keys = dict.fromkeys((THROUGHPUT, COST, PER_MW, comparison.view.metric))
    quantities = [QUANTITIES[key] for key in keys]
    names = side_names(comparison)
    return {
        "method": comparison.method,
        "metric": comparison.view.metric,
        "many": table.MANY,
        "x": comparison.view.x,
        "where": ", ".join([comparison.where, *comparison.scope]),
        "span": comparison.common_range,
        "spec_compared": comparison.kind == "spec-decode",
        "differing": recorded(comparison.differences),
        "extreme": EXTREME,
        "closing": comparison.narrative[-1],
        "reached": reached(comparison.sides) if all(side.points for side in comparison.sides) else "",
        "quantities": {quantity.key: _words(quantity) for quantity in quantities},
        "how_known": HOW_KNOWN,
        "footing": [SINGLE, PRINTED, UNTOLD],
        "table": {
            "metrics": [asdict(metric) for metric in table.metrics(comparison)],
            "latencies": list(table.LATENCIES.items()),
            "latency_unit": table.LATENCY_UNIT,
            "known": table.KNOWN,
            "printed": table.PRINTED,
            "best": [table.BEST, table.BEST_UNIT],
            "interval": table.INTERVAL,
            "intervals": table.INTERVALS,
        },
        "behind": {
            "fields": behind.FIELDS,
            "each": behind.EACH,
            "compared": behind.COMPARED.get(comparison.kind),
            "nowhere": behind.NOWHERE,
            "unsaid": behind.UNSAID,
        },
        "levels": [_level(count + 1) for count in range(_most_rivals(built))],
        "legend": list(table.LEGEND.items()),
        "sides": [_side(one, name, quantities) for one, name in zip(built, names, strict=True)],
    }


def _words(quantity: Quantity) -> Values:
    return {"unit": quantity.unit, "noun": quantity.noun, "verb": quantity.verb, "sign": quantity.sign}


def _side(one: Built, name: str, quantities: list[Quantity]) -> Values:
    rates = one.rates
    return {
        "label": one.side.label,
        "name": name,  # on the chart, where both labels must differ
        "measured_range": one.side.measured_range,
        "explicit": {COST: rates.explicit_price, PER_MW: rates.explicit_power},
        "formulas": {quantity.key: _formula(quantity, rates) for quantity in quantities},
        "lines": [_line(line, quantities) for line in one.lines],
        "noise": _noise(one.noise, quantities) if one.noise else None,
    }


def _noise(noise: Noise, quantities: list[Quantity]) -> Values:
    """What intervals at any target follow from."""
    bases = {base.name: base for base in (TOTAL, *(quantity.base for quantity in quantities))}
    found = {name: noise.covariance(base) for name, base in bases.items()}
    total = found[TOTAL.name]
    return {
        "status": noise.status,
        "covariances": {name: [c.xx, c.xb, c.bb, c.freedom] for name, c in found.items() if c},
        "rivals": [[rival.xs, rival.ys, rival.runs] for rival in noise.rivals.each],
        "apart": t_quantile(total.freedom) if total else 0.0,
    }


def _most_rivals(built: Sequence[Built]) -> int:
    return max(1, *(len(one.noise.rivals.each) if one.noise else 0 for one in built))


def _level(rivals: int) -> tuple[float, float, float]:
    """For so many equal recipes: the probability outside, its normal quantile, their expected best."""
    level = level_of(rivals)
    return 1.0 - level, normal_quantile(level), best_of(rivals)


def _formula(quantity: Quantity, rates: Rates) -> Values:
    """How the metric follows from its base: times `factor`, or `factor` over it."""
    return {
        "base": quantity.base.name,
        "factor": quantity.convert(1.0, rates),
        "inverse": quantity.inverse,
        "printed": quantity.printed.name if quantity.printed and quantity.kept(rates) else None,
    }


def _line(line: Line, quantities: list[Quantity]) -> Values:
    curves = line.curves(quantities)
    return {
        "label": line.label,
        "series": series_label(line.label),  # in rows of the chart
        "printed": line.printed,
        "points": [_point(point) for point in line.points],
        "curves": {name: _knots(curve) for name, curve in curves.items()},
    }


def _point(point: Point) -> Values:
    return {
        "key": point.key,
        "x": point.interactivity,
        "y": point.throughput,
        "status": point.status,
        "ttft": point.metrics.get("median_ttft"),
        "runs": len(runs_of(point)),
        "spec": point.recipe.spec_method,
        "load": point.concurrency,
        "gpus": point.recipe.gpus,
        "e2e": point.metrics.get("median_e2el"),
        "facts": behind.facts(neighbour_of(point)),
    }


def _knots(curve: Curve) -> list[tuple[float, ...]]:
    return [curve.xs, curve.ys, curve.slopes]
