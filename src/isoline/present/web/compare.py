"""One comparison: its page, its JSON twin, its pictures and its chart as a specification."""

from __future__ import annotations

import contextlib
import gzip
import json

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from isoline.analyse.comparison import Comparison
from isoline.ask.siblings import PARTS, sibling
from isoline.domain.slugs import Slug, parse_slug
from isoline.errors import IsolineError, UsageError
from isoline.present import render
from isoline.present.csv_view import to_csv
from isoline.present.json_view import to_json
from isoline.present.points_file import WRITERS
from isoline.present.web import bundle, drawing, export, linked
from isoline.present.web.form import Values, form
from isoline.present.web.origin import base_of
from isoline.present.web.page import page_values
from isoline.present.web.parts import parts, scores_part
from isoline.present.web.points import point_table
from isoline.present.web.query import SIBLING, Query, is_tidy, refuse, siblings_asked, strange
from isoline.present.web.site import Site, address

MEDIA_TYPES = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}
FILES = {f".points{kind}": kind for kind in WRITERS}
# Longest first: `.chart.json` is not a `.json` of a slug that ends in `.chart`.
SUFFIXES = (*drawing.SUFFIXES, *FILES, ".json", ".csv", ".html", ".points")


def split_suffix(name: str) -> tuple[str, str]:
    """`x-vs-y.json` -> `x-vs-y`, `.json`; the page itself has none."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)], suffix
    return name, ""


async def respond(site: Site, request: Request, kind: str, view: str = "") -> Response:
    """What stands at `/compare…/NAME`; every kind has the `view` per-dollar as well."""
    name, suffix = split_suffix(request.path_params["name"])
    slug = slug_of(site, name, kind)
    pairs = request.query_params.multi_items()
    query = Query.of(pairs, view)
    if name != slug.canonical or (slug.kind != kind and not view):
        return RedirectResponse(f"{address(slug, view)}{suffix}{_kept(request)}", 308)
    refuse(strange(pairs))
    if not suffix and not is_tidy(pairs, query):
        return _tidied(site, slug, query, siblings_asked(pairs))
    if suffix in drawing.SUFFIXES:
        return await drawing.drawing(site, request, slug, query, suffix)
    if suffix == ".html":
        return await _file(site, slug, query)
    if file := FILES.get(suffix):
        return Response(WRITERS[file](site.whole(slug, query)), media_type=MEDIA_TYPES[file])
    found = site.comparison(slug, query, draw=suffix not in (".json", ".csv"))
    if suffix == ".points":
        values = {**page_of(site, found, slug, query), "table": point_table(found)}
        return HTMLResponse(site.html("points.html", values))
    if suffix == ".json":
        text = site.memory.recall(
            ("json", slug, query), lambda: to_json(found, site.scores(slug, query, found))
        )
        return Response(text, media_type=MEDIA_TYPES[suffix])
    if suffix == ".csv":
        return Response(to_csv(found), media_type=MEDIA_TYPES[suffix])
    base = base_of(request)
    key = ("page", slug, query, base, site.today())
    page = site.memory.recall(key, lambda: _page(site, found, slug, query, base).encode())
    return HTMLResponse(page)


def _tidied(site: Site, slug: Slug, query: Query, wanted: dict[str, str]) -> Response:
    """To the tidy address of this comparison, or of the one next to it that a selector asks for."""
    if wanted.keys() - set(PARTS):
        raise UsageError(f"{SIBLING}{min(wanted.keys() - set(PARTS))} is none of {', '.join(PARTS)}")
    other = sibling(slug, wanted, site.known()) if wanted else slug
    if other.canonical != slug.canonical:
        query = _usable(site, other, query.fitting(other.hardware))
    return RedirectResponse(f"{address(other, query.view)}{query.text()}", 302)


def _usable(site: Site, slug: Slug, query: Query) -> Query:
    """As much of a selection as the data of another comparison can answer."""
    for less in (query, *(query.without(name) for name, _ in query.values)):
        with contextlib.suppress(IsolineError):
            if site.comparison(slug, less).has_both:
                return less
    return Query(view=query.view)


def slug_of(site: Site, name: str, kind: str) -> Slug:
    """A slug of this route's kind, or of another, which then answers at its own route."""
    try:
        return parse_slug(name, site.catalog, kind)
    except UsageError as error:
        try:
            return parse_slug(name, site.catalog)
        except UsageError:
            raise error from None


async def _file(site: Site, slug: Slug, query: Query) -> Response:
    """The comparison as one HTML file, to be saved."""
    found, built = site.comparison(slug, query, draw=True), site.built(slug, query)
    library = gzip.decompress(await site.pictures.library()).decode()
    stills = {
        theme: await site.pictures.picture(drawing.packed(spec), "svg")
        for theme, spec in export.still_specs(found).items()
    }
    frames = {
        name: await site.pictures.compiled(json.dumps(render.frame(spec)))
        for name, spec in export.live_specs(found).items()
    }
    parts = export.Parts(library, stills, frames, site.today())
    text = export.to_html(found, built, page_of(site, found, slug, query), site.assets, parts)
    headers = {"content-disposition": f'attachment; filename="{slug.canonical}.html"'}
    return HTMLResponse(text, headers=headers)


def page_of(site: Site, comparison: Comparison, slug: Slug, query: Query) -> Values:
    """The values of a comparison's page; `comparison` was made with `draw`."""
    # Of the targets the controls only show whether any were asked for.
    key = ("parts", slug, query.without("at"), bool(query.get("at")), site.today())
    still = site.memory.recall(key, lambda: _parts(site, comparison, slug, query))
    found = site.scores(slug, query, comparison)
    told = site.memory.recall(("quality", *found), lambda: scores_part(found, site.assets))
    return page_values(comparison, query, address(slug, query.view)) | still | {"scores": told}


def _parts(site: Site, comparison: Comparison, slug: Slug, query: Query) -> Values:
    controls = site.assets.part("form.html", {"form": controls_of(site, slug, query, comparison)})
    return {"form": controls, **parts(comparison, site.today(), site.assets)}


def _page(site: Site, comparison: Comparison, slug: Slug, query: Query, base: str) -> str:
    values = page_of(site, comparison, slug, query)
    path, text = str(values["path"]), query.text()
    own = {
        "base": base,
        "card": drawing.SIZES["og"],
        "stills": drawing.stills(path, text),
        "library_url": bundle.address(),
        "linked": linked.dataset(comparison, base, path, text),
    }
    return site.html("compare.html", {**values, **own})


def controls_of(site: Site, slug: Slug, query: Query, comparison: Comparison | None) -> Values:
    """The form of a comparison, or of one that has no answer."""
    return form(slug, query, site.choices(slug), comparison, site.selectors(slug), site.catalog)


def _kept(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""
