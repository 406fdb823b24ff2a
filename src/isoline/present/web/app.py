"""The web application: which handler answers which address."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route

from isoline.domain.catalog import Catalog
from isoline.errors import IsolineError, NoDataError
from isoline.present.web import bundle, compare, lists, live, rank, robots
from isoline.present.web.assets import FOR_GOOD, Assets
from isoline.present.web.headers import SafeHeaders
from isoline.present.web.memory import RememberingSources
from isoline.present.web.pictures import Pictures
from isoline.present.web.site import PER_DOLLAR, ROUTES, Site
from isoline.present.web.trouble import trouble
from isoline.store.sources import Sources

WARM_AFTER = 1.0  # seconds
Handler = Callable[[Request], Awaitable[Response]]


def create_app(
    sources: Sources, catalog: Catalog, *, cache: Path | None = None, fixed_day: str | None = None
) -> Starlette:
    """The application over `sources`; `cache` keeps the chart library between starts."""
    site = Site(RememberingSources(sources), catalog, Pictures(cache), Assets(), fixed_day)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        # The renderer starts after the first page, which would otherwise wait for its share of the processor.
        warming = asyncio.get_running_loop().call_later(WARM_AFTER, site.pictures.warm)
        first = asyncio.create_task(_first(site)) if cache else None
        yield
        warming.cancel()
        if first:
            first.cancel()
        site.pictures.close()

    routes = [Route("/", _start(site)), Route("/index.json", _start(site, as_json=True))]
    routes += [*_static(site), *robots.routes(site)]
    kinds = [(kind, path, "") for kind, path in ROUTES.items()]
    for kind, path, view in [*kinds, ("gpu", PER_DOLLAR, "per-dollar")]:
        routes.append(Route(path, _index(site, kind, view)))
        routes.append(Route(f"{path}.json", _index(site, kind, view, as_json=True)))
        routes.append(Route(f"{path}/{{name}}", _compare(site, kind, view)))
    routes += [*live.routes(site), *rank.routes(site)]
    app = Starlette(
        routes=routes,
        middleware=[Middleware(SafeHeaders), Middleware(GZipMiddleware, minimum_size=1000, compresslevel=3)],
        exception_handlers={404: _missing(site), IsolineError: _broken(site)},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # it would move for now (307) what has moved for good
    return app


async def _first(site: Site) -> None:
    """What the first reader would wait for: imports, the store's index, the chart library."""
    await site.pictures.library()
    with contextlib.suppress(IsolineError):
        for one in rank.known(site):
            rank.row(site, one)
            await asyncio.sleep(0)  # whoever asks meanwhile is answered first
        for pair in lists.first_pairs(site):
            lists.row(pair, site)
            await asyncio.sleep(0)


def _compare(site: Site, kind: str, view: str = "") -> Handler:
    async def handler(request: Request) -> Response:
        try:
            return await compare.respond(site, request, kind, view)
        except IsolineError as error:
            return trouble(site, request, error, kind, view)

    return handler


def _start(site: Site, *, as_json: bool = False) -> Handler:
    async def handler(request: Request) -> Response:
        return lists.start(site, request, as_json=as_json)

    return handler


def _index(site: Site, kind: str, view: str = "", *, as_json: bool = False) -> Handler:
    async def handler(request: Request) -> Response:
        return lists.index(site, request, kind, view, as_json=as_json)

    return handler


def _static(site: Site) -> list[Route]:
    async def file(request: Request) -> Response:
        asset = site.assets.get(request.path_params["address"])
        if asset is None:
            return Response("no such file", 404, media_type="text/plain")
        return _sent(asset.content, asset.packed, asset.media_type, request)

    async def library(request: Request) -> Response:
        packed = await site.pictures.library()
        return _sent(None, packed, "text/javascript; charset=utf-8", request)

    return [Route(bundle.address(), library), Route("/static/{address:path}", file)]


def _sent(content: bytes | None, packed: bytes, media_type: str, request: Request) -> Response:
    """A file that never changes at its address, packed if the reader takes it so."""
    headers = {"cache-control": FOR_GOOD, "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type=media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(content or _unpacked(packed), media_type=media_type, headers=headers)


def _unpacked(packed: bytes) -> bytes:
    import gzip

    return gzip.decompress(packed)


def _without_slash(request: Request) -> str | None:
    """The address less the `/` that it ends with, if that is one of ours."""
    path: str = request.scope["path"]
    bare = {**request.scope, "path": path.removesuffix("/")}
    if bare["path"] == path or all(route.matches(bare)[0] is not Match.FULL for route in request.app.routes):
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{quote(bare['path'])}{query}"


def _missing(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, _: Exception) -> Response:
        if without := _without_slash(request):
            return RedirectResponse(without, 308)
        path = request.url.path[:200]
        return trouble(site, request, NoDataError(f"there is no page at {path}"), "precision")

    return handler


def _broken(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, error: Exception) -> Response:
        assert isinstance(error, IsolineError)
        return trouble(site, request, error, "precision")

    return handler
