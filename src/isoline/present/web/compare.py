"""One comparison: its page, its JSON twin, its pictures and its chart as a specification."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from isoline.analyse.comparison import Comparison
from isoline.domain.slugs import Slug, parse_slug
from isoline.errors import IsolineError, UsageError
from isoline.present import text as texts
from isoline.present.asking import number
from isoline.present.charts import MOVING, Data, comparison_chart, still_data
from isoline.present.json_view import to_json
from isoline.present.palette import THEMES
from isoline.present.siblings import PARTS, sibling
from isoline.present.web import bundle, export, linked
from isoline.present.web.form import Values, form
from isoline.present.web.origin import base_of
from isoline.present.web.page import page_values
from isoline.present.web.points import point_table
from isoline.present.web.query import SIBLING, Query, is_tidy, siblings_asked
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
PARTS_OF_CHART = {"targets": MOVING}
WIDTHS, HEIGHTS = (240, 2400), (200, 1600)  # pixels a reader may ask a chart for


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is drawn; no part of the question."""

    theme: str
    width: int
    height: int
    title: bool
    legend: bool


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
    if slug.redirect or (slug.kind != kind and not view):
        return RedirectResponse(f"{address(slug, view)}{suffix}{_kept(request)}", 308)
    if not suffix and not is_tidy(pairs, query):
        return _tidied(site, slug, query, siblings_asked(pairs))
    if suffix in (".svg", ".png", ".og.png", ".chart.json"):
        only = _part_of(request) if suffix == ".chart.json" else ()
        look = look_of(request, "og" if suffix == ".og.png" else "share")
        spec = _spec(site, slug, query, look, only)
        if suffix == ".chart.json":
            return Response(spec, media_type="application/json")
        content = await site.pictures.picture(spec, suffix.rpartition(".")[2])
        return picture(content, suffix, request.headers.get("if-none-match", ""))
    if suffix == ".html":
        return await _file(site, slug, query)
    if suffix == ".points":
        drawn = site.comparison(slug, query, draw=True)
        values = {**page_of(site, drawn, slug, query), "table": point_table(drawn)}
        return HTMLResponse(site.html("points.html", values))
    found = site.comparison(slug, query)
    if suffix == ".json":
        text = site.memory.recall(("json", slug, query), lambda: to_json(found))
        return Response(text, media_type="application/json")
    if suffix == ".csv":
        return Response(texts.to_csv(found), media_type="text/csv; charset=utf-8")
    return HTMLResponse(_page(site, found, slug, query, base_of(request)))


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
        try:
            site.comparison(slug, less)
        except IsolineError:
            continue
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


def look_of(request: Request, default: str = "share") -> Look:
    """Theme and size of a chart from the query, and whether it has its own legend."""
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
        asked.get("legend") != "0",
    )


def _part_of(request: Request) -> tuple[str, ...]:
    """Which data a page asks for that has the rest of the chart; none: all of it."""
    part = request.query_params.get("part")
    if part and part not in PARTS_OF_CHART:
        raise UsageError(f"part {part!r} is not one of {', '.join(PARTS_OF_CHART)}", tuple(PARTS_OF_CHART))
    return PARTS_OF_CHART[part] if part else ()


def chart(comparison: Comparison, look: Look, still: Data | None = None) -> dict[str, object]:
    """The Vega-Lite specification that page and pictures share."""
    return comparison_chart(
        comparison,
        still,
        theme=look.theme,
        width=look.width,
        height=look.height,
        title=look.title,
        legend=look.legend,
    )


def _spec(site: Site, slug: Slug, query: Query, look: Look, only: tuple[str, ...]) -> bytes:
    """A chart as JSON, or `only` some of its data for a page that has the rest."""

    def make() -> bytes:
        comparison = site.comparison(slug, query, draw=True)
        still = site.memory.recall(("still data", slug, query.without("at")), lambda: still_data(comparison))
        spec = chart(comparison, look, still)
        data = spec["datasets"]
        if only and isinstance(data, dict):
            spec = {"datasets": {name: data[name] for name in only}}
        return spec_json(spec)

    return site.memory.recall(("chart", slug, query, look, only), make)


def spec_json(spec: dict[str, object]) -> bytes:
    """A specification as it is sent and rendered."""
    return json.dumps(spec, ensure_ascii=False, allow_nan=False).encode()


async def _file(site: Site, slug: Slug, query: Query) -> Response:
    """The comparison as one HTML file, to be saved."""
    found = site.comparison(slug, query, draw=True)
    library = gzip.decompress(await site.pictures.library()).decode()
    stills = {
        theme: await site.pictures.picture(spec_json(spec), "svg")
        for theme, spec in export.still_specs(found).items()
    }
    parts = export.Parts(library, stills, site.today())
    text = export.to_html(found, page_of(site, found, slug, query), site.assets, parts)
    headers = {"content-disposition": f'attachment; filename="{slug.canonical}.html"'}
    return HTMLResponse(text, headers=headers)


def page_of(site: Site, comparison: Comparison, slug: Slug, query: Query) -> Values:
    """The values of a comparison's page."""
    controls = controls_of(site, slug, query, comparison)
    return page_values(comparison, query, controls, site.scores(slug, query), site.today())


def _page(site: Site, comparison: Comparison, slug: Slug, query: Query, base: str) -> str:
    sizes = {name: {"width": width, "height": height} for name, (width, height, _) in SIZES.items()}
    values = page_of(site, comparison, slug, query)
    described = linked.dataset(comparison, base, str(values["path"]), query.text())
    return site.html(
        "compare.html",
        {**values, "base": base, "sizes": sizes, "library_url": bundle.address(), "linked": described},
    )


def controls_of(site: Site, slug: Slug, query: Query, comparison: Comparison | None) -> Values:
    """The form of a comparison, or of one that has no answer."""
    return form(slug, query, site.choices(slug), comparison, site.selectors(slug), site.catalog)


def _pixels(name: str, text: str | None, default: int, bounds: tuple[int, int]) -> int:
    if text is None:
        return default
    value = number(text)
    if value is None or not bounds[0] <= value <= bounds[1]:
        raise UsageError(f"{name} {text!r} is not a number of pixels from {bounds[0]} to {bounds[1]}")
    return round(value)


def _kept(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""
