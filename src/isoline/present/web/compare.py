"""One comparison: its page, its JSON twin, its pictures and its chart as a specification."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from isoline.analyse.comparison import Comparison
from isoline.domain.slugs import Slug, parse_slug
from isoline.errors import UsageError
from isoline.present import text as texts
from isoline.present.asking import number
from isoline.present.charts import comparison_chart
from isoline.present.json_view import to_json
from isoline.present.palette import THEMES
from isoline.present.web import bundle, export, linked
from isoline.present.web.origin import base_of
from isoline.present.web.page import page_values
from isoline.present.web.points import point_rows
from isoline.present.web.query import Query, is_tidy
from isoline.present.web.sending import picture
from isoline.present.web.site import Site, address

# Longest first: `.chart.json` is not a `.json` of a slug that ends in `.chart`.
SUFFIXES = (".chart.json", ".og.png", ".json", ".csv", ".svg", ".png", ".html", ".points")
SIZES = {
    "share": (1200, 675, True),
    "og": (1200, 630, True),  # what sites that show links as cards expect
    "wide": (1080, 460, False),
    "narrow": (358, 420, False),
}
WIDTHS, HEIGHTS = (240, 2400), (200, 1600)  # pixels a reader may ask a chart for


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is drawn; no part of the question."""

    theme: str
    width: int
    height: int
    title: bool
    log: bool


def split_suffix(name: str) -> tuple[str, str]:
    """`x-vs-y.json` -> `x-vs-y`, `.json`; the page itself has none."""
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)], suffix
    return name, ""


async def respond(site: Site, request: Request, kind: str) -> Response:
    """What stands at `/compare…/NAME`."""
    name, suffix = split_suffix(request.path_params["name"])
    slug = slug_of(site, name, kind)
    pairs = request.query_params.multi_items()
    query = Query.of(pairs)
    if slug.redirect or slug.kind != kind:
        return RedirectResponse(f"{address(slug)}{suffix}{_kept(request)}", 308)
    if not suffix and not is_tidy(pairs, query):
        return RedirectResponse(f"{address(slug)}{query.text()}", 302)
    if suffix in (".svg", ".png", ".og.png", ".chart.json"):
        spec = _spec(site, slug, query, look_of(request, "og" if suffix == ".og.png" else "share"))
        if suffix == ".chart.json":
            return Response(spec, media_type="application/json")
        content = await site.pictures.picture(spec, suffix.rpartition(".")[2])
        return picture(content, suffix, request.headers.get("if-none-match", ""))
    if suffix == ".html":
        return await _file(site, slug, query)
    found = site.comparison(slug, query)
    if suffix == ".points":
        values = page_of(site, found, slug, query)
        return HTMLResponse(site.html("points.html", {**values, "point_rows": point_rows(found)}))
    if suffix == ".json":
        text = site.memory.recall(("json", slug, query), lambda: to_json(found))
        return Response(text, media_type="application/json")
    if suffix == ".csv":
        return Response(texts.to_csv(found), media_type="text/csv; charset=utf-8")
    return HTMLResponse(_page(site, found, slug, query, base_of(request)))


def slug_of(site: Site, name: str, kind: str) -> Slug:
    """A slug of this route's kind, or of another, which then answers at its own route."""
    try:
        return parse_slug(name, site.catalog, kind)
    except UsageError as error:
        try:
            return parse_slug(name, site.catalog)
        except UsageError:
            raise error from None


def look_of(request: Request, default: str = "share") -> Look:
    """Theme, size and scale of a chart from the query."""
    asked = request.query_params
    theme, size = asked.get("theme") or "light", asked.get("size") or default
    if theme not in THEMES:
        raise UsageError(f"theme {theme!r} is not one of {', '.join(THEMES)}", tuple(THEMES))
    if size not in SIZES:
        raise UsageError(f"size {size!r} is not one of {', '.join(SIZES)}", tuple(SIZES))
    width, height, title = SIZES[size]
    return Look(
        theme,
        _pixels("width", asked.get("width"), width, WIDTHS),
        _pixels("height", asked.get("height"), height, HEIGHTS),
        title,
        asked.get("log") == "1",
    )


def chart(comparison: Comparison, look: Look) -> dict[str, object]:
    """The Vega-Lite specification that page and pictures share."""
    return comparison_chart(
        comparison, theme=look.theme, width=look.width, height=look.height, log=look.log, title=look.title
    )


def _spec(site: Site, slug: Slug, query: Query, look: Look) -> bytes:
    return site.memory.recall(
        ("chart", slug, query, look), lambda: spec_json(chart(site.comparison(slug, query, draw=True), look))
    )


def spec_json(spec: dict[str, object]) -> bytes:
    """A specification as it is sent and rendered."""
    return json.dumps(spec, ensure_ascii=False, allow_nan=False).encode()


async def _file(site: Site, slug: Slug, query: Query) -> Response:
    """The comparison as one HTML file, to be saved."""
    found = site.comparison(slug, query, draw=True)
    library = gzip.decompress(await site.pictures.library()).decode()
    specs = export.frames(found)
    stills = {
        theme: await site.pictures.picture(spec_json(specs[f"wide {theme}"]), "svg") for theme in THEMES
    }
    parts = export.Parts(library, specs, stills, site.today())
    text = export.to_html(found, page_of(site, found, slug, query), site.assets, parts)
    headers = {"content-disposition": f'attachment; filename="{slug.canonical}.html"'}
    return HTMLResponse(text, headers=headers)


def page_of(site: Site, comparison: Comparison, slug: Slug, query: Query) -> dict[str, object]:
    """The values of a comparison's page."""
    return page_values(comparison, slug, query, site.choices(slug), site.scores(slug, query), site.today())


def _page(site: Site, comparison: Comparison, slug: Slug, query: Query, base: str) -> str:
    sizes = {name: {"width": width, "height": height} for name, (width, height, _) in SIZES.items()}
    values = page_of(site, comparison, slug, query)
    described = linked.dataset(comparison, base, address(slug), query.text())
    return site.html(
        "compare.html",
        {**values, "base": base, "sizes": sizes, "library_url": bundle.address(), "linked": described},
    )


def _pixels(name: str, text: str | None, default: int, bounds: tuple[int, int]) -> int:
    if text is None:
        return default
    value = number(text)
    if value is None or not bounds[0] <= value <= bounds[1]:
        raise UsageError(f"{name} {text!r} is not a number of pixels from {bounds[0]} to {bounds[1]}")
    return round(value)


def _kept(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""
