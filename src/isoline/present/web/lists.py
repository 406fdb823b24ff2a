"""The start page and the tables of pairs."""

from __future__ import annotations

from typing import cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from isoline.analyse.comparison import Target
from isoline.analyse.words import about_equal, percent_less, times
from isoline.domain.catalog import Catalog
from isoline.domain.slugs import parse_slug
from isoline.present.pairs import Pair
from isoline.present.web import linked
from isoline.present.web.form import Values
from isoline.present.web.origin import base_of
from isoline.present.web.parts import age
from isoline.present.web.site import KIND_NAMES, PER_DOLLAR, ROUTES, Site, address

STUDY = "qwen-3-8b-h100-fp4-vs-bf16"
SEED = "qwen-3-5-b300-fp4-vs-bf16"
FIRST = 6  # pairs of each kind on the start page


def start(site: Site, base: str) -> Response:
    """What there is, own measurements first, then most data, and where all of it is."""
    groups: list[Values] = []
    for kind, name in KIND_NAMES.items():
        those = _of_kind(site, kind)
        rows = _telling([row(pair, site) for pair in _most(those)])[:FIRST]
        groups.append({"name": name, "path": ROUTES[kind], "count": len(those), "rows": rows})
    shown = [values for group in groups for values in cast("list[Values]", group["rows"])]
    described = linked.item_list("Comparisons", base, "/", shown)
    return HTMLResponse(site.html("start.html", {"groups": groups, "base": base, "linked": described}))


def first_pairs(site: Site) -> list[Pair]:
    """Those that the start page looks at."""
    return [pair for kind in KIND_NAMES for pair in _most(_of_kind(site, kind))]


def _of_kind(site: Site, kind: str) -> list[Pair]:
    return [pair for pair in site.pairs() if pair.kind == kind]


def _most(those: list[Pair]) -> list[Pair]:
    """Own measurements, then those with most data; twice as many as are shown, to lead with decided ones."""
    return sorted(
        those,
        key=lambda pair: (not pair.own, pair.slug != SEED, pair.simulated, -min(pair.points), pair.slug),
    )[: 2 * FIRST]


def index(site: Site, request: Request, kind: str, view: str = "") -> Response:
    """All pairs of one kind; `?q=` keeps those that hold every word of it."""
    base = base_of(request)
    words = request.query_params.get("q", "")[:200]
    rows = _telling([row(pair, site, view) for pair in _of_kind(site, kind)])
    shown = [r for r in rows if all(word in str(r["words"]) for word in words.lower().split())]
    name = f"{KIND_NAMES[kind]} per dollar" if view else KIND_NAMES[kind]
    path = PER_DOLLAR if view else ROUTES[kind]
    values = {
        "kind": name,
        "path": path,
        "rows": shown,
        "count": len(rows),
        "q": words,
        "base": base,
        "linked": linked.item_list(name, base, path, shown),
    }
    return HTMLResponse(site.html("index.html", values))


def _telling(rows: list[Values]) -> list[Values]:
    """Those that say who is ahead come first, as they were, and what is only simulated stays last."""
    return sorted(rows, key=lambda row: (row["simulated"], not row["decided"]))


def row(pair: Pair, site: Site, view: str = "") -> Values:
    """One line of a table of pairs."""
    catalog = site.catalog
    slug = parse_slug(pair.slug, catalog, pair.kind)
    model = catalog.model_label(pair.model)
    a, b = (_side(pair, key, catalog) for key in slug.sides)
    hardware = "" if pair.kind == "gpu" else catalog.hardware_label(slug.hardware[0])
    precision = catalog.precision_label(slug.precision) if slug.precision else ""
    middle = site.middle(pair, view)
    return {
        "href": address(pair, view),
        "model": model,
        "where": " ".join(part for part in (hardware, precision) if part),
        "sides": (a, b),
        "sequences": ", ".join(pair.sequences),
        "points": pair.points,
        "middle": _middle(middle, (a, b), view, " (simulated)" if pair.simulated else ""),
        "simulated": pair.simulated,
        "decided": middle is not None and middle.throughput_ratio is not None,
        "newest": pair.last_date or "",
        "age": age(pair.last_date, site.today()),
        "dataset": pair.datasets[0],
        "words": f"{pair.slug} {model} {hardware} {precision} {a} {b} {pair.datasets[0]}".lower(),
    }


def _middle(target: Target | None, sides: tuple[str, str], view: str, how: str) -> tuple[str, str]:
    """`FP4 2.9×`, `160`: who gives more tokens per GPU (or costs less, `FP4 65 % less`) at the middle
    target; why not, where nobody does."""
    if target is None:
        return "", ""
    at = f"{target.interactivity:,.0f}"
    ratio = target.throughput_ratio
    if ratio is None:
        return ("wide gap" if "wide gap" in (target.winner_reason or "") else "not both measured"), at
    if view == "per-dollar":
        ratio = target.cost_ratio or 1.0
    interval = target.cost_interval if view == "per-dollar" else target.throughput_interval
    if interval and interval.low <= 1 <= interval.high:
        return f"no measurable difference{how}", at
    if about_equal(ratio, 1):
        return f"about equal{how}", at
    if view == "per-dollar":
        return f"{sides[ratio > 1]} {percent_less(max(ratio, 1 / ratio))} less{how}", at
    return f"{sides[ratio < 1]} {times(max(ratio, 1 / ratio))}{how}", at


def _side(pair: Pair, key: str, catalog: Catalog) -> str:
    if pair.kind == "precision":
        return catalog.precision_label(key)
    if pair.kind == "gpu":
        return catalog.hardware_label(key)
    if pair.kind == "engine":
        return catalog.engine_label(key)
    return "none" if key == "none" else catalog.spec_label(key, pair.model)
