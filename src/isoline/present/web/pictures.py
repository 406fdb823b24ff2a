"""Charts as SVG, PNG and compiled, and the browser's chart library: made in a process beside the server.

Rendering keeps 200 MB of a JavaScript engine; a worker that is replaced now and then keeps that
from growing and out of the server.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from isoline.present import render
from isoline.present.web import bundle
from isoline.present.web.renderer import renderer

KEPT = 256  # pictures and compiled charts of 20 to 100 kB
RENDERINGS = 200  # after as many a worker makes room for a fresh one


class Pictures:
    """Renders each specification once; `cache` is where the chart library lies between starts."""

    def __init__(self, cache: Path | None = None) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._turn = asyncio.Lock()
        self._worked = 0  # tasks that the present worker was given
        self._made: OrderedDict[str, bytes] = OrderedDict()
        self._cache = cache
        self._library: asyncio.Task[bytes] | None = None

    async def picture(self, spec: bytes, kind: str, density: int = 1) -> bytes:
        """An `svg` or a `png` of a specification given as JSON; `density` is a PNG's pixels per unit."""
        key = f"{kind} {density} {hashlib.sha256(spec).hexdigest()}"
        return await self._once(key, lambda: self._work(_render, spec, kind, density))

    async def compiled(self, frame: str) -> str:
        """A specification's `render.frame` in Vega, both as JSON."""
        key = f"vega {hashlib.sha256(frame.encode()).hexdigest()}"
        return (await self._once(key, lambda: self._work(_compile, frame))).decode()

    async def _once(self, key: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """What was made of the same content before, or made now."""
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        made = self._made[key] = await make()
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        return made

    async def _work(self, work: Callable[..., bytes], *given: object) -> bytes:
        """One at a time, so that a worker can be replaced between two: executors that do so themselves
        forget what is queued at that moment (python/cpython issue 115634)."""
        async with self._turn:
            if self._worked >= RENDERINGS:
                self.close()
            try:
                return await self._given(work, *given)
            except BrokenProcessPool:  # the worker is gone, out of memory say: once more in a fresh one
                self.close()
                return await self._given(work, *given)

    async def _given(self, work: Callable[..., bytes], *given: object) -> bytes:
        self._worked += 1
        return await asyncio.get_running_loop().run_in_executor(self._workers(), work, *given)

    async def library(self) -> bytes:
        """vega-embed with Vega and Vega-Lite, gzipped: read from the cache, or built once (4 s)."""
        if self._library is None or (self._library.done() and self._library.exception()):
            self._library = asyncio.create_task(bundle.load(self._cache))
        return await asyncio.shield(self._library)

    def warm(self) -> None:
        """Starts the worker, so that the first picture does not wait for it."""
        self._workers().submit(_warm)

    def close(self) -> None:
        """Ends the worker."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = renderer()
            self._worked = 0
        return self._pool


def _render(spec_json: bytes, kind: str, density: int) -> bytes:
    spec = json.loads(spec_json)
    return render.to_png(spec, density) if kind == "png" else render.to_svg(spec).encode()


def _compile(frame: str) -> bytes:
    return render.compiled_frame(frame).encode()


def _warm() -> None:
    """One small picture loads the fonts and the JavaScript engine."""
    layer = {
        "data": {"name": "rows"},
        "mark": {"type": "text", "text": {"expr": "datum.text"}},
        "encoding": {},
    }
    render.to_png({"datasets": {"rows": [{"text": "Isoline"}]}, "layer": [layer]})
