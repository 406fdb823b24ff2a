"""One measured point as figures: what is printed as JSON, stored with the run and read back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from isoline.measure.metrics import Metrics, Throughput
from isoline.measure.records import RequestRecord
from isoline.measure.statistics import Distribution
from isoline.measure.summary import Summary
from isoline.measure.sweep.enough import tpot_interval, tpot_ns
from isoline.measure.sweep.goodput import Goodput, Objectives, goodput
from isoline.measure.sweep.hosts import HostFigures, host_figures
from isoline.measure.sweep.plan import Slot
from isoline.measure.telemetry import TelemetrySummary
from isoline.measure.validity import HOST_LOST, Reason
from isoline.measure.warmup import WarmUp


class ClientFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the load generator did, all processes together. Seconds."""

    processes: int
    cpu_seconds: float
    lag_p99: float  # of the worst process
    lag_max: float
    warmup_tokens: int
    tokens: int  # output tokens of the whole run
    hosts: list[HostFigures] = []  # where there were several


class WithinRun(msgspec.Struct, frozen=True, kw_only=True):
    """An interval from one run alone: it understates what a repeat would show."""

    low: float
    high: float
    batches: int
    kind: str = "within run: 95 %, batch means"


class PointReport(msgspec.Struct, frozen=True, kw_only=True):
    """One point. Latencies are seconds, throughputs tok/s of the whole deployment, in the steady
    window where there is one (`window` says which); `whole` has the whole run.
    """

    slot: str
    load: str = ""  # in words
    concurrency: int | None
    rate: float | None  # requests a second; of a ramp its first, absent of a trace
    repeat: int
    position: int  # in the order of measuring, from 0
    started: str  # ISO 8601, UTC
    seconds: float
    requests: int
    measured: int  # good requests sent in the window
    errors: dict[str, int]
    valid: bool
    reasons: list[Reason]
    notes: list[Reason] = []  # what went wrong without making it INVALID
    run: str | None = None  # run folder that holds it
    window: str | None = None  # steady, whole, or nothing was measured
    window_seconds: float | None = None
    interactivity: float | None = None  # tok/s/user at the median TPOT
    ttft: Distribution | None = None
    ttft_visible: Distribution | None = None
    tpot: Distribution | None = None
    tpot_interval: WithinRun | None = None
    itl: Distribution | None = None
    chunk_gap: Distribution | None = None
    e2e: Distribution | None = None
    scheduled_ttft: Distribution | None = None
    scheduled_e2e: Distribution | None = None
    lateness: Distribution | None = None
    throughput: Throughput | None = None
    request_rate: float | None = None
    streams: float | None = None
    goodput: Goodput | None = None
    client: ClientFigures
    warmup: WarmUp
    telemetry: list[TelemetrySummary] = []
    tokens_out_source: dict[str, int] = {}
    tokens_in_source: dict[str, int] = {}
    finish_reasons: dict[str, int] = {}
    retries: int = 0
    whole: Metrics | None = None

    @property
    def lost_a_host(self) -> bool:
        """One of the hosts that offered the load went away: the point is to be measured again."""
        return any(reason.code == HOST_LOST for reason in self.reasons)

    @property
    def answered(self) -> bool:
        """Something was measured, be it to be believed or not."""
        return self.measured > 0


def point_report(
    slot: Slot,
    position: int,
    started: str,
    summary: Summary,
    records: Sequence[RequestRecord],
    warmup: WarmUp,
    objectives: Objectives,
    telemetry: Sequence[TelemetrySummary] = (),
) -> PointReport:
    """The report of one run, from its summary and its records."""
    main, whole = summary.main, summary.whole
    about = PointReport(
        slot=slot.name,
        load=slot.load.words,
        concurrency=slot.load.concurrency,
        rate=slot.load.rate,
        repeat=slot.repeat,
        position=position,
        started=started,
        seconds=whole.window.seconds if whole else 0.0,
        requests=summary.requests,
        measured=main.requests if main else 0,
        errors=summary.errors,
        valid=summary.valid,
        reasons=summary.reasons,
        notes=summary.notes,
        client=_client(summary, warmup, records),
        warmup=warmup,
        telemetry=list(telemetry),
        tokens_out_source=summary.tokens_out_source,
        tokens_in_source=summary.tokens_in_source,
        finish_reasons=summary.finish_reasons,
        retries=summary.retries,
        whole=whole,
    )
    return about if main is None else _with_figures(about, summary, main, records, objectives)


_SAME = (
    "ttft", "ttft_visible", "tpot", "itl", "chunk_gap", "e2e", "scheduled_ttft", "scheduled_e2e", "lateness",
    "throughput", "request_rate", "streams",
)  # fmt: skip


def _with_figures(
    about: PointReport,
    summary: Summary,
    main: Metrics,
    records: Sequence[RequestRecord],
    objectives: Objectives,
) -> PointReport:
    tpot = main.tpot
    return msgspec.structs.replace(
        about,
        window="steady" if summary.steady else "whole",
        window_seconds=main.window.seconds,
        interactivity=1.0 / tpot.median if tpot and tpot.median > 0 else None,
        tpot_interval=_within(main, records, about.concurrency or round(main.streams)),
        goodput=goodput(records, main.window, objectives),
        **{name: getattr(main, name) for name in _SAME},
    )


def _client(summary: Summary, warmup: WarmUp, records: Sequence[RequestRecord]) -> ClientFigures:
    clients = summary.clients
    return ClientFigures(
        processes=len(clients),
        cpu_seconds=sum(client.cpu_seconds for client in clients),
        lag_p99=max((client.lag_p99 for client in clients), default=0.0),
        lag_max=max((client.lag_max for client in clients), default=0.0),
        warmup_tokens=warmup.tokens,
        tokens=summary.whole.tokens_out if summary.whole else 0,
        hosts=host_figures(summary, records),
    )


def _within(main: Metrics, records: Sequence[RequestRecord], streams: int) -> WithinRun | None:
    window = main.window
    inside = [
        (record.done or 0, tpot / 1e9)
        for record in records
        if record.ok and record.sent is not None and window.start <= record.sent <= window.end
        if (tpot := tpot_ns(record)) is not None
    ]
    found = tpot_interval(inside, streams)
    return None if found is None else WithinRun(low=found.low, high=found.high, batches=found.batches)
