"""`/live`: sweeps that run on this store now, as a page, as JSON and as server-sent events.

The page is made here, whole, each time a progress file changes. With JavaScript it comes as an event and its
differences are laid over the page; without, the page reloads itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from isoline.measure.live.file import live_state, read_live
from isoline.present.web.live_links import links
from isoline.present.web.live_view import sweep_values
from isoline.present.web.site import Site

PATH = "/live"
_LOOK = 0.5  # seconds between two looks at the files
_STILL = 5.0  # seconds after which an unchanged page is sent again: ages in it grow

Handler = Callable[[Request], Awaitable[Response]]


def routes(site: Site) -> list[Route]:
    """The page, its JSON twin and its events."""
    return [
        Route(PATH, _page(site)),
        Route(f"{PATH}.json", _document(site)),
        Route(f"{PATH}/events", _events(site)),
    ]


def _page(site: Site) -> Handler:
    async def handler(_: Request) -> Response:
        values = {"sweeps": _sweeps(site), "kind_path": PATH}
        return HTMLResponse(site.html("live.html", values), headers={"cache-control": "no-store"})

    return handler


def _document(site: Site) -> Handler:
    async def handler(_: Request) -> Response:
        body = msgspec.json.encode({"sweeps": read_live(_root(site))})
        return Response(body, media_type="application/json", headers={"cache-control": "no-store"})

    return handler


def _events(site: Site) -> Handler:
    async def handler(_: Request) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(_changes(site), media_type="text/event-stream", headers=headers)

    return handler


async def _changes(site: Site) -> AsyncIterator[bytes]:
    """The inside of the page, whenever it has changed. The reader's leaving cancels this."""
    template, seen, sent = site.assets.template("live_sweeps.html"), None, 0.0
    while True:
        state, now = live_state(_root(site)), time.monotonic()
        if state != seen or now - sent > _STILL:
            seen, sent = state, now
            yield event(template.render(sweeps=_sweeps(site)))
        await asyncio.sleep(_LOOK)


def event(text: str) -> bytes:
    """A text of several lines as one server-sent event."""
    lines = "".join(f"data: {line}\n" for line in text.splitlines())
    return f"{lines}\n".encode()


def _sweeps(site: Site) -> list[dict[str, object]]:
    now = time.time()
    return [{**sweep_values(sweep, now), "links": links(sweep, site)} for sweep in read_live(_root(site))]


def _root(site: Site) -> Path:
    return site.sources.store.root
