"""What telling `isoline serve` how a sweep stands costs the process that commands the load generator.

    python benchmarks/live.py [--streams 256] [--seconds 20]

A load runs against the C mock server, watched as `isoline bench` watches it, with all 600 samples and 64
points in the file from the beginning: the most that is ever written. The figure is the CPU time of the
writing thread and of what the watcher is told, as a share of one core, beside its target; then the CPU of the
worker processes a token with the progress file and without, in alternating runs of the same minute.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from isoline.measure.fleet import Counts, RunReport, run_load
from isoline.measure.live.state import LivePoint, LiveSample, LiveSweep
from isoline.measure.live.watch import KEPT, LiveWatch
from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.measure.sink import ListSink
from isoline.measure.sweep.plan import Slot
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.measure.servers import running_mock
from tests.shared import SHARED

TARGET = 0.005  # of one core
RUNS = 3


class Timed:
    """A watch that adds up the CPU time of what it is told."""

    def __init__(self, live: LiveWatch) -> None:
        self._live, self.cpu_seconds = live, 0.0

    def progress(self, counts: Counts) -> None:
        self._time(lambda: self._live.progress(counts))

    def see(self, records: Sequence[RequestRecord]) -> bool:
        self._time(lambda: self._live.see(records))
        return False

    def _time(self, work: Callable[[], None]) -> None:
        began = time.thread_time()
        work()
        self.cpu_seconds += time.thread_time() - began


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    load = Load(concurrency=options.streams, duration=options.seconds)
    shares, told, plain = [], [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running_mock(_mock(folder), "--ttft-ms", "50", "--itl-ms", "20") as url:
            for _ in range(RUNS):
                share, cost = with_file(url, load, folder)
                shares.append(share)
                told.append(cost)
                plain.append(per_token(*offer(url, load, None)))
    share = statistics.median(shares)
    words = "met" if share <= TARGET else "missed"
    print(f"{options.streams} streams, {RUNS} runs of {options.seconds:g} s each way, medians")
    print(f"progress file           {share:8.3%} of a core   target {TARGET:.1%}: {words}")
    print(f"workers, with the file  {statistics.median(told):8.2f} µs a token")
    print(f"workers, without        {statistics.median(plain):8.2f} µs a token")


def with_file(url: str, load: Load, folder: Path) -> tuple[float, float]:
    """The share of a core, and the workers' µs a token."""
    now = time.time()
    sweep = LiveSweep(
        sweep="s", place=url, model="m", dataset="d", isl=64, osl=64, simulated=False, began=now, updated=now,
        points=[LivePoint(slot=f"c{n}-r0", load=f"{n} streams", repeat=0, valid=True, interactivity=50.1,
                          throughput=1e4, ttft=0.05, tpot=0.02) for n in range(64)],
    )  # fmt: skip
    live = LiveWatch(folder / ".live-bench.json", sweep)
    live.phase(Slot("c1-r0", load, 0), "measuring")
    live._samples.extend(LiveSample(float(n), "c1-r0", 256, 0.05, 0.02, 0, 700.0) for n in range(KEPT))
    watch, began = Timed(live), time.monotonic()
    with live:
        cost = per_token(*offer(url, load, watch))
    return (live.cpu_seconds + watch.cpu_seconds) / (time.monotonic() - began), cost


def offer(url: str, load: Load, watch: Timed | None) -> tuple[RunReport, list[RequestRecord]]:
    """One run; without a watch the processes are still told to report, as in any sweep."""
    sink = ListSink()
    told = watch.progress if watch else lambda counts: None
    report = run_load(Target(url, "m"), Synthetic(64, 64), load, sink, 1, on_progress=told, watch=watch)
    return report, sink.records


def per_token(report: RunReport, records: Sequence[RequestRecord]) -> float:
    """CPU of the worker processes a token, in µs."""
    return 1e6 * sum(c.cpu_seconds for c in report.clients) / sum(r.tokens_out or 0 for r in records)


def _mock(folder: Path) -> Path:
    binary = folder / "mock"
    source = SHARED / "tools" / "mock" / "mock.c"
    subprocess.run(["gcc", "-O2", "-w", "-o", str(binary), str(source)], check=True)
    return binary


if __name__ == "__main__":
    main()
