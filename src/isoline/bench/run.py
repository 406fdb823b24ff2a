"""Runs the sweep that was asked for: of a URL, or of an engine with a matrix of settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from isoline.bench.asked.reading import Asked
from isoline.bench.asked.secrecy import secrets
from isoline.bench.asked.workload import offer_of
from isoline.bench.kept.hiding import Hider, command_line
from isoline.bench.matrix.configurations import configurations
from isoline.bench.url import bench_url, place
from isoline.domain.catalog import Catalog


def bench(
    asked: Asked, catalog: Catalog, root: Path, arguments: Sequence[str], output: str, *, fresh: bool = False
) -> int:
    """Measures, stores, prints; returns the exit code."""
    spec = asked.spec()
    with TemporaryDirectory(prefix="isoline-") as folder, asked.located():
        found = [] if spec.engine is None else configurations(spec)
        hider = Hider(secrets(spec, (secret for one in found for secret in one.secrets)))
        command = command_line(arguments, hider)
        if spec.engine is None:
            place(spec)  # before anything else that may be missing
        offer = offer_of(spec, Path(folder))
        if spec.engine is None:
            return bench_url(spec, offer, catalog, root, command, hider, output, fresh)
        # A matrix ends with comparisons, whose imports a URL does not need.
        from isoline.bench.matrix.run import MatrixRun

        return MatrixRun(spec, found, offer, catalog, root, command, hider).run(output, fresh=fresh)
