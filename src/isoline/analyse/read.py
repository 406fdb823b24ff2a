"""Readings: what a side does at a target interactivity, and how that is known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import asdict

from isoline.analyse.comparison import Best, Bound, Neighbour, Reading
from isoline.analyse.line import SAME, Line
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT, Quantity, Rates
from isoline.domain.point import PUBLISHED, SIMULATED, Point

# Ratios of two neighbours' interactivity and throughput beyond which what lies between is not claimed;
# docs/decisions/0006 measures how far readings between such points are off.
WIDE_GAP = 1.5
TALL_GAP = 4.0
CLOSE = 0.005  # of a target: so near to a measured point, how far the other one is does not matter


def read_pooled(
    line: Line | None, x: float, rates: Rates, quantity: Quantity = QUANTITIES[THROUGHPUT]
) -> Reading:
    """The reference's convention: one frontier over all points; no value beyond its ends."""
    if line is None:
        return Reading("outside")
    if x < line.first.interactivity * (1 - SAME):
        return Reading("outside", bound=_bound("first", line.first), basis=_basis((line.first,)))
    if x > line.last.interactivity * (1 + SAME):
        return Reading("outside", bound=_bound("last", line.last), basis=_basis((line.last,)))
    return _inside(line, x, rates, quantity)


def read_envelope(
    lines: Sequence[Line], x: float, rates: Rates, quantity: Quantity = QUANTITIES[THROUGHPUT]
) -> Reading:
    """The best throughput over all series and over interactivity >= `x`.

    Left of a series' first knot that knot counts: the side is faster than asked (`dominated`).
    Right of every series' last knot nothing is known (`outside`), nor left of published readings.
    """
    if not lines:
        return Reading("outside")
    best = envelope_line(lines, x)
    if best is None:
        edge = max((line.last for line in lines), key=lambda p: (p.interactivity, p.throughput))
        if x < edge.interactivity:
            edge = min((line.first for line in lines), key=lambda p: p.interactivity)
            return Reading("outside", bound=_bound("first", edge), basis=_basis((edge,)))
        return Reading("outside", bound=_bound("last", edge), basis=_basis((edge,)))
    return _inside(best, x, rates, quantity)


def envelope_line(lines: Sequence[Line], x: float) -> Line | None:
    """The series that is best at `x`; of equals the one that reaches furthest, then the first.

    A first published reading is where a page was read, not where its side starts, so it says nothing
    about what lies left of it.
    """
    best, value = None, 0.0
    for line in lines:
        if best is not None and line.first.throughput < value:
            continue  # no curve rises above its first knot
        if line.last.interactivity * (1 + SAME) < x:
            continue
        if line.printed and line.first.interactivity * (1 - SAME) > x:
            continue
        own = line.curve(x)
        if best is None or (own, line.last.interactivity) > (value, best.last.interactivity):
            best, value = line, own
    return best


def line_at(lines: Sequence[Line], x: float, *, pooled: bool) -> Line | None:
    """What a reading at `x` is taken from: the one frontier of `pooled`, or the best series."""
    return (lines[0] if lines else None) if pooled else envelope_line(lines, x)


def value_at(
    lines: Sequence[Line], x: float, rates: Rates, quantity: Quantity, *, pooled: bool
) -> float | None:
    """The `value` of the reading at `x` and nothing else of it, for those who ask at hundreds of speeds."""
    best = line_at(lines, x, pooled=pooled)
    if best is None or (pooled and not best.first.interactivity <= x <= best.last.interactivity):
        return None
    return best.value(quantity, x, rates)


def best_from(lines: Sequence[Line], x: float, rates: Rates) -> Best | None:
    """The known point of most throughput at `x` or faster, of equals the fastest; no curve is asked."""
    reach = (p for line in lines for p in line.points if p.interactivity >= x * (1 - SAME))
    best = max(reach, key=lambda p: (p.throughput, p.interactivity), default=None)
    if best is None:
        return None
    return Best(**asdict(neighbour_of(best)), cost_per_mtok=QUANTITIES[COST].of(best, rates))


def is_known(lines: Sequence[Line], x: float, *, pooled: bool) -> bool:
    """Whether a side is measured, published, simulated or interpolated at `x`, without its metrics."""
    best = line_at(lines, x, pooled=pooled)
    if best is None or not best.first.interactivity <= x <= best.last.interactivity:
        return False
    near = best.neighbours(x)
    return len(near) == 1 or not is_wide(*near) or _is_close(near, x)


def known_spans(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """From knot to knot of each line, where no wide gap lies between."""
    pairs = (pair for line in lines for pair in pairwise(line.points))
    return [(a.interactivity, b.interactivity) for a, b in pairs if not is_wide(a, b)]


def _inside(line: Line, x: float, rates: Rates, quantity: Quantity) -> Reading:
    near = line.neighbours(x)
    values = line.at(x, near, rates)
    return Reading(
        status=_status(near, x),
        value=line.value(quantity, x, rates, near, values.throughput),
        throughput_per_gpu=values.throughput,
        output_throughput_per_gpu=values.output_throughput,
        input_throughput_per_gpu=values.input_throughput,
        cost_per_mtok=values.cost,
        tokens_per_s_per_mw=values.tokens_per_mw,
        concurrency=values.concurrency,
        series=line.label,
        neighbours=tuple(neighbour_of(point) for point in near),
        basis=_basis(near),
        recomputed=values.recomputed,
    )


def is_wide(a: Point, b: Point) -> bool:
    """Whether two neighbours are too far apart for what lies between them to be claimed.

    Not said of two published readings: they are samples of a drawn curve, not measured points, and
    what lies between them is marked as such.
    """
    if a.status == b.status == PUBLISHED:
        return False
    return _far(a.interactivity, a.throughput, b.interactivity, b.throughput)


def reaches_into_a_gap(reading: Reading) -> bool:
    """Whether it lies beside a measured point, and what begins there is a wide gap otherwise."""
    if reading.status != "interpolated" or reading.basis or len(reading.neighbours) != 2:
        return False
    a, b = reading.neighbours
    return _far(a.interactivity, a.throughput_per_gpu, b.interactivity, b.throughput_per_gpu)


def _far(slow: float, most: float, fast: float, least: float) -> bool:
    return fast > WIDE_GAP * slow or most > TALL_GAP * least


def _is_close(near: tuple[Point, ...], x: float) -> bool:
    return any(abs(point.interactivity - x) <= CLOSE * x for point in near)


def _status(near: tuple[Point, ...], x: float) -> str:
    if len(near) == 2 and is_wide(*near) and not _is_close(near, x):
        return "wide gap"
    basis = _basis(near)
    on_knot = len(near) == 1 and abs(near[0].interactivity - x) <= SAME * abs(x)
    if len(near) == 1 and not on_knot:
        return "dominated"
    if basis == SIMULATED:
        return SIMULATED
    if basis == PUBLISHED:
        return PUBLISHED if on_knot else "interpolated"
    return "measured" if on_knot else "interpolated"


def _basis(near: tuple[Point, ...]) -> str | None:
    """`simulated` or `published` as soon as one neighbour is: the weaker evidence names the reading."""
    kinds = {point.status for point in near}
    return SIMULATED if SIMULATED in kinds else PUBLISHED if PUBLISHED in kinds else None


def _bound(edge: str, point: Point) -> Bound:
    return Bound(edge, point.interactivity, point.throughput)


def neighbour_of(point: Point) -> Neighbour:
    """What is told of a point beside a reading."""
    recipe = point.recipe
    printed = point.status == PUBLISHED  # which recipe gave it, the page does not say
    return Neighbour(
        interactivity=point.interactivity,
        throughput_per_gpu=point.throughput,
        concurrency=point.concurrency,
        engine=None if printed else " ".join(filter(None, (recipe.engine, recipe.engine_version))),
        spec_method=None if printed else recipe.spec_method,
        gpus=recipe.gpus,
        date=point.date,
        run_url=point.run_url,
        ttft=point.metrics.get("median_ttft"),
        e2e=point.metrics.get("median_e2el"),
        recipe=None if printed else recipe.id,
        parallelism=None if printed else recipe.parallelism or None,
        prefill_parallelism=None if printed else recipe.prefill_parallelism or None,
        disaggregated=None if printed else recipe.disaggregated,
        runs=None if printed else len(point.single_runs),
    )
