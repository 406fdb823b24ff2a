"""Simulated servers for tests: as the command starts them, and in a thread."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from isoline.domain.catalog import load_catalog
from isoline.measure.sim.faults import read_faults
from isoline.measure.sim.server import SimulatedServer, serve
from isoline.numerics.engine.deployment import deploy
from isoline.numerics.engine.speculation import NO_DRAFTS, Speculation

MODEL = "llama-3-1-8b"


@contextmanager
def command(*options: str) -> Iterator[str]:
    """`isoline sim` as a process; yields its address."""
    line = [sys.executable, "-m", "isoline", "sim", MODEL, "h100", "--port", "0", *options]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
            server.wait(10)


@contextmanager
def threaded(*faults: str, speed: float = 50.0, speculation: Speculation = NO_DRAFTS) -> Iterator[str]:
    """The same server in a thread of this process, fifty times faster than real time."""
    deployment = deploy(load_catalog(()), MODEL, "h100", "bf16", speculation=speculation)
    server = SimulatedServer(deployment, speed, read_faults(faults, 0))
    loop, ports, up = asyncio.new_event_loop(), list[int](), threading.Event()

    def ready(port: int) -> None:
        ports.append(port)
        up.set()

    task = loop.create_task(serve(server, "127.0.0.1", 0, ready))

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.run_until_complete(asyncio.sleep(0.01))  # transports close in the loop's next turns
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert up.wait(10)
    try:
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(10)


def fetch(url: str, body: dict[str, Any] | bytes | None = None) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request; POST where there is a body."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=20) as response:
            return response.status, dict(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def truth(url: str) -> dict[str, Any]:
    """What the server saw itself do."""
    return dict(json.loads(fetch(f"{url}/sim/truth")[2]))


def events(body: bytes) -> Sequence[dict[str, Any]]:
    """The JSON events of a stream."""
    lines = [line.removeprefix(b"data: ") for line in body.split(b"\n\n") if line]
    return [json.loads(line) for line in lines if line != b"[DONE]"]
