"""CPU of the commands, rows imported a second, and one comparison's pure computation.

Floors of the same run: an interpreter that does nothing, one that only imports DuckDB and runs a query,
and msgspec decoding the same JSON. Medians; needs ../shared for real rows.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("ISOLINE_SHARED", ROOT / ".." / "shared")).resolve()
SLUG = "deepseek-r1-b200-fp4-vs-fp8"


def cpu(arguments: Sequence[str], repeats: int = 7) -> float:
    """Median user + system seconds of a process."""
    seconds = []
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(seconds)


def median(call: Callable[[], object], repeats: int) -> float:
    """Median CPU seconds of a call, after one that warms up."""
    call()
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def say(what: str, value: float, unit: str, target: str, floor: float, name: str) -> None:
    ratio = value / floor if floor else float("nan")
    print(f"{what:<44} {value:>10,.3f} {unit:<7} target {target:<16} {ratio:>8.2f}x {name}")


def commands(store: Path) -> None:
    """Whole processes."""
    os.environ["ISOLINE_STORE"] = str(store)
    isoline = [sys.executable, "-m", "isoline"]
    nothing = cpu([sys.executable, "-c", "pass"])
    query = cpu([sys.executable, "-c", "import duckdb; duckdb.sql('select 1').fetchall()"])
    data = SHARED / "data/inferencex"
    subprocess.run([*isoline, "import", "inferencex", str(data)], check=True, stdout=subprocess.DEVNULL)
    say("isoline --help", cpu([*isoline, "--help"]), "s CPU", "<= 0.15", nothing, "an empty interpreter")
    say(
        "isoline compare, shared rows",
        cpu([*isoline, "compare", SLUG]),
        "s CPU",
        "<= 0.6",
        query,
        "importing DuckDB",
    )
    text = "isoline compare, shared rows, JSON"
    say(
        text,
        cpu([*isoline, "compare", SLUG, "--format", "json"]),
        "s CPU",
        "<= 0.6",
        query,
        "importing DuckDB",
    )


def importing(folder: Path) -> None:
    """Rows a second, end to end in a warm process: decode, map, deduplicate, write, index."""
    import msgspec

    from isoline.domain.catalog import load_catalog
    from isoline.store.importers import inferencex
    from isoline.store.store import Store

    rows = json.loads((SHARED / "data/inferencex/benchmarks-history.json").read_bytes())
    many = [{**row, "date": f"2026-{1 + i // 28:02}-{1 + i % 28:02}"} for i in range(40) for row in rows]
    file = folder / "benchmarks-history.json"
    file.write_bytes(msgspec.json.encode(many))
    catalog = load_catalog(user_dirs=())
    start = time.perf_counter()
    report = Store(folder / "imported").add(inferencex.read([str(file)], catalog), importer="inferencex")
    seconds = time.perf_counter() - start
    decode = median(lambda: msgspec.json.decode(file.read_bytes()), 1)
    assert report.points == len(many)
    say(
        f"import of {len(many):,} rows",
        len(many) / seconds,
        "rows/s",
        ">= 20,000",
        len(many) / decode,
        "decoding alone",
    )


def computing(store: Path) -> None:
    """One comparison from points in memory."""
    from isoline.analyse.compare import compare
    from isoline.analyse.terms import Terms
    from isoline.domain.catalog import load_catalog
    from isoline.domain.point import Selection
    from isoline.domain.slugs import parse_slug
    from isoline.store.store import Store

    catalog = load_catalog(user_dirs=())
    slug = parse_slug(SLUG, catalog)
    selection = Selection(slug.model, slug.hardware, slug.sides, isl=1024, osl=1024, datasets=("inferencex",))
    points = Store(store).points(selection)
    floor = median(lambda: sorted(points, key=lambda p: p.interactivity), 200)
    for method in ("envelope", "pooled"):
        terms = Terms("1k/1k", method=method)
        value = median(lambda terms=terms: compare(slug, points, terms, catalog), 200)
        name = f"sorting the {len(points)} points"
        say(f"pure computation, {method}", value * 1e3, "ms", "<= 1", floor * 1e3, name)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commands(folder / "store")
        computing(folder / "store")
        importing(folder)


if __name__ == "__main__":
    main()
