"""The start page and the tables of pairs."""

from __future__ import annotations

from typing import cast

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from isoline.analyse.comparison import Target
from isoline.analyse.dimensions import label_of, one_engine
from isoline.analyse.gain import gain_of, values_of
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT
from isoline.analyse.told import PRINTED, UNTOLD, footing
from isoline.analyse.words import between, interactivity, percent_between, percent_less
from isoline.ask.pairs import Pair
from isoline.domain.catalog import Catalog
from isoline.domain.point import PUBLISHED, SIMULATED
from isoline.domain.slugs import parse_slug
from isoline.present.json_view import ratios
from isoline.present.web import linked, rank
from isoline.present.web.form import Values
from isoline.present.web.origin import base_of
from isoline.present.web.parts import age
from isoline.present.web.query import refuse, strange
from isoline.present.web.site import KIND_NAMES, PER_DOLLAR, ROUTES, Middle, Site, address

STUDY = "qwen-3-8b-h100-fp4-vs-bf16"
SEED = "qwen-3-5-b300-fp4-vs-bf16"
WORDS = ("q",)  # what may be asked of a table of pairs
OWN = 4  # of them own measurements, where there are others
FIRST = 6  # pairs of each kind on the start page


def start(site: Site, request: Request, *, as_json: bool = False) -> Response:
    """What there is, own measurements first, then most data, and where all of it is."""
    refuse(strange(request.query_params.multi_items(), (), ()), ())
    base = base_of(request)
    groups: list[Values] = []
    for kind, name in KIND_NAMES.items():
        those = _of_kind(site, kind)
        rows = _mixed(_telling([row(pair, site) for pair in _most(those)]))
        groups.append({"name": name, "path": ROUTES[kind], "count": len(those), "rows": rows})
    if as_json:
        return JSONResponse({"kinds": [_document(group) for group in groups]})
    shown = [values for group in groups for values in cast("list[Values]", group["rows"])]
    described = linked.item_list("Comparisons", base, "/", shown)
    values = {"groups": groups, "models": rank.models(site), "base": base, "linked": described}
    return HTMLResponse(site.html("start.html", values))


def first_pairs(site: Site) -> list[Pair]:
    """Those that the start page looks at."""
    return [pair for kind in KIND_NAMES for pair in _most(_of_kind(site, kind))]


def _of_kind(site: Site, kind: str) -> list[Pair]:
    return [pair for pair in site.pairs() if pair.kind == kind]


def _most(those: list[Pair]) -> list[Pair]:
    """Own measurements, then those with most data; more than are shown, to lead with decided ones."""
    return sorted(
        those,
        key=lambda pair: (not pair.own, pair.slug != SEED, pair.simulated, -min(pair.points), pair.slug),
    )[: 2 * FIRST + OWN]


def index(site: Site, request: Request, kind: str, view: str = "", *, as_json: bool = False) -> Response:
    """All pairs of one kind; `?q=` keeps those that hold every word of it."""
    refuse(strange(request.query_params.multi_items(), WORDS, ()), WORDS)
    base = base_of(request)
    words = request.query_params.get("q", "")[:200]
    rows = _telling([row(pair, site, view) for pair in _of_kind(site, kind)])
    for own in rows:  # which a script shows when other words are typed
        own["hidden"] = not all(word in str(own["words"]) for word in words.lower().split())
    shown = [own for own in rows if not own["hidden"]]
    name = f"{KIND_NAMES[kind]} per dollar" if view else KIND_NAMES[kind]
    path = PER_DOLLAR if view else ROUTES[kind]
    if as_json:
        return JSONResponse(_document({"name": name, "path": path, "count": len(rows), "rows": shown}))
    values = {
        "kind": name,
        "path": path,
        "rows": rows,
        "shown": len(shown),
        "count": len(rows),
        "q": words,
        "base": base,
        "linked": linked.item_list(name, base, path, shown),
    }
    return HTMLResponse(site.html("index.html", values))


def _document(group: Values) -> Values:
    """A table of pairs as JSON, ratios unrounded."""
    rows = cast("list[Values]", group["rows"])
    return {**{key: group[key] for key in ("name", "path", "count")}, "pairs": [_pair(row) for row in rows]}


def _pair(row: Values) -> Values:
    pair, told = cast("Pair", row["pair"]), cast("Middle | None", row["told"])
    return {
        "kind": pair.kind,
        "slug": pair.slug,
        "path": row["href"],
        "json": f"{row['href']}.json",
        "model": row["model"],
        "on": row["where"],
        "sides": row["sides"],
        "sequences": pair.sequences,
        "points": pair.points,
        "datasets": pair.datasets,
        "newest": pair.last_date,
        "own": pair.own,
        "simulated": pair.simulated,
        "told": {"sequence": told.sequence, "precision": told.precision} | ratios(told.target)
        if told
        else None,
    }


def _mixed(rows: list[Values]) -> list[Values]:
    """The first of them, but not only own measurements: what others measured is there to be found, too."""
    own = [row for row in rows if cast("Pair", row["pair"]).own]
    others = [row for row in rows if row not in own]
    most = max(FIRST - len(others), OWN)
    return [*own[:most], *others][:FIRST]


def _telling(rows: list[Values]) -> list[Values]:
    """Those with a ratio come first, by repeated runs before others, then those that say who is ahead, else
    as they were; what is only simulated stays last."""
    return sorted(
        rows, key=lambda row: (row["simulated"], not row["decided"], not row["firm"], not row["leads"])
    )


def row(pair: Pair, site: Site, view: str = "") -> Values:
    """One line of a table of pairs."""
    catalog = site.catalog
    slug = parse_slug(pair.slug, catalog, pair.kind)
    model = catalog.model_label(pair.model)
    a, b = ("none" if key == "none" else label_of(slug, key, catalog) for key in slug.sides)
    hardware = "" if slug.across else catalog.hardware_label(slug.hardware[0])
    precision = catalog.precision_label(slug.precision) if slug.precision else ""
    engine = one_engine(slug)
    served = catalog.engine_label(engine) if engine else ""
    middle = site.middle(pair, view)
    told = _middle(middle, (a, b), view, catalog)
    return {
        "pair": pair,
        "told": middle,
        "href": address(pair, view),
        "model": model,
        "where": " ".join(part for part in (hardware, precision, served) if part),
        "sides": (a, b),
        "sequences": ", ".join(pair.sequences),
        "points": pair.points,
        "middle": told,
        "leads": told["who"].startswith((a, b)),
        "simulated": pair.simulated,
        "firm": bool(middle and middle.target.interval),
        "decided": middle is not None and middle.target.throughput_ratio is not None,
        "newest": pair.last_date or "",
        "age": age(pair.last_date, site.today()),
        "dataset": pair.datasets[0],
        "words": f"{pair.slug} {model} {hardware} {precision} {served} {a} {b} {pair.datasets[0]}".lower(),
    }


def _middle(middle: Middle | None, sides: tuple[str, str], view: str, catalog: Catalog) -> dict[str, str]:
    """Who gives more tokens per GPU (or costs less) at the target that the pair is told by: `who`, `range`
    (its interval), `at`, `of` which sequence and precision, and on what a ratio without an interval rests
    (`how`); why not, where nobody does."""
    if middle is None:
        return {"who": "", "range": "", "at": "", "of": "", "how": ""}
    target = middle.target
    precision = catalog.precision_label(middle.precision) if middle.precision else ""
    told = {
        "at": interactivity(target.interactivity),
        "of": " ".join(part for part in (middle.sequence or "", precision) if part),
    }
    if target.throughput_ratio is None:
        why = "wide gap" if "wide gap" in (target.winner_reason or "") else "not both measured"
        return {"who": why, "range": "", "how": "", **told}
    quantity = QUANTITIES[COST if view == "per-dollar" else THROUGHPUT]
    interval, found = values_of(quantity.key, target)[1], gain_of(quantity, target)
    how = "" if interval else _footing(sides, target)
    if found is None:
        why = "no measurable difference" if interval else "about equal"
        return {"who": why, "range": "", "how": how, **told}
    if quantity.lower_is_better:
        said, span = f"{percent_less(found.more)} less", percent_between(*found.ends)
    else:
        said, span = found.factor, between(*found.ends)
    who = f"{sides[found.side]} {said}"
    return {"who": who, "range": f"[{span}]" if interval else "", "how": how, **told}


def _footing(sides: tuple[str, str], target: Target) -> str:
    """What a ratio without an interval rests on, in a word or two."""
    if any(reading.basis == SIMULATED for reading in target.readings):
        return SIMULATED
    said = footing(sides, target)
    return {PRINTED: PUBLISHED, UNTOLD: "no interval"}.get(said, said.replace("from ", ""))
