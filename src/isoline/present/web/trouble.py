"""Pages and documents that say what is wrong and what would work instead."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from isoline.ask.asked import question
from isoline.ask.pairs import Pair, closest
from isoline.domain.slugs import Slug
from isoline.errors import IsolineError, NoDataError, UsageError
from isoline.present.web.compare import controls_of, slug_of, split_suffix
from isoline.present.web.page import labels_of
from isoline.present.web.query import Query, strange
from isoline.present.web.site import Site, address

SHOWN = 6
SUGGESTED = 3
DEFAULTS = "with the defaults"
Fix = tuple[str, str, str]  # the parameter that it leaves out, words and address of a link
TITLES = {400: "That address asks for something unknown", 404: "There is no such comparison"}
UNREADABLE = "The data cannot be read"


def trouble(site: Site, request: Request, error: IsolineError, kind: str, view: str = "") -> Response:
    """A 4xx (5xx for a broken store) in the form that was asked for."""
    name, suffix = split_suffix(request.path_params.get("name", request.url.path))
    slug = _slug(site, name, kind) if "name" in request.path_params else None
    query = _query(request, view)
    unknown = "name" in request.path_params and slug is None
    status = 404 if unknown and isinstance(error, UsageError) else status_of(error)
    if suffix:
        return bare(error, status, suffix)
    odd = strange(request.query_params.multi_items())
    fixes = _fixes(site, slug, query, odd) if slug else []
    message = message_of(error, status)
    values = {
        "title": TITLES.get(status, UNREADABLE),
        "message": message,
        "subject": labels_of(slug, site.catalog) if slug else "",
        "fixes": [(words, href) for _, words, href in fixes],
        "pairs": [] if fixes and status == 400 else _near(site, name),
        "form": controls_of(site, slug, query, None) if slug and query.values else None,
        "wrong": {} if odd or not slug else _wrong(site, slug, query, fixes, message),
    }
    return HTMLResponse(site.html("trouble.html", values), status)


def message_of(error: IsolineError, status: int) -> str:
    """Without the command line's advice; with what a misspelt name may have meant."""
    text = str(error).partition("; `isoline")[0]
    meant: tuple[str, ...] = getattr(error, "suggestions", ())
    return f"{text}. Did you mean {' or '.join(meant[:SUGGESTED])}?" if meant and status == 400 else text


def _wrong(site: Site, slug: Slug, query: Query, fixes: Sequence[Fix], message: str) -> dict[str, str]:
    """What is wrong with which parameter: each by itself, or that without which there is an answer."""
    found: dict[str, str] = {}
    for item in query.values:
        try:
            question(slug, Query((item,), query.view).asked(), site.catalog)
        except IsolineError as error:
            found[item[0]] = message_of(error, 400)
    return found or {name: message for name, _, _ in fixes if name}


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


def status_of(error: IsolineError) -> int:
    """404 without data, 400 for what was asked wrongly, 503 for a broken store."""
    return 404 if isinstance(error, NoDataError) else 400 if isinstance(error, UsageError) else 503


def bare(error: IsolineError, status: int, suffix: str) -> Response:
    """What is wrong for who asked for a document or a file, not for a page."""
    if not suffix.endswith(".json"):
        return PlainTextResponse(str(error), status)
    body = {"error": str(error), "suggestions": list(getattr(error, "suggestions", ()))}
    return JSONResponse(body, status)


def _fixes(site: Site, slug: Slug, query: Query, odd: Sequence[str]) -> list[Fix]:
    """Links that keep all of the selection but one value, where that works; else the bare page."""
    tries = [("", f"without {', '.join(odd)[:60]}", query)] if odd else []
    if not odd:
        tries += [(name, f"without {name}={value}", query.without(name)) for name, value in query.values]
    tries.append(("", DEFAULTS, Query(view=query.view)))
    found: list[Fix] = []
    for name, words, less in tries:
        if words == DEFAULTS and found:
            break
        with contextlib.suppress(IsolineError):
            # Nobody is led to a comparison of one side, unless this one has no other.
            if site.comparison(slug, less).has_both or words == DEFAULTS:
                found.append((name, words, f"{address(slug, less.view)}{less.text()}"))
    return found


def _near(site: Site, name: str) -> list[tuple[Pair, str]]:
    """Comparisons with data that look like `name`; where none does, the best known ones."""
    pairs = {pair.slug: pair for pair in site.pairs()}
    near = [pairs[slug] for slug in closest(name[:256], site.catalog, site.sources)]
    most = sorted(pairs.values(), key=lambda pair: (pair.simulated, -min(pair.points)))
    return [(pair, address(pair)) for pair in dict.fromkeys([*near, *most])][:SHOWN]
