"""Bias and ceiling of the load generator here and now."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from isoline.errors import IsolineError
from isoline.measure.environment import fingerprint
from isoline.measure.fleet import RunReport, run_load
from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.measure.selftest.server import Served
from isoline.measure.sink import ListSink
from isoline.measure.statistics import Distribution, describe
from isoline.measure.summary import Summary, summarise
from isoline.measure.target import Target
from isoline.measure.validity import Reason
from isoline.measure.workloads import Synthetic

TTFT, ITL = 0.050, 0.010  # seconds; what the server is told to do
ROUNDS = 6  # requests a stream
_TOKENS = 64  # of an answer, for the bias
_BURST = 512  # of an answer, for the ceiling
_CEILING_STREAMS, _CEILING_SECONDS = 32, 3.0


class Bias(msgspec.Struct, frozen=True, kw_only=True):
    """What the client reported less what the server served, in seconds."""

    streams: int
    requests: int
    ttft_mean: float
    ttft_p99: float | None
    itl_mean: float
    served_ttft_mean: float
    served_itl_mean: float
    tokens_per_second: float
    cpu_per_token: float  # seconds of the client
    valid: bool
    reasons: list[Reason]


class Ceiling(msgspec.Struct, frozen=True, kw_only=True):
    """Tokens a second from a server that does not wait, and what a client core could do alone."""

    tokens_per_second: float
    tokens_per_core_second: float
    processes: int


class SelfTest(msgspec.Struct, frozen=True, kw_only=True):
    """The client on this host."""

    bias: list[Bias]
    ceiling: Ceiling
    environment: dict[str, object]


def self_test(streams: tuple[int, ...], processes: int | None = None) -> SelfTest:
    """Measure the client at each number of streams, then without any delay."""
    return SelfTest(
        bias=[bias(count, processes) for count in streams],
        ceiling=ceiling(processes),
        environment=fingerprint(),
    )


def bias(streams: int, processes: int | None = None) -> Bias:
    """Closed loop of `streams` against a server with TTFT and ITL."""
    load = Load(concurrency=streams, requests=ROUNDS * streams, stagger=TTFT + ITL * _TOKENS)
    with null_server(TTFT, ITL) as url:
        records, report = _run(url, load, _TOKENS, processes)
        told = msgspec.json.decode(_get(url), type=Served)
    summary = summarise(records, report, load)
    main = summary.whole
    if main is None or main.ttft is None or main.itl is None:
        raise IsolineError(f"the self-test got no answer: {summary.errors}")
    served, decoding = _required(describe(told.ttft)), sum(told.e2e) - sum(told.ttft)
    served_itl = decoding / len(told.e2e) / (_TOKENS - 1) / 1e9
    client_itl = _mean_tpot(records)
    both = main.ttft.p99 is not None and served.p99 is not None
    return Bias(
        streams=streams,
        requests=main.requests,
        ttft_mean=main.ttft.mean - served.mean,
        ttft_p99=(main.ttft.p99 or 0.0) - (served.p99 or 0.0) if both else None,
        itl_mean=client_itl - served_itl,
        served_ttft_mean=served.mean,
        served_itl_mean=served_itl,
        tokens_per_second=main.throughput.output,
        cpu_per_token=_cpu(report) / main.tokens_out,
        valid=summary.valid,
        reasons=summary.reasons,
    )


def ceiling(processes: int | None = None) -> Ceiling:
    """As fast as the client can read: whole answers at once."""
    load = Load(concurrency=_CEILING_STREAMS, duration=_CEILING_SECONDS)
    with null_server(0.0, 0.0) as url:
        records, report = _run(url, load, _BURST, processes)
    summary: Summary = summarise(records, report, load)
    if summary.whole is None:
        raise IsolineError(f"the self-test got no answer: {summary.errors}")
    tokens = summary.whole.tokens_out
    return Ceiling(
        tokens_per_second=tokens / summary.whole.window.seconds,
        tokens_per_core_second=tokens / _cpu(report),
        processes=report.processes,
    )


@contextmanager
def null_server(ttft: float, itl: float) -> Iterator[str]:
    """A null server in a process of its own; yields its URL."""
    command = [sys.executable, "-m", "isoline.measure.selftest.server", str(ttft), str(itl)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = process.stdout.readline().strip().decode()
        if not port:
            raise IsolineError("the null server of the self-test did not start; its message is on stderr")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stdin.close()


def _run(url: str, load: Load, tokens: int, processes: int | None) -> tuple[list[RequestRecord], RunReport]:
    """The load after a short one that warms client and server."""
    target, sink = Target(url, "null"), ListSink()
    first = Load(concurrency=load.concurrency, requests=2 * (load.concurrency or 1))
    run_load(target, Synthetic(16, 4, salt=1), first, ListSink(), processes)
    _get(url)
    report = run_load(target, Synthetic(16, tokens), load, sink, processes)
    return sink.records, report


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url + "/served", timeout=10) as answer:
        return bytes(answer.read())


def _cpu(report: RunReport) -> float:
    return sum(client.cpu_seconds for client in report.clients)


def _mean_tpot(records: list[RequestRecord]) -> float:
    spans = [(record.last_token or 0) - (record.first_token or 0) for record in records if record.ok]
    return sum(spans) / len(spans) / (_TOKENS - 1) / 1e9


def _required(found: Distribution | None) -> Distribution:
    if found is None:
        raise IsolineError("the null server of the self-test served nothing")
    return found
