"""The load generator against the C mock server that knows its own latencies: bias, cost, ceiling.

    python benchmarks/client.py [--repeats 3] [--only waves,poisson,…]

Pinned as in the comparison of clients this project started from: the mock on core 0 under SCHED_FIFO,
the whole client tree on core 1. Every figure is the median of the repeats, with their range, beside its
target and, where there is one, the same figure of the C reference client of the same minute: the floor of
this machine, now. In the row `load_cpu_us_per_token` the floor is a Python client that only reads, stamps
and frames. Bias = what the client reports - what the server measured itself doing. As root the load
generator takes real-time priority by itself, and the reference clients are given the same; the kernel
takes 5 % of a core away from either when it is busy throughout.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import httptools
import uvloop

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ISOLINE_SHARED") or ROOT.parent / "shared")
PORT = 8177
REAL_TIME = 1  # the priority that the load generator takes


@dataclass(frozen=True)
class Case:
    """One situation: the mock's options, the load, and the targets of its figures."""

    name: str
    mock: tuple[str, ...]
    load: dict[str, object]
    osl: int
    targets: dict[str, float]
    pinned: bool = True
    floor: tuple[int, int, int] | None = None  # concurrency, requests, OSL for the C client
    at_least: frozenset[str] = field(default_factory=frozenset)


TOKENS = ("--ttft-ms", "50", "--itl-ms", "10")
CASES = [
    Case(
        "waves: 1,024 streams in lock-step",
        TOKENS,
        {"concurrency": 1024, "requests": 4096, "stagger": 0},
        128,
        {"ttft_mean_ms": 0.3, "ttft_p99_ms": 2.0, "itl_mean_ms": 0.02, "cpu_us_per_token": 8.0},
        floor=(1024, 4096, 128),
    ),
    Case(
        "poisson: 150 requests/s",
        TOKENS,
        {"rate": 150.0, "requests": 1500},
        128,
        {"ttft_mean_ms": 0.1, "ttft_p99_ms": 0.8},
    ),
    Case(
        "ceiling: no delay, 64 streams",
        ("--zero",),
        {"concurrency": 64, "requests": 16384, "stagger": 0},
        128,
        {"tokens_per_s": 600_000},
        floor=(64, 16384, 128),
        at_least=frozenset({"tokens_per_s"}),
    ),
    Case(
        "many: 8,192 streams, ITL 120 ms, both cores shared with the server",
        ("--ttft-ms", "100", "--itl-ms", "120"),
        {"concurrency": 8192, "requests": 40_960},
        64,
        {"ttft_mean_ms": 2.0, "invalid": 0},
        pinned=False,
    ),
    Case(
        "memory: 1,024 streams x 1,000 tokens",
        TOKENS,
        {"concurrency": 1024, "requests": 2048, "stagger": 0},
        1000,
        {"rss_mb": 200},
    ),
]


def main() -> None:
    """Run the chosen cases and print a table each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        job = json.loads(options.one)
        print(json.dumps(framing_only(*job["bare"]) if "bare" in job else measure(job)))
        return
    wanted = [word for word in options.only.split(",") if word]
    with tempfile.TemporaryDirectory() as folder:
        mock, reference = (compile_tool(name, Path(folder)) for name in ("mock", "epc"))
        for case in CASES:
            if not wanted or any(case.name.startswith(word) for word in wanted):
                report(case, mock, reference, options.repeats)


def compile_tool(name: str, folder: Path) -> Path:
    source = SHARED / "tools" / "mock" / f"{name}.c"
    binary = folder / name
    subprocess.run(["gcc", "-O3", "-march=native", "-w", "-o", binary, source], check=True)
    return binary


def report(case: Case, mock: Path, reference: Path, repeats: int) -> None:
    """Measure one case and print figure, range, target, floor."""
    floors: list[dict[str, float]] = []
    found: list[dict[str, float]] = []
    for _ in range(repeats):
        if case.floor:
            floors.append(run_reference(case, mock, reference))
            floors[-1] |= run_job(case, mock, {"bare": case.floor}, REAL_TIME)
        found.append(run_case(case, mock))
    cores = "server core 0, client core 1" if case.pinned else "unpinned"
    print(f"\n{case.name} ({cores}; {os.getloadavg()[0]:.1f} others' load included)")
    print(f"  {'figure':<22}{'median':>12}{'range':>26}{'target':>12}{'floor':>12}")
    for name in found[0]:
        values = sorted(run[name] for run in found)
        span = f"{values[0]:,.3f} … {values[-1]:,.3f}"
        target = case.targets.get(name)
        middle = statistics.median(values)
        mark = ""
        if target is not None:
            met = middle >= target if name in case.at_least else middle <= target
            mark = f"{'≥' if name in case.at_least else '≤'} {target:g} {'yes' if met else 'NO'}"
        floor = f"{statistics.median(f[name] for f in floors):,.3f}" if floors and name in floors[0] else ""
        print(f"  {name:<22}{middle:>12,.3f}{span:>26}{mark:>12}{floor:>12}", flush=True)


def prefix(core: int | None, priority: int | None) -> list[str]:
    command = ["taskset", "-c", str(core)] if core is not None else []
    if priority and os.geteuid() == 0 and shutil.which("chrt"):
        command += ["chrt", "-f", str(priority)]
    return command


def start_mock(case: Case, mock: Path) -> subprocess.Popen[bytes]:
    command = prefix(0 if case.pinned else None, 50)
    server = subprocess.Popen([*command, mock, "--port", str(PORT), *case.mock], stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    return server


def run_reference(case: Case, mock: Path, reference: Path) -> dict[str, float]:
    assert case.floor is not None
    server = start_mock(case, mock)
    try:
        command = [*prefix(1, REAL_TIME), str(reference), str(PORT), *map(str, case.floor)]
        result = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        truth = stats()
    finally:
        server.terminate()
        server.wait()
    return {
        "ttft_mean_ms": result["ttft_ms"]["mean"] - truth["ttft_ms"]["mean"],
        "ttft_p99_ms": result["ttft_ms"]["p99"] - truth["ttft_ms"]["p99"],
        "itl_mean_ms": result["gap_ms"]["mean"] - truth["gap_ms"]["mean"],
        "cpu_us_per_token": result["cpu_s"] / result["tokens"] * 1e6,
        "tokens_per_s": result["tok_s"],
        "rss_mb": result["rss_mb"],
    }


def run_case(case: Case, mock: Path) -> dict[str, float]:
    return run_job(case, mock, {"load": case.load, "osl": case.osl})


def run_job(case: Case, mock: Path, job: dict[str, object], priority: int | None = None) -> dict[str, float]:
    server = start_mock(case, mock)
    try:
        command = prefix(1 if case.pinned else None, priority)
        done = subprocess.run(
            [*command, sys.executable, __file__, "--one", json.dumps(job)], stdout=subprocess.PIPE, check=True
        )
        result: dict[str, float] = json.loads(done.stdout)
    finally:
        server.terminate()
        server.wait()
    return result


def stats() -> dict[str, dict[str, float]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/stats") as answer:
        truth: dict[str, dict[str, float]] = json.load(answer)
    return truth


def measure(job: dict[str, object]) -> dict[str, float]:
    """In the client's own process tree: one run and its figures beside the server's truth."""
    from isoline.measure.fleet import run_load
    from isoline.measure.loads import Load
    from isoline.measure.sink import ListSink
    from isoline.measure.summary import summarise
    from isoline.measure.target import Target
    from isoline.measure.workloads import Synthetic

    load = Load(**job["load"])  # type: ignore[arg-type]
    sink = ListSink()
    begun = cpu_of_tree()
    target = Target(f"http://127.0.0.1:{PORT}", "mock")
    run = run_load(target, Synthetic(128, int(str(job["osl"]))), load, sink)
    truth = stats()
    peak = tree_rss()
    summary = summarise(sink.records, run, load)
    spent = cpu_of_tree() - begun
    whole = summary.whole
    assert whole is not None
    assert whole.ttft is not None
    for reason in summary.reasons:
        print(f"  INVALID {reason.code}: {reason.text}", file=sys.stderr)
    figures = {
        "ttft_mean_ms": whole.ttft.mean * 1e3 - truth["ttft_ms"]["mean"],
        "ttft_p99_ms": (whole.ttft.p99 or 0.0) * 1e3 - truth["ttft_ms"]["p99"],
        "tokens_per_s": whole.throughput.output,
        "cpu_us_per_token": spent / whole.tokens_out * 1e6,
        "load_cpu_us_per_token": sum(c.cpu_seconds for c in run.clients) / whole.tokens_out * 1e6,
        "rss_mb": peak,
        "streams": whole.streams,
        "processes": float(run.processes),
        "lag_p99_ms": max(client.lag_p99 for client in run.clients) * 1e3,
        "waited_for_core_s": max(client.waited_seconds or 0.0 for client in run.clients),
        "invalid": float(not summary.valid),
    }
    if whole.itl is not None and truth["gap_ms"]["n"]:
        figures["itl_mean_ms"] = whole.itl.mean * 1e3 - truth["gap_ms"]["mean"]
        figures["itl_p99_ms"] = (whole.itl.p99 or 0.0) * 1e3 - truth["gap_ms"]["p99"]
    return figures


def framing_only(concurrency: int, requests: int, osl: int) -> dict[str, float]:
    """CPU of a client that only reads, stamps and frames, on the same loop and parser: Python's floor."""
    body = b'{"prompt":"x","max_tokens":%d,"stream":true}' % osl
    request = b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    left, ended = requests, 0

    class Bare(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.fd = transport.get_extra_info("socket").fileno()
            self.pieces: list[bytes] = []
            self.on_body = self.pieces.append
            self.feed = httptools.HttpResponseParser(self).feed_data

        def data_received(self, data: bytes) -> None:
            time.perf_counter_ns()
            self.feed(data)

        def on_message_complete(self) -> None:
            nonlocal ended
            ended += 1
            self.pieces.clear()
            self.ask()
            if ended == requests:
                over.set_result(None)

        def ask(self) -> None:
            nonlocal left
            if left:
                left -= 1
                os.write(self.fd, request)

    async def run() -> float:
        nonlocal over
        loop = asyncio.get_running_loop()
        over = loop.create_future()
        bare = [(await loop.create_connection(Bare, "127.0.0.1", PORT))[1] for _ in range(concurrency)]
        begun = time.process_time()
        for one in bare:
            one.ask()
        await over
        return time.process_time() - begun

    over: asyncio.Future[None] = asyncio.Future(loop=asyncio.new_event_loop())
    return {"load_cpu_us_per_token": uvloop.run(run()) / (requests * osl) * 1e6}


def cpu_of_tree() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def tree_rss() -> float:
    """Peak of this process plus the largest child's, in MB: an upper bound of their sum for one worker."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own.ru_maxrss + children.ru_maxrss) / 1024


if __name__ == "__main__":
    main()
