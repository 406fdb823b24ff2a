"""Whether a run may be believed: INVALID, with reasons and advice, when the client was the bottleneck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from isoline.measure.failures import ADVICE, Failure
from isoline.measure.fleet import RunReport
from isoline.measure.loads import Load
from isoline.measure.metrics import Metrics
from isoline.measure.records import RequestRecord
from isoline.measure.said import one_line
from isoline.numerics.binomial import surely_above
from isoline.numerics.order import supports

HOST_LOST = "host_lost"
ROUNDS = 10  # requests a stream from which enough streams are in flight all the time


class Reason(msgspec.Struct, frozen=True):
    """Why a run is INVALID, and what to do about it."""

    code: str
    text: str
    advice: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may fail to be and still be believed. Shares are fractions, times seconds."""

    errors: float = 0.01  # surely more: the 95 % lower bound of the share
    many: float = 0.10  # whatever the number of requests
    streams: float = 0.95  # of the concurrency asked
    cpu: float = 0.97  # of one core, per process
    host_wait: float = 0.10  # of the run spent waiting for a core
    lag: float = 0.005  # p99, or `lag_of_ttft` of the median TTFT where that is more
    lag_of_ttft: float = 0.05
    lateness: float = 0.010  # median; open loop: sent after it was due
    clocks: float = 0.005  # of the window: how well the clocks of several hosts are known
    percentiles: tuple[float, ...] = (0.5,)  # that the run must be long enough for


def judge(
    records: Sequence[RequestRecord],
    report: RunReport,
    load: Load,
    metrics: Metrics | None,
    limits: Limits | None = None,
) -> list[Reason]:
    """Every reason not to believe the run; an empty list means VALID."""
    limits = limits or Limits()
    reasons: list[Reason] = []
    lost = [host for host in report.hosts if host.lost]
    for host in lost:
        text = f"host {host.host} of the load generator was lost: {host.lost}; its share was missing"
        advice = "see why it ended (`ray status`, its system log), then run it again"
        reasons.append(Reason(HOST_LOST, text, advice))
    if report.stopped and not lost:
        reasons.append(Reason("stopped", report.stopped, "run it again; see the errors"))
    reasons += [one for one, bad in _shares(records, limits) if bad]
    reasons += _lost(records, report, load)
    if metrics is None or metrics.requests == 0:
        reasons.append(Reason("nothing", "no request was answered", "see the errors"))
        return reasons
    reasons += _client(report, metrics, limits)
    reasons += _clocks(report, metrics, limits)
    reasons += _offered(load, metrics, limits)
    for p in limits.percentiles:
        if not supports(metrics.requests, p):
            text = f"{metrics.requests} requests are too few for a p{p * 100:g} with a 95 % interval"
            reasons.append(Reason("too_short", text, "raise the number of requests or the duration"))
    return reasons


def remarks(records: Sequence[RequestRecord], limits: Limits | None = None) -> list[Reason]:
    """What went wrong, but too seldom to say that it is no accident."""
    return [one for one, bad in _shares(records, limits or Limits()) if not bad]


def error_counts(records: Sequence[RequestRecord]) -> dict[str, int]:
    """How many requests failed, by kind, most frequent first."""
    return dict(Counter(str(record.error) for record in records if record.error).most_common())


def _shares(records: Sequence[RequestRecord], limits: Limits) -> Iterator[tuple[Reason, bool]]:
    """What went wrong with some requests, and whether with too many of them."""
    counts = error_counts(records)
    failed, n = sum(counts.values()), len(records)
    if failed:
        worst = next(iter(counts))
        kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        detail = next((r.detail for r in records if r.error == worst and r.detail), "")
        text = f"{failed} of {n} requests failed: {kinds}"
        text += f"; the first said: {one_line(detail)}" if detail else ""
        yield Reason("errors", text, ADVICE[Failure(worst)]), _too_many(failed, n, limits)
    if wrong := sum(record.usage_wrong for record in records):
        text = f"the server's token counts contradict its streams in {wrong} of {n} requests"
        advice = "counts are of chunks instead; report it to its developers"
        yield Reason("usage", text, advice), _too_many(wrong, n, limits)


def _too_many(bad: int, n: int, limits: Limits) -> bool:
    return bad > limits.many * n or surely_above(bad, n, limits.errors)


def _lost(records: Sequence[RequestRecord], report: RunReport, load: Load) -> list[Reason]:
    n = len(records)
    if load.requests is not None and n < load.requests:
        text = f"{load.requests - n} of {load.requests} requests were never sent or left no record"
        return [Reason("lost", text, "see why the run stopped")]
    if n < (offered := sum(client.offered for client in report.clients)):
        text = f"{offered - n} of {offered} requests left no record"
        return [Reason("lost", text, "report it: the load generator lost them")]
    return []


def _client(report: RunReport, metrics: Metrics, limits: Limits) -> list[Reason]:
    reasons: list[Reason] = []
    more = "spread the load over more processes or cores, or run the client on another host"
    lag_limit = limits.lag
    if metrics.ttft is not None:
        lag_limit = max(lag_limit, limits.lag_of_ttft * metrics.ttft.median)
    for client in report.clients:
        where = f" on host {client.host}" if client.host else ""
        name = f"process {client.process} of the load generator{where}"
        if client.cpu_share > limits.cpu:
            reasons.append(Reason("client_cpu", f"{name} used {client.cpu_share:.0%} of a core", more))
        if client.lag_p99 > lag_limit:
            text = f"{name} was up to {client.lag_p99 * 1e3:.1f} ms late reading (p99)"
            reasons.append(Reason("client_lag", text, more))
        span = (client.ended - client.started) / 1e9
        if client.waited_seconds is not None and client.waited_seconds > limits.host_wait * span:
            text = f"{name} waited {client.waited_seconds:.1f} s of {span:.1f} s for a core"
            reasons.append(Reason("host_busy", text, "stop what else runs on this host, or pin it elsewhere"))
    return reasons


def _clocks(report: RunReport, metrics: Metrics, limits: Limits) -> list[Reason]:
    """Durations are of one clock each; only the common window needs several."""
    reasons: list[Reason] = []
    for host in report.hosts:
        if host.clock_error is not None and host.clock_error > limits.clocks * metrics.window.seconds:
            text = f"the clock of host {host.host} is known within {host.clock_error * 1e3:.1f} ms only"
            reasons.append(
                Reason("clocks", text, "measure for longer, or see what delays calls to that host")
            )
    return reasons


def _offered(load: Load, metrics: Metrics, limits: Limits) -> list[Reason]:
    if load.concurrency is not None:
        if metrics.streams + metrics.thinking >= limits.streams * load.concurrency:
            return []
        thought = f" and {metrics.thinking:.0f} paused between turns" if metrics.thinking else ""
        text = (
            f"{metrics.streams:.1f} streams were in flight{thought} on average, {load.concurrency} were asked"
        )
        advice = f"raise the number of requests ({ROUNDS} x concurrency at least), or see the client's lag"
        return [Reason("streams", text, advice)]
    late = metrics.lateness
    if late is None or late.median <= limits.lateness:
        return []
    text = f"requests were sent {late.median * 1e3:.1f} ms after they were due (median)"
    return [Reason("late_sends", text, "spread the load over more processes, or lower the rate")]
