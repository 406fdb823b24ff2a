"""Whole runs against the C mock server, in this process and in others."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from isoline.errors import IsolineError
from isoline.measure.failures import Failure, TargetError
from isoline.measure.fleet import Counts, run_load
from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.measure.sessions import Sessions
from isoline.measure.sink import ListSink, SpoolReader, SpoolSink
from isoline.measure.summary import summarise
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic
from tests.measure.servers import free_port, running_mock


def stats(url: str) -> dict[str, int]:
    with urllib.request.urlopen(url + "/stats") as answer:
        return dict(json.load(answer))


@pytest.mark.parametrize("processes", [0, 1, 3])
@pytest.mark.parametrize("endpoint", ["completions", "chat"])
def test_every_request_leaves_one_record(mock_binary: Path, processes: int, endpoint: str) -> None:
    load = Load(concurrency=7, requests=40)
    sink = ListSink()
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1", "--role") as url:
        report = run_load(Target(url, "mock", endpoint), Synthetic(16, 9), load, sink, processes)
        server = stats(url)
    assert sorted(record.index for record in sink.records) == list(range(40))
    assert all(record.ok and record.tokens_out == record.chunks == 9 for record in sink.records)
    assert all(len(record.times()) == 9 for record in sink.records)
    assert (server["done"], server["conns_opened"] - 1) == (40, 7 + 1)  # and the probe for readiness
    assert server["peak_active"] == 7
    assert len(report.clients) == report.processes == max(1, processes)
    assert report.stopped is None


def test_an_open_loop_sends_what_is_due(mock_binary: Path) -> None:
    load = Load(rate=200.0, requests=60)
    sink = ListSink()
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1") as url:
        run_load(Target(url, "mock"), Synthetic(16, 9), load, sink, 2)
    assert len(sink.records) == 60
    assert all(record.ok for record in sink.records)
    first = min(record.scheduled for record in sink.records)
    dues = sorted((record.scheduled - first) / 1e9 for record in sink.records)
    assert dues == pytest.approx(list(load.starts()), abs=1e-6)
    assert all(record.sent is not None and record.sent >= record.scheduled for record in sink.records)


@pytest.mark.parametrize("load", [Load(concurrency=3, duration=0.4), Load(rate=50.0, duration=0.4)])
def test_a_duration_ends_the_run_and_awaits_what_is_in_flight(mock_binary: Path, load: Load) -> None:
    sink = ListSink()
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1") as url:
        run_load(Target(url, "mock"), Synthetic(16, 9), load, sink, 2)
    assert len(sink.records) > 5
    assert all(record.ok for record in sink.records)


def test_failures_are_counted_between_successes(mock_binary: Path) -> None:
    load = Load(concurrency=4, requests=40)
    sink = ListSink()
    options = ("--ttft-ms", "2", "--itl-ms", "1", "--fail-every", "4", "--cut-after", "3", "--cut-every", "5")
    with running_mock(mock_binary, *options) as url:
        report = run_load(Target(url, "mock"), Synthetic(16, 9), load, sink, 1)
    summary = summarise(sink.records, report, load)
    assert summary.errors == {"status_5xx": 10, "truncated": 6}
    assert not summary.valid
    assert summary.whole is not None
    assert summary.whole.requests == 24


def test_a_dead_server_is_one_error_from_every_process() -> None:
    target = Target(f"http://127.0.0.1:{free_port()}", "m")
    with pytest.raises(TargetError) as caught:
        run_load(target, Synthetic(4, 4), Load(concurrency=4, requests=4), ListSink(), 2)
    assert caught.value.kind is Failure.REFUSED
    assert "start the server" in str(caught.value)


def test_ctrl_c_keeps_what_was_measured(mock_binary: Path) -> None:
    sink = ListSink()

    def interrupt(counts: Counts) -> None:
        if counts.finished > 20 and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    sent: list[bool] = []
    load = Load(concurrency=4, requests=100_000)
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1") as url:
        report = run_load(Target(url, "mock"), Synthetic(16, 9), load, sink, 2, on_progress=interrupt)
    assert report.interrupted
    assert sum(record.ok for record in sink.records) > 20
    cancelled = [record for record in sink.records if record.error]
    assert {record.error for record in cancelled} <= {Failure.CANCELLED}
    assert not summarise(sink.records, report, load).valid


def test_a_killed_process_loses_only_what_it_had_in_flight(mock_binary: Path) -> None:
    sink = ListSink()
    victims: list[int] = []

    def kill_one(counts: Counts) -> None:
        if victims or counts.finished < 40:
            return
        children = Path(f"/proc/self/task/{threading.main_thread().native_id}/children").read_text()
        for pid in children.split():
            if b"isoline.measure.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                victims.append(int(pid))
                os.kill(victims[0], signal.SIGKILL)
                return

    if not Path("/proc/self").exists():
        pytest.skip("needs /proc")
    load = Load(concurrency=4, duration=4.0)
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1") as url:
        report = run_load(Target(url, "mock"), Synthetic(16, 9), load, sink, 2, on_progress=kill_one)
    assert victims
    assert report.stopped is not None
    assert "died" in report.stopped
    assert len(report.clients) == 1
    assert sum(record.ok for record in sink.records) > 20


def test_a_spool_cut_short_gives_its_whole_records(tmp_path: Path, mock_binary: Path) -> None:
    path = tmp_path / "spool"
    with running_mock(mock_binary, "--zero") as url, path.open("wb") as file:
        run_load(Target(url, "mock"), Synthetic(16, 9), Load(concurrency=2, requests=10), SpoolSink(file), 0)
    data = path.read_bytes()
    assert len(list(SpoolReader(path).read())) == 10
    path.write_bytes(data[:-3])
    growing = SpoolReader(path)
    assert [record.ok for record in growing.read()] == [True] * 9
    path.write_bytes(data)
    assert [record.ok for record in growing.read()] == [True]


def test_secrets_stay_off_the_command_line(mock_binary: Path) -> None:
    seen: list[bytes] = []

    def look() -> None:
        time.sleep(0.7)
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.append(entry.read_bytes())
            except OSError:
                continue

    watcher = threading.Thread(target=look)
    watcher.start()
    with running_mock(mock_binary, "--ttft-ms", "100", "--itl-ms", "100") as url:
        target = Target(url, "mock", headers={"authorization": "Bearer topsecret"})
        run_load(target, Synthetic(16, 9), Load(concurrency=1, requests=1), ListSink(), 1)
    watcher.join()
    assert any(b"isoline.measure.worker" in line for line in seen)
    assert not any(b"topsecret" in line for line in seen)


def test_a_worker_that_cannot_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(IsolineError, match="died while it started"):
        run_load(
            Target("http://127.0.0.1:9", "m"), Synthetic(4, 4), Load(concurrency=1, requests=1), ListSink(), 1
        )


def test_worker_processes_run_before_ordinary_ones_where_they_may(mock_binary: Path) -> None:
    """And never this process, which the user's program is."""
    ask = "import os; os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))"
    allowed = (
        subprocess.run([sys.executable, "-c", ask], stderr=subprocess.DEVNULL, check=False).returncode == 0
    )
    with running_mock(mock_binary, "--zero") as url:
        for processes, expected in ((1, allowed), (0, False)):
            load = Load(concurrency=1, requests=2)
            report = run_load(Target(url, "mock"), Synthetic(4, 4), load, ListSink(), processes)
            assert [client.preferred for client in report.clients] == [expected]


def test_a_stop_ends_pauses(mock_binary: Path) -> None:
    """Sessions whose users would think for an hour end at once, and their records say what was answered."""
    sink = ListSink()

    def interrupt(counts: Counts) -> None:
        if counts.finished >= 3 and not sent:
            sent.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    sent: list[bool] = []
    talk = Sessions(turns=2, first_isl=8, isl=8, osl=4, think=3600.0, steady_think=True)
    with running_mock(mock_binary, "--zero") as url:
        report = run_load(
            Target(url, "mock"), talk, Load(concurrency=3, requests=6), sink, 1, on_progress=interrupt
        )
    assert report.interrupted
    assert [record.ok for record in sink.records] == [True] * 3


class After:
    """Has seen enough after some records."""

    def __init__(self, count: int) -> None:
        self.count, self.seen = count, list[RequestRecord]()

    def see(self, records: list[RequestRecord]) -> bool:
        self.seen += records
        return len(self.seen) >= self.count


@pytest.mark.parametrize("load", [Load(concurrency=6, duration=60.0), Load(rate=100.0, duration=60.0)])
def test_a_watch_ends_the_offering_and_what_is_in_flight_is_awaited(mock_binary: Path, load: Load) -> None:
    sink, watch = ListSink(), After(30)
    with running_mock(mock_binary, "--ttft-ms", "4", "--itl-ms", "1") as url:
        report = run_load(Target(url, "mock"), Synthetic(16, 9), load, sink, 2, watch=watch)
        server = stats(url)
    assert report.stopped is None
    assert len(watch.seen) >= 30
    assert watch.seen == sink.records[: len(watch.seen)]  # seen while it ran, each once, and kept
    assert all(record.ok for record in sink.records)
    assert len(sink.records) == sum(client.offered for client in report.clients) == server["done"]
