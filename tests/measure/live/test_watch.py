"""The progress file: whole at any moment, cheap to lose, without secrets."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from isoline.measure.fleet import Counts
from isoline.measure.live.eta import seconds_left, share_done
from isoline.measure.live.file import live_path, read_live, write_live
from isoline.measure.live.state import LiveSample, LiveSweep
from isoline.measure.live.watch import KEPT, LiveWatch
from isoline.measure.loads import Load
from isoline.measure.sweep.plan import LONGEST, Plan, Slot
from isoline.measure.sweep.report import PointReport
from isoline.measure.sweep.sweep import run_sweep
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic
from tests.measure.runs import record
from tests.measure.servers import DONE, END, HEAD, always, chunk, scripted, tokens


def empty(**changes: object) -> LiveSweep:
    values = {
        "sweep": "s",
        "place": "u",
        "model": "m",
        "dataset": "d",
        "isl": 8,
        "osl": 8,
        "simulated": False,
    }
    return LiveSweep(**{**values, "began": time.time(), "updated": time.time(), **changes})  # type: ignore[arg-type]


def told(root: Path) -> LiveSweep:
    (found,) = read_live(root)
    return found


class Forgetful:
    """Keeps nothing."""

    def finished(self) -> Mapping[str, PointReport]:
        return {}

    def keep(self, *_: object) -> str:
        return "run-1"


def test_a_sweep_is_told_from_beginning_to_end(tmp_path: Path) -> None:
    load = Load(concurrency=2, requests=12)
    answer = HEAD + chunk(tokens(6) + DONE) + END
    with scripted(always(answer)) as url:
        plan = Plan(Target(url, "m"), Synthetic(8, 6), (load,), repeats=2, processes=1, cooldown=0.0)
        with LiveWatch(live_path(tmp_path, plan.id), empty()) as watch:
            assert told(tmp_path).status == "running"
            result = run_sweep(plan, Forgetful(), watch)
            watch.end(result.stopped)
    found = told(tmp_path)
    assert (found.status, found.stopped, found.finished, found.planned) == ("finished", None, 2, 2)
    assert [(point.slot, point.run) for point in found.points] == [("c2-r0", "run-1"), ("c2-r1", "run-1")]
    assert [point.ttft for point in found.points] == [
        report.ttft.median for report in result.points if report.ttft
    ]
    assert found.slot is None
    assert found.eta is None


def test_a_second_is_the_median_of_what_ended_in_it(tmp_path: Path) -> None:
    watch = LiveWatch(tmp_path / ".live-p.json", empty(planned=1))
    watch.phase(Slot("c4-r0", Load(concurrency=4, requests=40), 0), "measuring")
    watch.see([record(0, 0, ttft=20), record(1, 0, ttft=30, tpot=7.0), record(2, 0, ttft=90, tpot=6.0)])
    watch.see([record(3, 0, error="status_5xx")])
    watch.progress(Counts(4, 1, 3, 42.0))
    watch._write()
    watch._write()
    first, second = told(tmp_path).samples
    assert (first.slot, first.in_flight, first.failed, first.watts) == ("c4-r0", 3, 1, None)
    assert told(tmp_path).oldest == 42.0
    assert (first.ttft, first.tpot) == (0.03, 0.006)
    assert (second.ttft, second.tpot, second.in_flight) == (None, None, 3)


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    with LiveWatch(folder / ".live-p.json", empty()) as watch:
        shutil.rmtree(folder)
        watch.planned(3, 0)
        watch._write()
    assert read_live(folder) == []


def test_an_error_is_the_sweeps_end_and_secrets_are_hidden(tmp_path: Path) -> None:
    watch = LiveWatch(tmp_path / ".live-p.json", empty(), hide=lambda text: text.replace("sk-42", "***"))
    try:
        with watch:
            raise RuntimeError("the server said sk-42")
    except RuntimeError:
        pass
    found = told(tmp_path)
    assert (found.status, found.stopped) == ("stopped", "the server said ***")


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    path, over = live_path(tmp_path, "p"), threading.Event()
    samples = [LiveSample(float(at), "c8-r0", 8, 0.05, 0.01, 0, 600.0) for at in range(KEPT)]
    write_live(path, empty(samples=samples))

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            write_live(path, empty(samples=samples[: 1 + number % KEPT], requests=number))

    writer = threading.Thread(target=write)
    writer.start()
    seen = [len(read_live(tmp_path)) for _ in range(300)]
    over.set()
    writer.join()
    assert seen == [1] * 300


def test_shares() -> None:
    assert share_done(Load(concurrency=1, requests=80), 20, 9.0) == 0.25
    assert share_done(Load(concurrency=1, duration=60.0), 20, 90.0) == 1.0
    assert share_done(Load(concurrency=1, duration=LONGEST), 20, 90.0) is None


@given(st.floats(1.0, 1e4), st.integers(1, 50), st.floats(0.01, 1.0))
def test_points_that_all_take_as_long_leave_what_they_leave(
    each: float, remaining: int, share: float
) -> None:
    """A point of `each` seconds is `share` over: its rest and the others' whole lengths are left."""
    left = seconds_left([each] * 3, remaining, each * share, share, each * share)
    assert left is not None
    assert abs(left - (each * (1 - share) + each * (remaining - 1))) < 1e-6 * each * remaining


def test_nothing_is_guessed_from_nothing() -> None:
    assert seconds_left([10.0], 1, 30.0, None, 30.0) is None  # the last one is late: nobody knows how much
    assert seconds_left([], 4, 3.0, None, 3.0) is None
    assert seconds_left([10.0], 0, 3.0, None, 3.0) == 0.0
    # Longer than any before it, and no end is known: it may be over now, the others are as they were.
    assert seconds_left([10.0], 2, 30.0, None, 30.0) == 10.0
