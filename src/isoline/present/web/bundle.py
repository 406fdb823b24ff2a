"""The chart library for browsers: Vega's runtime, which vl-convert takes seconds to put together."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import importlib.metadata
import os
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from isoline.present.render import VEGA_LITE
from isoline.present.web.renderer import renderer

# Charts arrive compiled, so Vega's runtime is enough, without maps, trees, forces and statistics: half the
# bytes of vega-embed with Vega-Lite. The addresses name the copies inside vl-convert; no network is asked.
COPY = "https://cdn.jsdelivr.net/npm/"
EXPORTS = f"""import {{ parse }} from "{COPY}vega-parser@7.1.0/+esm";
import {{ View }} from "{COPY}vega-view@6.1.0/+esm";
import {{ expressionInterpreter }} from "{COPY}vega-interpreter@2.0.0/+esm";
import {{ transforms }} from "{COPY}vega-dataflow@6.1.0/+esm";
import * as ofData from "{COPY}vega-transforms@5.1.0/+esm";
import * as ofMarks from "{COPY}vega-view-transforms@5.1.0/+esm";
import * as ofScales from "{COPY}vega-encode@5.1.0/+esm";
Object.assign(transforms, ofData, ofMarks, ofScales);
window.vega = {{ parse, View, expressionInterpreter }};"""
MIDDLE = 6  # a gzip level: 9 is slower and a hundredth smaller


@lru_cache(1)
def address() -> str:
    """`/static/vega-1.9.0-….js`: changes with everything the bundle depends on."""
    version = importlib.metadata.version("vl-convert-python")
    digest = hashlib.sha256(f"{version} {VEGA_LITE} {EXPORTS}".encode()).hexdigest()[:8]
    return f"/static/vega-{version}-{digest}.js"


async def load(cache: Path | None) -> bytes:
    """The gzipped bundle, kept in `cache` for the next start where that can be written."""
    packed = _kept(cache)
    if packed is None:
        with renderer() as once:
            packed = await asyncio.get_running_loop().run_in_executor(once, _build)
        _keep(cache, packed)
    return packed


def load_here(cache: Path | None) -> bytes:
    """The same, built in this process: for a command that ends soon after."""
    packed = _kept(cache)
    if packed is None:
        packed = _build()
        _keep(cache, packed)
    return packed


def _place(cache: Path) -> Path:
    return cache / f"{Path(address()).name}.gz"


def _kept(cache: Path | None) -> bytes | None:
    if cache is None:
        return None
    with suppress(OSError, EOFError, gzip.BadGzipFile):
        packed = _place(cache).read_bytes()
        gzip.decompress(packed)
        return packed
    return None


def _build() -> bytes:
    import vl_convert

    text: str = vl_convert.javascript_bundle(EXPORTS, VEGA_LITE)
    return gzip.compress(text.encode(), MIDDLE, mtime=0)


def _keep(cache: Path | None, content: bytes) -> None:
    """Whole or not at all: another server may be reading it. Nothing is lost where it cannot be written."""
    if cache is None:
        return
    with suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=cache)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, _place(cache))
