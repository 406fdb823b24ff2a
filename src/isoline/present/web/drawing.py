"""The chart of one comparison: its specification, what a page draws of it, and its pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product

from starlette.requests import Request
from starlette.responses import Response

from isoline.ask.values import number
from isoline.domain.slugs import Slug
from isoline.errors import UsageError
from isoline.present import render
from isoline.present.charts import MOVING, comparison_chart, still_data
from isoline.present.palette import THEMES
from isoline.present.web.query import Query
from isoline.present.web.sending import picture
from isoline.present.web.site import READ, Site

Spec = dict[str, object]

SUFFIXES = (".chart.json", ".og.png", ".svg", ".png")
SIZES = {
    "share": (1200, 675, True),
    "og": (1200, 630, True),  # what sites that show links as cards expect
    "wide": (1080, 460, False),
    "narrow": (358, 420, False),
}
SCREENS = {"(min-width: 640.02px)": "wide", "(max-width: 640px)": "narrow"}  # as in page.css
SCHEMES = {f"(prefers-color-scheme: {theme})": theme for theme in THEMES}
PARTS = ("targets", "live")
WIDTHS, HEIGHTS = (240, 2400), (200, 1600)  # pixels a reader may ask a chart for
DENSITIES = ("1", "2")  # pixels of a PNG per pixel of the chart
SENT_BESIDE = ("datasets", "params", *render.OWN)  # of a chart whose compiled frame is sent without them


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is drawn; no part of the question."""

    theme: str
    width: int
    height: int
    title: bool
    legend: bool


def stills(path: str, query: str) -> list[dict[str, object]]:
    """Where a page's own pictures of the chart stand: one for each kind of screen and colour scheme."""
    found = []
    for (screen, size), (scheme, theme) in product(SCREENS.items(), SCHEMES.items()):
        width, height, _ = SIZES[size]
        address = f"{path}.svg{query}{'&' if query else '?'}size={size}&theme={theme}&legend=0"
        media = f"{screen} and {scheme}"
        found.append({"media": media, "address": address, "width": width, "height": height})
    return found


async def drawing(site: Site, request: Request, slug: Slug, query: Query, suffix: str) -> Response:
    """What stands at an address that ends in one of `SUFFIXES`."""
    look = look_of(request, "og" if suffix == ".og.png" else "share")
    if suffix == ".chart.json":
        sent = await _part(site, slug, query, look, request.query_params.get("part"))
        return Response(sent, media_type="application/json")
    kind = suffix.rpartition(".")[2]
    density = request.query_params.get("scale") or DENSITIES[0]
    if density not in DENSITIES:
        raise UsageError(f"scale {density!r} is not one of {', '.join(DENSITIES)}", DENSITIES)
    spec = site.memory.recall(
        ("spec", slug, query, look), lambda: packed(specification(site, slug, query, look))
    )
    content = await site.pictures.picture(spec, kind, int(density))
    return picture(content, suffix, request.headers.get("if-none-match", ""))


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


def specification(site: Site, slug: Slug, query: Query, look: Look) -> Spec:
    """The Vega-Lite specification that page and pictures share."""
    comparison = site.comparison(slug, query, draw=True)
    return comparison_chart(
        comparison,
        site.memory.recall(("still data", slug, query.without(*READ)), lambda: still_data(comparison)),
        theme=look.theme,
        width=look.width,
        height=look.height,
        title=look.title,
        legend=look.legend,
    )


async def _part(site: Site, slug: Slug, query: Query, look: Look, part: str | None) -> bytes:
    """A chart as JSON: whole, `live` (compiled), or of `targets` only the data that these change."""
    if part and part not in PARTS:
        raise UsageError(f"part {part!r} is not one of {', '.join(PARTS)}", PARTS)
    spec = specification(site, slug, query, look)
    if part == "live":
        vega = await site.pictures.compiled(json.dumps(render.frame(spec)))
        return live(spec, vega)
    data = spec["datasets"]
    assert isinstance(data, dict)
    return packed({"datasets": {name: data[name] for name in MOVING}} if part else spec)


def live(spec: Spec, vega: str) -> bytes:
    """The compiled frame of a chart, and beside it what a script puts into it."""
    own = {name: spec[name] for name in SENT_BESIDE if name in spec}
    return packed(own)[:-1] + b', "vega": ' + vega.encode() + b"}"


def packed(spec: Spec) -> bytes:
    """A specification as it is sent and rendered."""
    return json.dumps(spec, ensure_ascii=False, allow_nan=False).encode()


def _pixels(name: str, text: str | None, default: int, bounds: tuple[int, int]) -> int:
    if text is None:
        return default
    value = number(text)
    if value is None or not bounds[0] <= value <= bounds[1]:
        raise UsageError(f"{name} {text!r} is not a number of pixels from {bounds[0]} to {bounds[1]}")
    return round(value)
