"""The process that draws: it is replaced between two pictures, and when it dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from isoline.present.web import pictures
from isoline.present.web.pictures import Pictures


def spec(text: str) -> bytes:
    """A chart of one word."""
    layer = {
        "data": {"name": "rows"},
        "mark": {"type": "text", "text": {"expr": "datum.text"}},
        "encoding": {},
    }
    return json.dumps({"datasets": {"rows": [{"text": text}]}, "layer": [layer]}).encode()


@contextmanager
def drawing() -> Iterator[Pictures]:
    found = Pictures()
    try:
        yield found
    finally:
        found.close()


def worker(found: Pictures) -> int:
    pool = found._pool
    assert pool is not None
    (process,) = pool._processes
    return process


def test_what_warms_draws() -> None:
    pictures._warm()


def test_many_at_once_outlive_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "RENDERINGS", 2)

    async def all_of_them(found: Pictures) -> list[bytes]:
        return await asyncio.gather(*(found.picture(spec(f"word{n}"), "svg") for n in range(5)))

    with drawing() as found:
        drawn = asyncio.run(asyncio.wait_for(all_of_them(found), 100))
    assert [f"word{n}" in one.decode() for n, one in enumerate(drawn)] == [True] * 5


def test_a_worker_that_died_is_replaced() -> None:
    async def before_and_after(found: Pictures) -> bytes:
        await found.picture(spec("before"), "svg")
        os.kill(worker(found), signal.SIGKILL)
        return await found.picture(spec("after"), "svg")

    with drawing() as found:
        assert b"after" in asyncio.run(asyncio.wait_for(before_and_after(found), 100))


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc to find children")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL], ids=lambda end: end.name)
def test_it_ends_with_its_server(end: signal.Signals, tmp_path: Path) -> None:
    line = [sys.executable, "-m", "isoline", "serve", "--port", "0", "--store", str(tmp_path)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        with urllib.request.urlopen(f"{server.stdout.readline().strip()}.svg") as answer:
            assert b"<svg" in answer.read()
        drawing_one = [pid for pid in children(server.pid) if b"spawn_main" in commanded(pid)]
        assert len(drawing_one) == 1
        server.send_signal(end)
        told = server.communicate()[1] if end == signal.SIGTERM else ""
    assert "Warning" not in told
    assert server.returncode == (0 if end == signal.SIGTERM else -signal.SIGKILL)
    deadline = time.monotonic() + 60
    while b"spawn_main" in commanded(*drawing_one):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def children(parent: int) -> list[int]:
    """Of all its threads."""
    told = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for path in told for pid in path.read_text().split()]


def commanded(pid: int) -> bytes:
    """The command line of a process; empty once it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
