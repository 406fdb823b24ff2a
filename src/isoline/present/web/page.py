"""The comparison page as plain values: what the template prints, nothing computed anew."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import date
from itertools import groupby

from isoline.analyse.comparison import Comparison, Difference, Source
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.terms import AXES
from isoline.domain.catalog import Catalog
from isoline.domain.slugs import Slug
from isoline.present import table
from isoline.present.scores import Score
from isoline.present.web.beside import beside
from isoline.present.web.form import Values, plain
from isoline.present.web.query import SWITCHES, Query
from isoline.present.web.site import PER_DOLLAR, ROUTES

FIELD_NAMES = {"kv_format": "KV cache format", "spec_method": "speculative decoding"}
CAPITALS = {"gpus": "GPUs", "tp": "TP", "pp": "PP", "ep": "EP", "dp": "DP", "url": "URL"}
MANY = 6  # differing values of one field that are shown at once


def page_values(
    comparison: Comparison, query: Query, path: str, found: Sequence[Score], today: date
) -> Values:
    """What `compare.html` needs of a comparison that stands at `path`, beside its controls and its legend."""
    a, b = comparison.sides
    return {
        "title": table.title(comparison),
        "conditions": table.conditions(comparison),
        "verdict": comparison.narrative[0],
        "sentences": comparison.narrative[1:],
        "kind_path": PER_DOLLAR if query.view == "per-dollar" else ROUTES[comparison.kind],
        "path": path,
        "metric": QUANTITIES[comparison.view.metric].name,
        "axis": AXES[comparison.view.x],
        "query": query.text(),
        "side_names": (a.label, b.label),
        "targets": [plain(target.interactivity) for target in comparison.targets],
        "groups": _groups(comparison),
        "legend": table.legend(comparison),
        "beside": beside(comparison),
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
    }


def command(slug: str, query: Query) -> str:
    """The same comparison on the command line."""
    words = ["isoline", "compare", slug]
    if query.view:
        words += ["--view", query.view]
    for name, value in query.values:
        words += [f"--{name.replace('_', '-')}", *([] if name in SWITCHES else [value])]
    return shlex.join(words)


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
        "text": "" if links or source.source == source.dataset else source.source,
    }


def labels_of(slug: Slug, catalog: Catalog) -> str:
    """What a comparison is called before there is one."""
    return f"{catalog.model_label(slug.model)}: {' vs '.join(slug.sides)}"
