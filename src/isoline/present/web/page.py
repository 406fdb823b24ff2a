"""The comparison page as plain values: what the template prints, nothing computed anew."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from isoline.analyse.compare import METHODS
from isoline.analyse.comparison import Comparison, Difference, Source
from isoline.domain.catalog import TIERS, Catalog
from isoline.domain.slugs import Slug
from isoline.present import table
from isoline.present.choices import Choices
from isoline.present.scores import Score
from isoline.present.web.query import PARAMETERS, Query
from isoline.present.web.site import KIND_NAMES, ROUTES, address

FIELD_NAMES = {"kv_format": "KV cache format", "spec_method": "speculative decoding"}
CAPITALS = {"gpus": "GPUs", "tp": "TP", "pp": "PP", "ep": "EP", "dp": "DP", "url": "URL"}
MANY = 6  # differing values of one field that are shown at once

Values = dict[str, object]


def page_values(
    comparison: Comparison, slug: Slug, query: Query, known: Choices, found: Sequence[Score], today: date
) -> Values:
    """Everything `compare.html` needs."""
    a, b = comparison.sides
    return {
        "title": table.title(comparison),
        "conditions": table.conditions(comparison),
        "verdict": comparison.narrative[0],
        "sentences": comparison.narrative[1:],
        "kind": KIND_NAMES[slug.kind],
        "kind_path": ROUTES[slug.kind],
        "path": address(slug),
        "query": query.text(),
        "side_names": (a.label, b.label),
        "targets": [plain(target.interactivity) for target in comparison.targets],
        "groups": _groups(comparison),
        "legend": table.legend(comparison),
        "scores": [
            {"task": task, "metric": metric, "sides": list(rows)}
            for (task, metric), rows in groupby(found, key=lambda score: (score.task, score.metric))
        ],
        "differences": [_difference(d) for d in comparison.differences],
        "series": [
            (side.label, [(s.label, len(s.points)) for s in side.series]) for side in comparison.sides
        ],
        "sources": [_source(source, today) for source in comparison.sources],
        "notes": comparison.notes,
        "command": command(comparison.slug, query),
        "command_without_targets": command(comparison.slug, query.without("at")),
        "form": form(slug, query, known, comparison),
    }


def form(slug: Slug, query: Query, known: Choices, comparison: Comparison | None) -> Values:
    """The controls and what is chosen; the defaults in force are named, not chosen."""
    held = {name: query.get(name) for name in PARAMETERS}
    prices, powers = _by_hardware(held["price"]), _by_hardware(held["power"])
    shown = [plain(t.interactivity) for t in comparison.targets] if comparison else []
    sequence = comparison.sequence if comparison else held["sequence"]
    precision = comparison.precision if comparison else held["precision"]
    return {
        "action": address(slug),
        "held": held,
        "default_at": ",".join(shown) if comparison and not held["at"] else "",
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
        "rates": [
            {
                "hardware": key,
                "price": prices.get(key, ""),
                "price_now": _now(comparison.price if comparison else {}, key),
                "power": powers.get(key, ""),
                "power_now": _now(comparison.power if comparison else {}, key),
            }
            for key in slug.hardware
        ],
        "chosen": bool(query.values),
    }


def command(slug: str, query: Query) -> str:
    """The same comparison on the command line."""
    words = ["isoline", "compare", slug]
    for name, value in query.values:
        words += [f"--{name.replace('_', '-')}", value]
    return shlex.join(words)


def plain(value: float) -> str:
    """A target as a person types it."""
    return f"{value:.10g}"


def age(day: str | None, today: date) -> str:
    """`164 days old`; nothing for what has no date."""
    if day is None:
        return ""
    try:
        days = (today - date.fromisoformat(day)).days
    except ValueError:
        return ""
    return "of today" if days <= 0 else "1 day old" if days == 1 else f"{days:,} days old"


def _groups(comparison: Comparison) -> list[Values]:
    """The table's rows by metric, each with the side it is about (0, 1) or none."""
    labels = [side.label for side in comparison.sides]
    groups = []
    for (metric, unit), rows in groupby(table.rows(comparison), key=lambda row: (row.metric, row.unit)):
        lines = [
            {
                "side": None if row.is_ratio else labels.index(row.label),
                "label": row.label,
                "cells": row.cells,
            }
            for row in rows
        ]
        if [line["side"] for line in lines if line["side"] is not None] == [0, 0]:
            lines[1]["side"] = 1  # both sides may be called the same
        groups.append({"metric": metric, "unit": unit, "rows": lines})
    return groups


def _difference(difference: Difference) -> Values:
    words = " ".join(CAPITALS.get(word, word) for word in difference.field.split("_"))
    name = FIELD_NAMES.get(difference.field, words)
    return {"name": name, "sides": (_listed(difference.a), _listed(difference.b))}


def _listed(text: str) -> tuple[str, str]:
    """A long list as its beginning and the rest, which the page folds away."""
    parts = text.split(", ")
    return (text, "") if len(parts) <= MANY else (", ".join(parts[:MANY]), ", ".join(parts[MANY:]))


def _source(source: Source, today: date) -> Values:
    dates = (
        "undated"
        if source.first_date is None
        else source.first_date
        if source.first_date == source.last_date
        else f"{source.first_date} to {source.last_date}"
    )
    links = [part for part in source.source.split(", ") if part.startswith(("https://", "http://"))]
    return {
        "dataset": source.dataset,
        "points": f"{source.points:,} {'point' if source.points == 1 else 'points'}",
        "dates": dates,
        "age": age(source.last_date, today),
        "links": links,
        "text": "" if links else source.source,
    }


def _with(known: Sequence[str], chosen: str | None) -> tuple[str, ...]:
    return tuple(known) if not chosen or chosen in known else (*known, chosen)


def _by_hardware(text: str) -> dict[str, str]:
    return {key.strip().lower(): value for key, _, value in (item.partition("=") for item in text.split(","))}


def _now(values: object, key: str) -> str:
    value = values.get(key) if hasattr(values, "get") else None
    return "" if value is None else f"{value:g}"


def labels_of(slug: Slug, catalog: Catalog) -> str:
    """What a comparison is called before there is one."""
    return f"{catalog.model_label(slug.model)}: {' vs '.join(slug.sides)}"
