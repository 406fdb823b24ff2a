"""Our load generator against the simulated server: both tell the same story, fault by fault."""

from __future__ import annotations

import pytest

from isoline.measure.failures import Failure
from isoline.measure.fleet import run_load
from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.measure.sink import ListSink
from isoline.measure.summary import summarise
from isoline.measure.target import CHAT, COMPLETIONS, Target
from isoline.measure.workloads import Synthetic
from isoline.numerics.engine.speculation import Speculation
from tests.measure.sim.running import MODEL, command, threaded, truth


def offer(url: str, load: Load, endpoint: str = COMPLETIONS, timeout: float = 30.0) -> list[RequestRecord]:
    sink = ListSink()
    target = Target(url, MODEL, endpoint=endpoint, timeout=timeout)
    run_load(target, Synthetic(40, 12), load, sink, processes=0)
    return sink.records


@pytest.mark.parametrize("endpoint", [COMPLETIONS, CHAT])
def test_client_and_server_agree(endpoint: str) -> None:
    """Counts exactly; times as causality has it: sent before the server reads, seen after it writes."""
    load = Load(concurrency=6, requests=36, stagger=0)
    with command("--speed", "4") as url:
        records = offer(url, load, endpoint)
        server = truth(url)
    assert [record.error for record in records] == [None] * 36
    assert server["requests"] == server["answered"] == 36
    assert sum(record.tokens_out or 0 for record in records) == server["tokens"] == 36 * 12
    assert server["peak_streams"] == 6
    assert {record.tokens_out_source for record in records} == {"usage"}
    ttft = sorted((record.first_token or 0) - (record.sent or 0) for record in records)
    assert sum(ttft) / 36e9 >= server["ttft"]["mean"]
    assert server["ttft"]["n"] == 36
    assert server["itl"]["n"] == 36 * 11


def test_drafted_tokens_are_counted_by_usage() -> None:
    with threaded(speculation=Speculation("mtp", 3, 0.9)) as url:
        records = offer(url, Load(concurrency=2, requests=6))
    assert [(record.error, record.tokens_out) for record in records] == [(None, 12)] * 6
    assert all(record.chunks < 12 for record in records)


ENDS: dict[str, Failure] = {
    "5xx": Failure.STATUS_5XX,
    "429": Failure.STATUS_429,
    "html": Failure.HTML,
    "empty": Failure.NO_TOKENS,
    "reset": Failure.RESET,
    "truncate": Failure.TRUNCATED,
    "stall": Failure.TIMEOUT,
    "bad-event": Failure.BAD_EVENT,
    "error-event": Failure.SERVER_ERROR,
}


@pytest.mark.parametrize("kind", ENDS)
def test_each_fault_ends_in_its_kind(kind: str) -> None:
    with threaded(f"{kind}=1") as url:
        records = offer(
            url, Load(concurrency=2, requests=4, stagger=0), timeout=0.7 if kind == "stall" else 30
        )
        assert truth(url)["faults"] == {kind: 4}
    assert [record.error for record in records] == [ENDS[kind]] * 4


@pytest.mark.parametrize("kind", ["drip", "no-done", "no-usage", "wrong-usage"])
def test_faults_that_leave_an_answer(kind: str) -> None:
    with threaded(f"{kind}=1") as url:
        records = offer(url, Load(concurrency=2, requests=4, stagger=0))
    assert [(record.error, record.tokens_out) for record in records] == [(None, 12)] * 4
    assert {record.usage_wrong for record in records} == {kind == "wrong-usage"}
    source = "chunks" if kind in ("no-usage", "wrong-usage") else "usage"
    assert {record.tokens_out_source for record in records} == {source}


def test_faults_are_drawn_from_the_seed_and_counted() -> None:
    """Each strikes its share of the requests; the report has the server's own counts."""
    load = Load(concurrency=4, requests=60, stagger=0)
    shares = ("5xx=0.2", "reset=0.15", "error-event=0.1")
    found = []
    for _ in range(2):
        sink = ListSink()
        with threaded(*shares) as url:
            report = run_load(Target(url, MODEL), Synthetic(40, 12), load, sink, processes=0)
            struck = truth(url)["faults"]
        errors = summarise(sink.records, report, load).errors
        assert errors == {str(ENDS[kind]): count for kind, count in struck.items()}
        found.append(struck)
    assert found[0] == found[1]
    assert set(found[0]) == {"5xx", "reset", "error-event"}
