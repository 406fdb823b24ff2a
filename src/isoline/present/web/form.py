"""The controls of a comparison as plain values: what can be chosen, what is, and why something cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from isoline.analyse.comparison import Comparison
from isoline.analyse.dimensions import side_label
from isoline.analyse.filters import Offers, vendors
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT
from isoline.analyse.terms import AGGREGATIONS, AXIS_METRICS, METHODS, STATISTICS
from isoline.ask.choices import Choices
from isoline.ask.siblings import Selector
from isoline.ask.values import LARGEST, number, split
from isoline.domain.catalog import TIERS, Catalog
from isoline.domain.point import PUBLISHED
from isoline.domain.slugs import Slug
from isoline.present.web.query import PARAMETERS, Query
from isoline.present.web.site import address

Values = dict[str, object]

AXIS_NAMES = {"interactivity": "Interactivity", "e2e": "E2E latency", "ttft": "TTFT"}
PART_NAMES = {"model": "Model", "hardware": "GPU", "precision": "Precision", "a": "Compare", "b": "with"}
FOLDED = (
    *("within", "tier", "price", "power", "vendor", "aggregation", "spec_decode"),
    *("max_ttft", "max_e2e", "limit_on"),
    *("dataset", "as_of", "method", "optimal"),
)


def form(
    slug: Slug,
    query: Query,
    known: Choices,
    comparison: Comparison | None,
    parts: Sequence[Selector],
    catalog: Catalog,
) -> Values:
    """Everything `form.html` needs; the defaults in force are named, not chosen."""
    held = {name: query.get(name) for name in PARAMETERS}
    sequence = comparison.sequence if comparison else held["sequence"]
    precision = comparison.precision if comparison else held["precision"]
    return {
        "action": address(slug, query.view),
        "held": held,
        "default_at": _default_at(held["at"], comparison),
        "parts": [_part(part, slug, catalog) for part in parts],
        "metrics": metrics(comparison),
        "default_metric": COST if query.view == "per-dollar" else THROUGHPUT,
        "axes": [(key, name, _offered(comparison, "x", key)) for key, name in AXIS_NAMES.items()],
        "limits": [
            (f"max_{key}", f"{name} at most, s", held[f"max_{key}"], _offered(comparison, "x", key))
            for key, name in sorted(AXIS_NAMES.items(), reverse=True)  # TTFT first
            if key in AXIS_METRICS
        ],
        "statistics": STATISTICS,
        "filters": _filters(slug, held, comparison, catalog),
        "sequences": _with(known.sequences, sequence),
        "sequence": sequence,
        "precisions": _with(known.precisions, precision) if slug.kind == "gpu" else (),
        "precision": precision,
        "datasets": _with(known.datasets, held["dataset"]),
        "methods": METHODS,
        "tiers": TIERS,
        "tier": comparison.tier if comparison else "default",
        "dataset": comparison.sources[0].dataset if comparison and comparison.sources else "preferred",
        "unknown": "as printed" if comparison else "default",
        "rates": _rates(slug, held, comparison),
        "targets": _numbers(held["at"]),
        "budgets": _numbers(held["within"]),
        "chosen": bool(query.values),
        "unfolded": query.view == "per-dollar" or any(held[name] for name in FOLDED),
    }


def _numbers(held: str) -> list[tuple[str, bool]]:
    """The texts of a list, with whether each is wrong; behind them one to be filled in."""
    found = [(text, number(text)) for text in split([held])]
    return [*((text, value is None or not 0 < value <= LARGEST) for text, value in found), ("", False)]


def plain(value: float) -> str:
    """A target as a person types it."""
    return f"{value:.10g}"


def _default_at(at: str, comparison: Comparison | None) -> str:
    if at or comparison is None:
        return ""
    return ",".join(plain(target.interactivity) for target in comparison.targets)


def _part(part: Selector, slug: Slug, catalog: Catalog) -> Values:
    options = [(key, _label(part.part, key, slug, catalog)) for key in part.options]
    return {"name": f"to.{part.part}", "title": PART_NAMES[part.part], "now": part.now, "options": options}


def _label(part: str, key: str, slug: Slug, catalog: Catalog) -> str:
    """What the key of one part of a comparison is called."""
    if part == "model":
        return catalog.model_label(key)
    kind = {"hardware": "gpu", "precision": "precision"}.get(part, slug.kind)
    return side_label(kind, key, slug.model, catalog)


def metrics(comparison: Comparison | None) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """Groups of metrics with whether the data has them."""
    return [
        (group, [(q.key, q.name, _offered(comparison, "metrics", q.key)) for q in quantities])
        for group, quantities in groupby(QUANTITIES.values(), key=lambda quantity: quantity.group)
    ]


def _offered(comparison: Comparison | None, field: str, key: str) -> bool:
    return comparison is None or key in getattr(comparison.offers, field)


def _filters(
    slug: Slug, held: Mapping[str, str], comparison: Comparison | None, catalog: Catalog
) -> list[Values]:
    """Vendor, aggregation and spec decoding; each with its values, or with the reason why there are none."""
    offers = comparison.offers if comparison else None
    silent = comparison is not None and _only_published(comparison)
    unsaid = "published readings do not say"
    compared = "that is what is compared"
    rows = (
        ("vendor", "Vendor", vendors(catalog), ""),
        ("aggregation", "Aggregation", AGGREGATIONS, unsaid if silent else ""),
        (
            "spec_decode",
            "Spec decoding",
            tuple(catalog.spec_methods),
            compared if slug.kind == "spec-decode" else unsaid if silent else "",
        ),
    )
    return [_filter(name, title, values, why, held[name], offers) for name, title, values, why in rows]


def _filter(
    name: str, title: str, values: Sequence[str], why: str, held: str, offers: Offers | None
) -> Values:
    found: tuple[str, ...] = getattr(offers, name) if offers else tuple(values)
    if not why and len(found) == 1:
        why = f"all are {_words(found[0])}"
    options = [(key, _words(key)) for key in _with(found, held if "," not in held else "")]
    return {"name": name, "title": title, "held": held, "options": options, "why": "" if held else why}


def _words(key: str) -> str:
    names = {"none": "without", "nvidia": "NVIDIA", "amd": "AMD", **dict.fromkeys(AGGREGATIONS)}
    return names.get(key, key.upper()) or key


def _only_published(comparison: Comparison) -> bool:
    points = [point for side in comparison.sides for point in side.points]
    return bool(points) and all(point.status == PUBLISHED for point in points)


def _rates(slug: Slug, held: Mapping[str, str], comparison: Comparison | None) -> list[Values]:
    prices, powers = _by_hardware(held["price"]), _by_hardware(held["power"])
    return [
        {
            "hardware": key,
            "price": prices.get(key, ""),
            "price_now": _now(comparison.price if comparison else {}, key),
            "power": powers.get(key, ""),
            "power_now": _now(comparison.power if comparison else {}, key),
        }
        for key in slug.hardware
    ]


def _with(known: Sequence[str], chosen: str | None) -> tuple[str, ...]:
    return tuple(known) if not chosen or chosen in known else (*known, chosen)


def _by_hardware(text: str) -> dict[str, str]:
    return {key.strip().lower(): value for key, _, value in (item.partition("=") for item in text.split(","))}


def _now(values: Mapping[str, float], key: str) -> str:
    value = values.get(key)
    return "" if value is None else f"{value:g}"
