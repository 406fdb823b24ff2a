"""What each of several hosts had of a point: a slow path from one is not the server's."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from isoline.measure.member import HostReport
from isoline.measure.monitor import ClientReport
from isoline.measure.records import RequestRecord
from isoline.measure.summary import Summary
from isoline.measure.sweep.enough import tpot_ns
from isoline.numerics.order import quantile


class HostFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One host's share. Seconds; `None`: not known of a host that was lost, or nothing was answered."""

    host: str
    processes: int
    requests: int
    errors: int
    ttft_median: float | None
    tpot_median: float | None
    cpu_seconds: float | None
    lag_p99: float | None  # of its worst process
    clock_error: float | None  # how well its clock is known beside the others'
    lost: str | None


def host_figures(summary: Summary, records: Sequence[RequestRecord]) -> list[HostFigures]:
    """Of the whole run, host by host; empty where there is one only."""
    return [_figures(host, summary.clients, records) for host in summary.hosts]


def _figures(
    host: HostReport, clients: Sequence[ClientReport], records: Sequence[RequestRecord]
) -> HostFigures:
    workers = frozenset(host.workers)
    own = [client for client in clients if client.process in workers]
    sent = [record for record in records if record.process in workers and not record.warmup]
    return HostFigures(
        host=host.host,
        processes=len(workers),
        requests=len(sent),
        errors=sum(1 for record in sent if record.error),
        ttft_median=_median([float((r.first_token or 0) - (r.sent or 0)) for r in sent if r.ok]),
        tpot_median=_median([tpot for r in sent if r.ok and (tpot := tpot_ns(r)) is not None]),
        cpu_seconds=sum(client.cpu_seconds for client in own) if own else None,
        lag_p99=max((client.lag_p99 for client in own), default=None),
        clock_error=host.clock_error,
        lost=host.lost,
    )


def _median(ns: Sequence[float]) -> float | None:
    return quantile(sorted(ns), 0.5) / 1e9 if ns else None
