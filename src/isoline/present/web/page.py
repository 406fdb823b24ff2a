"""The comparison page as plain values: what the template prints, nothing computed anew."""

from __future__ import annotations

import shlex
from itertools import groupby

from isoline.analyse.comparison import Comparison
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.terms import AXES
from isoline.analyse.told import headline_target
from isoline.domain.catalog import Catalog
from isoline.domain.slugs import Slug
from isoline.present import around, table
from isoline.present.behind import behind
from isoline.present.hidden import hidden
from isoline.present.web.beside import beside
from isoline.present.web.form import Values, plain
from isoline.present.web.query import SWITCHES, Query
from isoline.present.web.site import PER_DOLLAR, ROUTES


def page_values(comparison: Comparison, query: Query, path: str) -> Values:
    """What `compare.html` needs of a comparison that stands at `path`, beside its `parts`."""
    a, b = comparison.sides
    return {
        "title": around.title(comparison),
        "conditions": around.conditions(comparison),
        "verdict": comparison.narrative[0],
        "undated": around.undated(comparison),
        "otherwise": _otherwise(comparison, query, path),
        "firm": bool((told := headline_target(comparison.targets)) and told.interval),
        "sentences": comparison.narrative[1:],
        "kind_path": PER_DOLLAR if query.view == "per-dollar" else ROUTES[comparison.kind],
        "path": path,
        "metric": QUANTITIES[comparison.view.metric].name,
        "axis": AXES[comparison.view.x],
        "query": query.text(),
        "hidden": "; ".join(hidden(comparison).values()),
        "all_drawn": path + query.without("hide").text(),
        "side_names": (a.label, b.label),
        "many": table.MANY,
        "targets": [plain(target.interactivity) for target in comparison.targets],
        "span": " ".join(map(plain, comparison.common_range or ())),
        "groups": _groups(comparison),
        "legend": table.legend(comparison, bold=True),
        "beside": beside(comparison),
        "behind": behind(comparison),
        "split": comparison.attribution.sentence if comparison.attribution else "",
        "equal": bool(comparison.held),
        "notes": comparison.notes,
        "command": command(comparison.slug, query),
        "command_without_targets": command(comparison.slug, query.without("at")),
    }


def _otherwise(comparison: Comparison, query: Query, path: str) -> tuple[str, str]:
    """Address and words of the default sequence that a last day kept from being read."""
    other = comparison.undated
    if other is None:
        return "", ""
    if other.known:
        return path + query.text([("sequence", other.sequence)]), f"Read {other.sequence} as of then"
    return path + query.without("as_of").text(), f"Read {other.sequence} without a date"


def command(slug: str, query: Query) -> str:
    """The same comparison on the command line."""
    words = ["isoline", "compare", slug]
    if query.view:
        words += ["--view", query.view]
    for name, value in query.values:
        option = name.replace("_", "-")
        if name not in SWITCHES:
            words += [f"--{option}", value]
        elif value == "1":
            words.append(f"--{option}")
        elif name == "log":
            words.append("--no-log")
    return shlex.join(words)


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
                "ahead": row.ahead,
            }
            for row in rows
        ]
        if [line["side"] for line in lines if line["side"] is not None] == [0, 0]:
            lines[1]["side"] = 1  # both sides may be called the same
        groups.append({"metric": metric, "unit": unit, "rows": lines})
    return groups


def labels_of(slug: Slug, catalog: Catalog) -> str:
    """What a comparison is called before there is one."""
    return f"{catalog.model_label(slug.model)}: {' vs '.join(slug.sides)}"
