"""The comparison page: server time, wire bytes, a real browser, pictures, memory, start-up; beside targets.

    .venv/bin/python benchmarks/web.py [--points 1000000] [--runs 10000]

Real rows come from ../shared; without them the packaged readings are asked. The large store holds simulated
points (benchmarks/store.py) and is deleted at the end; `--points 0` leaves it out. The browser is Debian's
chromium. Floor of the server times: an answer of the same server that is only kept bytes (its stylesheet).
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent))
import store as large

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("ISOLINE_SHARED", ROOT / ".." / "shared")).resolve()
SEED = "/compare-precision/qwen-3-5-b300-fp4-vs-bf16"
REAL = "/compare-precision/deepseek-r1-b200-fp4-vs-fp8"
CHROMIUM = Path("/usr/bin/chromium")


class Server:
    """`isoline serve` in its own process, one connection kept open."""

    def __init__(self, store: Path, *options: str) -> None:
        command = [sys.executable, "-m", "isoline", "serve", "--port", "0", "--store", str(store), *options]
        self.started = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        address = urlsplit(self.process.stdout.readline().strip())
        self.base = f"{address.scheme}://{address.netloc}"
        self._connection = http.client.HTTPConnection(address.netloc)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body as sent (gzip)."""
        try:
            self._connection.request("GET", path, headers={"accept-encoding": "gzip"})
            answer = self._connection.getresponse()
        except http.client.RemoteDisconnected:  # the server closes what is idle for seconds
            self._connection.close()
            return self.get(path)
        return answer.status, answer.read()

    def milliseconds(self, path: str) -> float:
        """Wall time of one answer, HTTP included."""
        started = time.perf_counter()
        status, _ = self.get(path)
        taken = (time.perf_counter() - started) * 1e3
        assert status == 200, (status, path)
        return taken

    def cpu_milliseconds(self, paths: Sequence[str]) -> float:
        """Processor time of the server per answer: what a busy machine does not inflate."""
        before = self._cpu()
        for path in paths:
            self.get(path)
        return (self._cpu() - before) / len(paths) * 1e3

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def children(self) -> list[str]:
        """Process ids of the renderer, by /proc."""
        ours = str(self.process.pid)
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                name = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if parent == ours and b"resource_tracker" not in name:
                found.append(folder.name)
        return found


@contextmanager
def serving(store: Path, *options: str) -> Iterator[Server]:
    server = Server(store, *options)
    try:
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def asset_path(server: Server) -> str:
    """The stylesheet's address."""
    text = gzip.decompress(server.get("/compare")[1]).decode()
    return text.partition('rel="stylesheet" href="')[2].partition('"')[0]


def floor_of(server: Server) -> float:
    """Median milliseconds of an answer that is kept bytes."""
    path = asset_path(server)
    return statistics.median(server.milliseconds(path) for _ in range(100))


def server_times(server: Server, page: str) -> None:
    """Every request asks for other targets, so that no answer was given before."""
    rng = random.Random(1)
    floor = floor_of(server)
    for path in (page, f"{page}.json"):
        for _ in range(20):
            server.get(path)
    for name, suffix, target in (("page", "", 5), ("JSON twin", ".json", 3)):
        fresh, others = ([f"{page}{suffix}?at={targets(rng)}" for _ in range(100)] for _ in range(2))
        new = statistics.median(server.milliseconds(path) for path in fresh)
        cpu = server.cpu_milliseconds(others)
        again = statistics.median(server.milliseconds(f"{page}{suffix}") for _ in range(100))
        limit = f"<= {target} ms"
        beside = f"{new / floor:.1f}x kept bytes ({floor:.2f} ms)"
        line(f"{name}, warm, other targets each time", f"{new:.2f} ms", limit, beside)
        line("  processor time of it", f"{cpu:.2f} ms", limit)
        line(f"{name}, asked before", f"{again:.2f} ms", limit, f"{again / floor:.1f}x kept bytes")


def rankings(server: Server) -> None:
    """All configurations of a model, at other speeds each time; real rows where there are some."""
    rng = random.Random(5)
    model = "deepseek-r1" if (SHARED / "data/inferencex").exists() else "qwen-3-5"
    paths = [f"/rank/{model}?at={targets(rng)}" for _ in range(60)]
    new = statistics.median([server.milliseconds(path) for path in paths][10:])
    line(f"ranking of {model}, other speeds each time", f"{new:.2f} ms", "")


def targets(rng: random.Random) -> str:
    """Three that nobody asked for before."""
    return ",".join(f"{rng.uniform(30, 200):.1f}" for _ in range(3))


def pictures(server: Server, page: str) -> None:
    """Drawing anew, and the same again."""
    rng = random.Random(2)
    server.get(f"{page}.png?at=50")
    for name, suffix in (("PNG", ".png"), ("card for links", ".og.png"), ("SVG", ".svg")):
        fresh = [f"{page}{suffix}?at={rng.uniform(30, 200):.1f}" for _ in range(9)]
        new = statistics.median(server.milliseconds(path) for path in fresh)
        again = statistics.median(server.milliseconds(fresh[0]) for _ in range(30))
        line(f"{name}, warm, drawn anew", f"{new:.0f} ms", "<= 120 ms")
        line(f"{name}, drawn before", f"{again:.2f} ms", "")


def wire(server: Server, page: str) -> None:
    """Bytes of a cold load as the server sends them, without a browser."""
    text = gzip.decompress(server.get(page)[1]).decode()
    names = {part.partition('"')[0] for part in text.split('"/static/')[1:]}
    scripts = [name for name in names if name.endswith(".js")]
    script = sum(len(server.get(f"/static/{name}")[1]) for name in scripts)
    chart = [f"{page}.svg?size=wide&legend=0", f"{page}.chart.json?size=wide&legend=0&part=live"]
    total = script + sum(len(server.get(path)[1]) for path in (page, asset_path(server), *chart))
    line("script on the wire", f"{script / 1e3:.0f} kB", "<= 330 kB", f"{len(scripts)} files")
    line("all of a cold load on the wire", f"{total / 1e3:.0f} kB", "<= 400 kB")


def memory(server: Server, page: str) -> None:
    """After 1,000 mixed requests."""
    rng = random.Random(3)
    forms = [*[""] * 20, *[".json", ".csv", ".points", ".chart.json"] * 5, ".svg", ".png"]
    for number in range(1_000):
        path = rng.choice((page, SEED)) + rng.choice(forms) + f"?at={rng.uniform(20, 220):.1f}"
        if number % 50 == 0:
            path = rng.choice(("/", "/compare", "/compare-engine", "/sitemap.xml"))
        server.get(path)
    line(
        "server after 1,000 mixed requests",
        f"{large.resident_mb(str(server.process.pid)):.0f} MB",
        "<= 250 MB",
    )
    for child in server.children():
        line("renderer beside it", f"{large.resident_mb(child):.0f} MB", "<= 250 MB")


def start_up(store: Path) -> None:
    """From the command to the first page; the third start, when files are in the system's memory."""
    times = []
    for _ in range(5):
        with serving(store) as server:
            server.get(SEED)
            times.append(time.perf_counter() - server.started)
    line(
        "start-up to first page",
        f"{statistics.median(times):.2f} s",
        "<= 1.5 s",
        f"empty python: {nothing():.2f} s",
    )


def nothing() -> float:
    """Wall seconds of an interpreter that imports what every command of this machine would."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import duckdb, pyarrow, uvicorn"], check=True)
    return time.perf_counter() - started


POINTS = """new PerformanceObserver(list => {
  for (const { renderTime } of list.getEntries()) window.points ??= renderTime;
}).observe({type: 'element', buffered: true});"""
# The frame that shows the picture of the points (or the chart, if that was faster), and the chart's own.
DRAWN_AT = """() => new Promise(done => {
  const ready = () => document.getElementById('chart')?.dataset.drawn && document.querySelector('#live path');
  const look = () => {
    if (!ready()) return requestAnimationFrame(look);
    const drawn = performance.now();
    setTimeout(() => done([window.points ?? drawn, drawn]), 100);
  };
  look();
})"""
EDIT = """value => new Promise(done => {
  const chart = document.getElementById('chart'), before = chart.dataset.drawn, start = performance.now();
  const field = document.querySelector('.readings thead input');
  field.value = value;
  field.dispatchEvent(new Event('change', {bubbles: true}));
  const look = () => {
    if (chart.dataset.drawn !== before) done(performance.now() - start);
    else requestAnimationFrame(look);
  };
  look();
})"""


def browser(server: Server, page: str) -> None:
    """Cold loads, each in a fresh profile, and an edited target to chart and table redrawn."""
    if not CHROMIUM.exists():
        print(f"no browser at {CHROMIUM}: its figures are left out")
        return
    from playwright.sync_api import sync_playwright

    rng = random.Random(4)
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        cold(found, server, "", [page] * 6)
        cold(found, server, ", targets nobody asked for", [f"{page}?at={targets(rng)}" for _ in range(6)])
        tab = found.new_page(viewport={"width": 1440, "height": 900})
        tab.goto(server.base + page, wait_until="commit")
        tab.evaluate(DRAWN_AT)
        edits = [tab.evaluate(EDIT, str(60 + 3 * n)) for n in range(24)]
        found.close()
    line("edited target to all redrawn", f"{statistics.median(edits):.0f} ms", "<= 100 ms")


def cold(found: Browser, server: Server, what: str, paths: Sequence[str]) -> None:
    """From navigation until the points can be seen, and until the chart can be used."""
    times = []
    for path in paths:
        context = found.new_context(viewport={"width": 1440, "height": 900})
        tab = context.new_page()
        tab.add_init_script(POINTS)
        tab.goto(server.base + path, wait_until="commit")
        times.append(tab.evaluate(DRAWN_AT))
        context.close()
    seen, ready = (statistics.median(column) for column in zip(*times[1:], strict=True))
    line(f"navigation to points on the screen, cold{what}", f"{seen:.0f} ms", "<= 500 ms")
    line("  to the chart that can be zoomed and dragged", f"{ready:.0f} ms", "")


def million(folder: Path, points: int, runs: int) -> None:
    """A page over a store of a million points: coverage, points, comparison, HTML."""
    root = folder / "large"
    half = runs // 2
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        jobs = [(root, range(half), points // runs), (root, range(half, runs), points // runs)]
        pool.starmap(large.generate, jobs)
    large.reindex_figures(root)
    catalog = large.simulated_catalog(folder)
    with serving(root, "--catalog", str(catalog)) as server:
        slugs = [f"model-{n % large.MODELS:02}-gpu-{n * 7 % large.HARDWARE:02}-fp4-vs-fp8" for n in range(80)]
        times = [server.milliseconds(f"/compare-precision/{slug}") for slug in slugs]
        again = [server.milliseconds(f"/compare-precision/{slugs[-1]}?at={40 + n}") for n in range(40)]
        line(
            f"{points:,} points: another comparison each time",
            f"{statistics.median(times[20:]):.1f} ms",
            "<= 25 ms",
        )
        line(f"{points:,} points: other targets", f"{statistics.median(again):.1f} ms", "<= 25 ms")
        line("  memory of the server", f"{large.resident_mb(str(server.process.pid)):.0f} MB", "<= 250 MB")
        ranks = [server.milliseconds(f"/rank/model-{n:02}") for n in range(12)]
        line(f"{points:,} points: another ranking each time", f"{statistics.median(ranks):.0f} ms", "")
        lists = server.milliseconds("/rank")
        line("  list of rankings", f"{lists:.0f} ms", "")
        line("  memory of the server", f"{large.resident_mb(str(server.process.pid)):.0f} MB", "<= 250 MB")


line = large.line


def main() -> None:
    """Fills a store, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="isoline-bench-") as name:
        store, page = Path(name) / "store", SEED
        rows = SHARED / "data/inferencex"
        if rows.exists():
            command = [
                sys.executable,
                "-m",
                "isoline",
                "import",
                "inferencex",
                str(rows),
                "--store",
                str(store),
            ]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            page = REAL
        print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; {page}")
        line("", "measured", "target", "floor")
        start_up(store)
        with serving(store) as server:
            server_times(server, page)
            rankings(server)
            wire(server, page)
            browser(server, page)
            pictures(server, page)
            memory(server, page)
        if options.points:
            million(Path(name), options.points, options.runs)


if __name__ == "__main__":
    main()
