"""Parts of a comparison's page that other targets leave as they are: rendered once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from isoline.analyse.comparison import Comparison, Difference, Source
from isoline.analyse.matching import ALL
from isoline.analyse.words import field
from isoline.ask.scores import Score
from isoline.present import around
from isoline.present.quality import UNKNOWN, by_task
from isoline.present.web.form import Values
from isoline.present.web.keys import keys

if TYPE_CHECKING:
    from markupsafe import Markup

    from isoline.present.web.assets import Assets

MANY = 6  # differing values of one field that are shown at once


def parts(comparison: Comparison, today: date, assets: Assets) -> dict[str, Markup]:
    """By the names that `compare.html` has for them; the comparison was made with `draw`."""
    legend = keys(comparison)
    values: dict[str, Values] = {
        "keys": legend,
        "lists": legend,
        "within": {"lines": [line.partition(": ") for line in around.within(comparison)]},
        "origins": {
            "sources": [_source(source, today) for source in comparison.sources],
            "series": [
                (side.label, [(s.label, len(s.points)) for s in side.series]) for side in comparison.sides
            ],
        },
    }
    found = {name: assets.part(f"{name}.html", own) for name, own in values.items()}
    return found | {"differs": differs_part(comparison, assets)}


def differs_part(comparison: Comparison, assets: Assets, *, controls: bool = True) -> Markup:
    """What both sides are held equal in and what else differs; `controls` switch the first."""
    asked = comparison.filters.match
    every = ALL in asked
    held = [_difference(one, box=controls and not every, held=True) for one in comparison.held]
    others = [
        _difference(one, box=controls and one.shared and not every, held=False)
        for one in comparison.differences
    ]
    rows = [*held, *others]
    values = {
        "rows": rows,
        "side_names": [side.label for side in comparison.sides],
        "switch": controls and bool(asked or comparison.offers.match),
        "all": every,
        "best": not asked,
        "boxes": any(row["box"] for row in rows),
    }
    return assets.part("differs.html", values)


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


def _difference(difference: Difference, *, box: bool, held: bool) -> Values:
    sides = (difference.a,) if held else (difference.a, difference.b)
    return {
        "field": difference.field,
        "name": field(difference.field),
        "sides": [_listed(text) for text in sides],
        "box": box,
        "held": held,
    }


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
