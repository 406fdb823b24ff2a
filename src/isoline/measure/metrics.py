"""Request records and a window -> latencies in seconds, throughput in tokens per second."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from operator import sub

import msgspec

from isoline.measure.records import RequestRecord
from isoline.measure.statistics import Distribution, describe, describe_weighted
from isoline.measure.windows import Window, sessions_thinking, share_inside, streams_in_flight


class Throughput(msgspec.Struct, frozen=True):
    """Tokens per second over the whole deployment."""

    total: float
    output: float
    input: float


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured in one window. Latencies are seconds; `None`: no request allows it.

    `ttft`: sent to first token. `ttft_visible`: to the first token a user can read.
    `tpot`: (E2E - TTFT) / (output tokens - 1), one value a request. `itl`: the time one token
    takes, one value a token. `chunk_gap`: between two events, whatever they hold. `e2e`: sent to
    last token. `scheduled_*`: counted from when the load wanted the request sent.
    """

    window: Window
    requests: int
    streams: float
    request_rate: float  # good requests per second
    throughput: Throughput
    tokens_in: int
    tokens_out: int
    ttft: Distribution | None
    ttft_visible: Distribution | None
    tpot: Distribution | None
    itl: Distribution | None
    chunk_gap: Distribution | None
    e2e: Distribution | None
    scheduled_ttft: Distribution | None
    scheduled_e2e: Distribution | None
    lateness: Distribution | None  # sent - scheduled
    thinking: float = 0.0  # sessions between two turns, on average; `streams` are in flight


def measure_window(records: Sequence[RequestRecord], window: Window) -> Metrics:
    """Latencies of the good requests sent in the window; throughput of the output tokens that came in it, and
    of prompts and requests by the part of each that lies in it.
    """
    good = [record for record in records if record.ok]
    inside = [r for r in good if r.sent is not None and window.start <= r.sent <= window.end]
    parts = [share_inside(record, window) for record in good]
    output = sum(tokens_between(record, window) for record in good)
    inputs = sum((record.tokens_in or 0) * part for record, part in zip(good, parts, strict=True))
    seconds = window.seconds
    gaps, per_token = _gaps(inside)
    chunk_gap = describe(gaps)
    return Metrics(
        window=window,
        requests=len(inside),
        streams=streams_in_flight(records, window),
        request_rate=sum(parts) / seconds,
        throughput=Throughput((output + inputs) / seconds, output / seconds, inputs / seconds),
        tokens_in=sum(record.tokens_in or 0 for record in inside),
        tokens_out=sum(record.tokens_out or 0 for record in inside),
        ttft=describe([_span(r.sent, r.first_token) for r in inside]),
        ttft_visible=describe([_span(r.sent, r.first_visible) for r in inside if r.first_visible]),
        tpot=describe([tpot for r in inside if (tpot := _tpot(r)) is not None]),
        itl=chunk_gap if per_token is None else describe_weighted(per_token),
        chunk_gap=chunk_gap,
        e2e=describe([_span(r.sent, r.last_token) for r in inside]),
        scheduled_ttft=describe([_span(r.scheduled, r.first_token) for r in inside]),
        scheduled_e2e=describe([_span(r.scheduled, r.last_token) for r in inside]),
        lateness=describe([_span(r.scheduled, r.sent) for r in inside]),
        thinking=sessions_thinking(records, window),
    )


def _span(start: int | None, end: int | None) -> int:
    return (end or 0) - (start or 0)


def _tpot(record: RequestRecord) -> int | None:
    tokens = record.tokens_out or 0
    return None if tokens < 2 else round(_span(record.first_token, record.last_token) / (tokens - 1))


def _gaps(records: Sequence[RequestRecord]) -> tuple[array[int], list[tuple[float, float]] | None]:
    """Gaps between chunks in ns, and (ns, tokens) pairs unless every chunk held one token."""
    gaps = array("q")
    plain = all(record.chunks == record.tokens_out for record in records)
    weighted: list[tuple[float, float]] = []
    for record in records:
        times = record.times()
        own = array("q", map(sub, times[1:], times))
        gaps.extend(own)
        if not plain and own:  # tokens after the first chunk, spread evenly over the later ones
            each = max(1.0, ((record.tokens_out or 0) - 1) / len(own))
            weighted += [(gap / each, each) for gap in own]
    return gaps, None if plain else weighted


def tokens_between(record: RequestRecord, window: Window) -> float:
    """Output tokens of a request that arrived in the window."""
    if not record.chunks:
        return 0.0
    tokens = float(record.tokens_out or 0)
    if window.start <= (record.first_token or 0) and (record.last_token or 0) <= window.end:
        return tokens
    inside = sum(1 for time in record.times() if window.start <= time <= window.end)
    return tokens * inside / record.chunks
