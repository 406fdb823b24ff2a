"""Which part of a run is steady: neither filling up nor running dry."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.numerics.order import quantile

SHORTEST = 3.0  # median E2E latencies that a steady window must span


class Window(msgspec.Struct, frozen=True):
    """A stretch of time, `perf_counter_ns` at both ends, and how busy the server was in it."""

    start: int
    end: int

    @property
    def seconds(self) -> float:
        return (self.end - self.start) / 1e9


def whole_run(records: Sequence[RequestRecord]) -> Window | None:
    """From the first request sent to the last response's end."""
    sent = [record.sent for record in records if record.sent is not None]
    done = [record.done for record in records if record.done is not None and record.sent is not None]
    return Window(min(sent), max(done)) if sent and done and max(done) > min(sent) else None


def steady_window(records: Sequence[RequestRecord], load: Load) -> Window | None:
    """From when every stream has been through one request to when the last request was sent.

    An open loop has no slots: there it starts one median E2E latency after the first request.
    A ramp is never steady. `None` when what remains is shorter than SHORTEST median E2E latencies.
    """
    good = [record for record in records if record.ok and record.sent is not None]
    if not good or load.ramp_to is not None:
        return None
    good.sort(key=lambda record: record.sent or 0)
    spans = sorted(float((record.done or 0) - (record.sent or 0)) for record in good)
    typical = quantile(spans, 0.5)
    if load.concurrency is not None:
        start = max(record.done or 0 for record in good[: load.concurrency])
    else:
        start = (good[0].sent or 0) + int(typical)
    end = good[-1].sent or 0
    return Window(start, end) if end - start >= SHORTEST * typical > 0 else None


def share_inside(record: RequestRecord, window: Window) -> float:
    """Which part of a request's time, from sent to last token, lies in the window: 0 to 1.

    Rates of whole requests (prompts, answers) add up these parts. Counting each at one moment instead, such
    as its first token, reads up to 5 % low where lengths vary: a window that begins when the first wave is
    done and ends with the last request sent begins after a cluster of such moments and ends with one.
    """
    if record.sent is None or record.last_token is None:
        return 0.0
    length = record.last_token - record.sent
    if length <= 0:
        return float(window.start <= record.sent <= window.end)
    return max(0, min(record.last_token, window.end) - max(record.sent, window.start)) / length


def streams_in_flight(records: Sequence[RequestRecord], window: Window) -> float:
    """Mean number of requests under way in the window (Little's law, counted exactly)."""
    busy = 0
    for record in records:
        if record.sent is not None and record.done is not None:
            busy += max(0, min(record.done, window.end) - max(record.sent, window.start))
    return busy / (window.end - window.start)


def sessions_thinking(records: Sequence[RequestRecord], window: Window) -> float:
    """Mean number of streams that paused in the window because their user was to think."""
    paused = 0
    for record in records:
        if record.think_ns:
            start = record.scheduled - record.think_ns
            paused += max(0, min(record.scheduled, window.end) - max(start, window.start))
    return paused / (window.end - window.start)
