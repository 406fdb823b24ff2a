"""Narrowing the points of a comparison, and what the same data can be narrowed to and shown as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from isoline.analyse.matching import NO_MATCHING, Matching, headline
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.terms import AGGREGATIONS, AXES, AXIS_METRICS, LATENCIES, STATISTICS, Filters
from isoline.domain.catalog import Catalog
from isoline.domain.point import PUBLISHED, Point

# Stored beside a measured power, and fetched only when they are asked for.
_WITH_POWER = ("joules_per_total_token", "joules_per_output_token")
_WITH_POWER_OF_ROLES = ("joules_per_input_token", "prefill_avg_power_w", "decode_avg_power_w")
STORED_APART = (*_WITH_POWER, *_WITH_POWER_OF_ROLES)


class Offers(msgspec.Struct, frozen=True):
    """Values that some point of the selection has, before any filter; `published` of points that say
    nothing about how they were served. `match`: fields in which both sides can be held equal at once.
    """

    metrics: tuple[str, ...] = ()
    x: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()
    aggregation: tuple[str, ...] = ()
    spec_decode: tuple[str, ...] = ()
    match: tuple[str, ...] = ()


NO_OFFERS = Offers()


def keep(points: Iterable[Point], filters: Filters, catalog: Catalog) -> list[Point]:
    """The points that pass; published readings do not say how they were served and pass by vendor only.

    A point that does not report a latency is within no limit of it.
    """
    return [point for point in points if _passes(point, filters, catalog)]


def _passes(point: Point, filters: Filters, catalog: Catalog) -> bool:
    recipe = point.recipe
    if filters.vendor and vendor_of(recipe.hardware, catalog) not in filters.vendor:
        return False
    if (filters.aggregation or filters.spec_decode) and point.status == PUBLISHED:
        return False
    for axis, limit in limits(filters).items():
        seconds = point.metrics.get(_limited(filters, axis))
        if seconds is None or seconds > limit:
            return False
    if filters.aggregation and recipe.disaggregated != (filters.aggregation == AGGREGATIONS[1]):
        return False
    return not filters.spec_decode or recipe.spec_method in filters.spec_decode


def limits(filters: Filters) -> dict[str, float]:
    """The longest latencies that count, seconds, by the axis that shows their medians."""
    asked = {"ttft": filters.max_ttft, "e2e": filters.max_e2e}
    return {axis: limit for axis, limit in asked.items() if limit is not None}


def limits_apart(filters: Filters) -> bool:
    """Whether a limit is on what is stored apart, as percentiles are."""
    return bool(limits(filters)) and filters.limit_on != STATISTICS[0]


def unreported(points: Sequence[Point], filters: Filters) -> dict[str, int]:
    """How many points do not report a limited latency, by that in words: `p99 TTFT`."""
    missing = {
        _latency(filters, axis): sum(_limited(filters, axis) not in point.metrics for point in points)
        for axis in limits(filters)
    }
    return {latency: count for latency, count in missing.items() if count}


def _limited(filters: Filters, axis: str) -> str:
    """The metric that a limit is on."""
    return f"{filters.limit_on}_{LATENCIES[axis]}"


def _latency(filters: Filters, axis: str) -> str:
    return f"{filters.limit_on} {axis.upper()}"


def offers(points: Sequence[Point], hardware: Sequence[str], catalog: Catalog) -> Offers:
    """What these points can be shown as and narrowed to."""
    known = [point for point in points if point.status != PUBLISHED]
    return Offers(
        metrics=tuple(key for key in QUANTITIES if _has(points, key)),
        x=tuple(axis for axis in AXES if _has_axis(points, axis)),
        vendor=tuple(sorted({vendor_of(key, catalog) for key in hardware})),
        aggregation=tuple(AGGREGATIONS[i] for i in sorted({p.recipe.disaggregated for p in known})),
        spec_decode=tuple(sorted({p.recipe.spec_method for p in known})),
    )


def scope(filters: Filters, catalog: Catalog, matching: Matching = NO_MATCHING) -> tuple[str, ...]:
    """The filters in words: `disaggregated only`, `with MTP only`, `with equal topology`."""
    words = []
    if filters.vendor:
        words.append(f"{', '.join(name.upper() for name in filters.vendor)} only")
    if filters.aggregation:
        words.append(f"{filters.aggregation} only")
    if filters.spec_decode:
        named = [
            "no spec decode" if key == "none" else catalog.spec_label(key) for key in filters.spec_decode
        ]
        words.append(f"{' or '.join(named)} only")
    for axis, limit in limits(filters).items():
        words.append(f"{_latency(filters, axis)} at most {limit:g} s")
    if matching.fields:
        words.append(headline(matching))
    return tuple(words)


def vendor_of(hardware: str, catalog: Catalog) -> str:
    """`nvidia`; `unknown` for hardware that the catalog does not hold."""
    entry = catalog.hardware.get(hardware)
    return entry.vendor.lower() if entry else "unknown"


def vendors(catalog: Catalog) -> tuple[str, ...]:
    """All vendors of the catalog."""
    return tuple(sorted({entry.vendor.lower() for entry in catalog.hardware.values()}))


def _has(points: Sequence[Point], key: str) -> bool:
    if key in STORED_APART:
        roles = key in _WITH_POWER_OF_ROLES
        return any("avg_power_w" in p.metrics and (p.recipe.disaggregated or not roles) for p in points)
    quantity = QUANTITIES[key]
    bases = [quantity.base, *([quantity.printed] if quantity.printed else [])]
    return any(base.read(point) is not None for point in points for base in bases)


def _has_axis(points: Sequence[Point], axis: str) -> bool:
    return axis not in AXIS_METRICS or any(AXIS_METRICS[axis] in point.metrics for point in points)
