"""Pages and documents that say what is wrong and what would work instead."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from isoline.domain.slugs import Slug
from isoline.errors import IsolineError, NoDataError, UsageError
from isoline.present.pairs import Pair, closest
from isoline.present.web.compare import controls_of, slug_of, split_suffix
from isoline.present.web.page import labels_of
from isoline.present.web.query import Query
from isoline.present.web.site import Site, address

SHOWN = 6
TITLES = {400: "That address asks for something unknown", 404: "There is no such comparison"}
UNREADABLE = "The data cannot be read"


def trouble(site: Site, request: Request, error: IsolineError, kind: str, view: str = "") -> Response:
    """A 4xx (5xx for a broken store) in the form that was asked for."""
    name, suffix = split_suffix(request.path_params.get("name", ""))
    slug = _slug(site, name, kind)
    query = _query(request, view)
    status = _status(error, slug)
    if suffix in (".json", ".chart.json"):
        body = {"error": str(error), "suggestions": list(getattr(error, "suggestions", ()))}
        return JSONResponse(body, status)
    if suffix:
        return PlainTextResponse(str(error), status)
    fixes = _fixes(site, slug, query) if slug else []
    values = {
        "title": TITLES.get(status, UNREADABLE),
        "message": str(error).partition("; `isoline")[0],
        "subject": labels_of(slug, site.catalog) if slug else "",
        "fixes": fixes,
        "pairs": [] if fixes and status == 400 else _near(site, name),
        "form": controls_of(site, slug, query, None) if slug and query.values else None,
    }
    return HTMLResponse(site.html("trouble.html", values), status)


def _slug(site: Site, name: str, kind: str) -> Slug | None:
    try:
        return slug_of(site, name, kind)
    except UsageError:
        return None


def _query(request: Request, view: str) -> Query:
    try:
        return Query.of(request.query_params.multi_items(), view)
    except UsageError:
        return Query(view=view)


def _status(error: IsolineError, slug: Slug | None) -> int:
    if isinstance(error, NoDataError) or (isinstance(error, UsageError) and slug is None):
        return 404
    return 400 if isinstance(error, UsageError) else 503


def _fixes(site: Site, slug: Slug, query: Query) -> list[tuple[str, str]]:
    """Links that keep all of the selection but one value, where that works; else the bare page."""
    tries = [(f"without {name}={value}", query.without(name)) for name, value in query.values]
    tries.append(("with the defaults", Query(view=query.view)))
    found: list[tuple[str, str]] = []
    for words, less in tries:
        if words == "with the defaults" and found:
            break
        try:
            site.comparison(slug, less)
        except IsolineError:
            continue
        found.append((words, f"{address(slug, less.view)}{less.text()}"))
    return found


def _near(site: Site, name: str) -> list[tuple[Pair, str]]:
    """Comparisons with data that look like `name`; where none does, the best known ones."""
    pairs = {pair.slug: pair for pair in site.pairs()}
    near = [pairs[slug] for slug in closest(name[:256], site.catalog, site.sources)]
    most = sorted(pairs.values(), key=lambda pair: (pair.simulated, -min(pair.points)))
    return [(pair, address(pair)) for pair in dict.fromkeys([*near, *most])][:SHOWN]
