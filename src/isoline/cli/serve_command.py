"""`isoline serve`: the comparison pages on this machine."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path

import click

from isoline.cli import options
from isoline.errors import UsageError
from isoline.present.web.lists import SEED, STUDY
from isoline.store.layout import resolve_root
from isoline.store.sources import Sources
from isoline.store.store import Store

BACKLOG = 128


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one."
)
@options.store_option
@options.catalog_option
def app(host: str, port: int, store: Path | None, catalog: tuple[Path, ...]) -> None:
    """Serve the comparison pages, their JSON twins and charts until interrupted."""
    import uvicorn
    from platformdirs import user_cache_path

    from isoline.present.web.app import create_app

    words = options.catalog(catalog)
    listener = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    root = resolve_root(store)  # it may be made later, by the sweep that the pages are to show
    site = create_app(Sources(lambda: Store(root)), words, cache=user_cache_path("isoline"))
    config = uvicorn.Config(
        site,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,  # the events of /live never end by themselves
    )
    server = uvicorn.Server(config)
    address = f"http://{shown}:{listener.getsockname()[1]}"
    for slug in (STUDY, SEED):
        print(f"{address}/compare-precision/{slug}", flush=True)
    print(f"Isoline serves at {address}; Ctrl+C ends it", file=sys.stderr, flush=True)
    if not root.is_dir():
        print(f"Store {root} is not there yet: packaged data only", file=sys.stderr, flush=True)
    # uvicorn closes down and then raises the signal again: left to itself that would skip Python's own end,
    # which takes the renderer's locks with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"cannot listen on {host}, port {port}: {reason}; try another --port") from error
    # asyncio sets this only on sockets made with an explicit protocol; without it an answer in two
    # parts waits 40 ms for the first to be acknowledged. Accepted connections inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
