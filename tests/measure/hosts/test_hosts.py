"""Several hosts as one load generator: clocks that disagree, shares of the load, a host that is lost."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from time import perf_counter_ns

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.errors import HostsError
from isoline.measure.failures import TargetError
from isoline.measure.fleet import Counts, run_load
from isoline.measure.hosts.clock import measure_offset
from isoline.measure.hosts.place import SeveralHosts
from isoline.measure.loads import Load
from isoline.measure.sink import ListSink
from isoline.measure.summary import summarise
from isoline.measure.sweep.hosts import host_figures
from isoline.measure.target import Target
from isoline.measure.validity import HOST_LOST
from isoline.measure.workloads import Synthetic
from tests.measure.hosts.far import FarHost, far_hosts
from tests.measure.servers import running_mock

HOUR = 3_600_000_000_000  # ns


@given(
    st.integers(-HOUR, HOUR),
    st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=1, max_size=20),
)
def test_the_offset_is_within_its_error_however_unequal_the_ways(
    truth: int, ways: list[tuple[int, int]]
) -> None:
    """Each exchange takes one time there and another back."""
    time, way = 0, cycle(ways)

    def ask() -> int:
        nonlocal time
        there, back = next(way)
        time += there
        told = time + truth
        time += back
        return told

    found = measure_offset(ask, len(ways), lambda: time)
    assert abs(found.ns - truth) <= found.error
    assert found.error <= min(there + back for there, back in ways) // 2 + 1


def test_records_of_hosts_whose_clocks_disagree_lie_in_one_window(mock_binary: Path) -> None:
    load, sink = Load(concurrency=7, requests=70), ListSink()
    before = perf_counter_ns()
    with far_hosts(HOUR, -HOUR, 0) as hosts, running_mock(mock_binary, "--ttft-ms", "8") as url:
        report = run_load(Target(url, "mock"), Synthetic(16, 9), load, sink, 1, place=SeveralHosts(hosts))
    after = perf_counter_ns()
    assert sorted(record.index for record in sink.records) == list(range(70))
    assert all(record.ok for record in sink.records)
    stamps = [
        stamp for r in sink.records for stamp in (r.scheduled, r.sent, r.first_token, r.done, *r.times())
    ]
    assert all(stamp is not None and before < stamp < after for stamp in stamps)
    assert all(before < client.started < client.ended < after for client in report.clients)
    assert [client.host for client in report.clients] == ["far-0", "far-1", "far-2"]
    # `Load.indices`: every third request, beginning with the process's number.
    assert all(record.index % 3 == record.process for record in sink.records)
    assert all(host.clock_error is not None and host.clock_error >= 0.001 for host in report.hosts)
    figures = host_figures(summarise(sink.records, report, load), sink.records)
    assert [(host.host, host.requests, host.errors) for host in figures] == [
        ("far-0", 24, 0),
        ("far-1", 23, 0),
        ("far-2", 23, 0),
    ]
    assert all(host.ttft_median is not None and host.ttft_median > 0.008 for host in figures)


def test_few_streams_take_few_hosts_and_many_are_dealt_out(mock_binary: Path) -> None:
    sink = ListSink()
    with far_hosts(0, 0, 0) as hosts, running_mock(mock_binary, "--zero") as url:
        place = SeveralHosts(hosts)
        load = Load(concurrency=2, requests=10)
        few = run_load(Target(url, "mock"), Synthetic(4, 4), load, sink, place=place)
        assert [(host.host, host.workers) for host in few.hosts] == [("far-0", [0]), ("far-1", [1])]
        load = Load(concurrency=12, requests=24)
        many = run_load(Target(url, "mock"), Synthetic(4, 4), load, sink, 2, place=place)
    assert [host.workers for host in many.hosts] == [[0, 3], [1, 4], [2, 5]]


def test_a_lost_host_ends_the_load_and_is_named(mock_binary: Path) -> None:
    load, sink = Load(concurrency=6, duration=600.0), ListSink()
    with far_hosts(HOUR, 0, 0) as hosts, running_mock(mock_binary, "--ttft-ms", "8") as url:

        def pull(counts: Counts) -> None:
            if counts.finished > 60:
                calls = hosts[0].calls  # the one whose progress the watch follows
                assert isinstance(calls, FarHost)
                calls.lost.set()

        place = SeveralHosts(hosts)
        target = Target(url, "mock")
        report = run_load(target, Synthetic(16, 9), load, sink, 1, on_progress=pull, place=place)
    assert report.stopped == "host far-0 of the load generator was lost: its plug was pulled"
    assert [host.lost for host in report.hosts] == ["its plug was pulled", None, None]
    assert {record.process for record in sink.records} == {0, 1, 2}
    summary = summarise(sink.records, report, load)
    assert HOST_LOST in [reason.code for reason in summary.reasons]
    assert "stopped" not in [reason.code for reason in summary.reasons]


def test_a_host_that_is_gone_is_not_done_without(mock_binary: Path) -> None:
    class Gone(FarHost):
        async def _clock(self) -> int:
            raise TimeoutError

    with far_hosts(0, 0) as hosts, running_mock(mock_binary, "--zero") as url:
        hosts[1].calls.__class__ = Gone
        load = Load(concurrency=4, requests=8)
        with pytest.raises(HostsError, match="host far-1 of the load generator is lost"):
            run_load(Target(url, "mock"), Synthetic(4, 4), load, ListSink(), place=SeveralHosts(hosts))


def test_no_answer_from_one_host_is_that_hosts_error() -> None:
    load, target = Load(concurrency=4, requests=8), Target("http://127.0.0.1:9", "m")
    with far_hosts(0, 0) as hosts:
        place = SeveralHosts(hosts)
        with pytest.raises(TargetError, match=r"host far-0: cannot connect"):
            run_load(target, Synthetic(4, 4), load, ListSink(), place=place)
