"""What programs ask for: sitemap, robots.txt, llms.txt and the description of the addresses."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from urllib.parse import quote
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from isoline.present.web import llms, openapi, rank
from isoline.present.web.origin import base_of
from isoline.present.web.site import PER_DOLLAR, RANK, ROUTES, Site, address

FRESH = {"cache-control": "public, max-age=300"}
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000  # addresses that one sitemap may hold


def routes(site: Site) -> list[Route]:
    """The four addresses."""
    makers: dict[str, Callable[[Site, str], Response]] = {
        "/sitemap.xml": sitemap,
        "/robots.txt": robots,
        "/llms.txt": describe,
        "/openapi.json": description,
    }
    return [Route(path, _handler(site, make)) for path, make in makers.items()]


def sitemap(site: Site, base: str) -> Response:
    """Every page with data, with the day of its newest point."""
    pages: list[tuple[str, str | None]] = [(path, None) for path in ("/", RANK, *ROUTES.values(), PER_DOLLAR)]
    pages += [(f"{RANK}/{one.model}", one.newest) for one in rank.known(site)]
    for view in ("", "per-dollar"):
        pages += [(address(pair, view), pair.last_date) for pair in site.pairs()]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<urlset xmlns="{SITEMAP}">']
    for path, day in pages[:MOST]:
        changed = f"<lastmod>{escape(day)}</lastmod>" if day else ""
        lines.append(f"<url><loc>{escape(base + quote(path))}</loc>{changed}</url>")
    return Response("\n".join([*lines, "</urlset>", ""]), media_type="application/xml", headers=FRESH)


def robots(_: Site, base: str) -> Response:
    """Everything may be read."""
    return PlainTextResponse(f"User-agent: *\nAllow: /\n\nSitemap: {base}/sitemap.xml\n", headers=FRESH)


def describe(site: Site, base: str) -> Response:
    """What the data are and how to query them, for language models and whoever reads plain text."""
    return PlainTextResponse(llms.text(site, base), media_type="text/markdown", headers=FRESH)


def description(_: Site, base: str) -> Response:
    """The OpenAPI document."""
    return Response(
        json.dumps(openapi.document(base), indent=1), media_type="application/json", headers=FRESH
    )


def _handler(site: Site, make: Callable[[Site, str], Response]) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        return make(site, base_of(request))

    return handler
