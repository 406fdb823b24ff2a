"""Parts of a comparison's page that other targets leave as they are: rendered once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from isoline.analyse.comparison import Comparison, Difference, Source
from isoline.ask.scores import Score
from isoline.present import around
from isoline.present.quality import UNKNOWN, by_task
from isoline.present.web.form import Values
from isoline.present.web.keys import keys

if TYPE_CHECKING:
    from markupsafe import Markup

    from isoline.present.web.assets import Assets

FIELD_NAMES = {"kv_format": "KV cache format", "spec_method": "speculative decoding"}
CAPITALS = {"gpus": "GPUs", "tp": "TP", "pp": "PP", "ep": "EP", "dp": "DP", "url": "URL"}
MANY = 6  # differing values of one field that are shown at once


def parts(comparison: Comparison, today: date, assets: Assets) -> dict[str, Markup]:
    """By the names that `compare.html` has for them; the comparison was made with `draw`."""
    legend = keys(comparison)
    values: dict[str, Values] = {
        "keys": legend,
        "lists": legend,
        "within": {"lines": [line.partition(": ") for line in around.within(comparison)]},
        "differs": {
            "differences": [_difference(d) for d in comparison.differences],
            "side_names": [side.label for side in comparison.sides],
        },
        "origins": {
            "sources": [_source(source, today) for source in comparison.sources],
            "series": [
                (side.label, [(s.label, len(s.points)) for s in side.series]) for side in comparison.sides
            ],
        },
    }
    return {name: assets.part(f"{name}.html", own) for name, own in values.items()}


def scores_part(found: Sequence[Score], assets: Assets) -> Markup:
    """What `compare.html` calls `scores`, which depends on the recipes that are read."""
    return assets.part("scores.html", {"tasks": by_task(found), "unknown": UNKNOWN})


def age(day: str | None, today: date) -> str:
    """`164 days old`; nothing for what has no date."""
    if day is None:
        return ""
    try:
        days = (today - date.fromisoformat(day)).days
    except ValueError:
        return ""
    return "of today" if days <= 0 else "1 day old" if days == 1 else f"{days:,} days old"


def _difference(difference: Difference) -> Values:
    words = " ".join(CAPITALS.get(word, word) for word in difference.field.split("_"))
    name = FIELD_NAMES.get(difference.field, words)
    return {"name": name, "sides": (_listed(difference.a), _listed(difference.b))}


def _listed(text: str) -> tuple[str, str]:
    """A long list as its beginning and the rest, which the page folds away."""
    values = text.split(", ")
    return (text, "") if len(values) <= MANY else (", ".join(values[:MANY]), ", ".join(values[MANY:]))


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
