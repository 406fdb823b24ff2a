"""When a point has been measured for long enough."""

from __future__ import annotations

import math

from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord
from isoline.numerics.batches import BatchInterval, batch_median
from isoline.numerics.order import quantile

ROUNDS = 10  # requests a stream, at least
WINDOWS, LATENCIES = 3, 3  # steady windows, each so many E2E latencies long
PRECISION = 0.02  # half the interval of the median TPOT, as a fraction of it
CAP = 4.0  # a point that does not settle takes at most so many times the least it needs
FEWEST = 10


class Enough:
    """Sees records as they come: at least ROUNDS requests a stream and WINDOWS steady windows, then
    until the batch-means interval of the median TPOT is within PRECISION, or CAP is reached.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._spans: list[float] = []  # ns from sent to done, of good requests
        self._tpots: list[tuple[int, float]] = []  # (done, ns a token)
        self._seen = 0
        self._first: int | None = None
        self._last = 0
        self._least: int | None = None  # requests when the minimum was reached
        self.interval: BatchInterval | None = None

    def see(self, records: list[RequestRecord]) -> bool:
        """Takes new records; whether that is enough."""
        for record in records:
            self._take(record)
        if not records or not self._minimum():
            return False
        self._least = self._least or self._seen
        self.interval = tpot_interval(self._tpots, self.streams)
        settled = self.interval is not None and self.interval.relative <= PRECISION
        return settled or self._seen >= CAP * self._least

    @property
    def streams(self) -> int:
        """Streams asked (closed loop), or in flight by Little's law (open loop)."""
        if self._load.concurrency is not None:
            return self._load.concurrency
        return max(1, math.ceil(self._load.peak_rate * self._typical() / 1e9))

    def _take(self, record: RequestRecord) -> None:
        self._seen += 1
        if record.sent is not None:
            self._first = min(self._first or record.sent, record.sent)
            self._last = max(self._last, record.sent)
        if not record.ok or record.done is None or record.sent is None:
            return
        self._spans.append(float(record.done - record.sent))
        tpot = tpot_ns(record)
        if tpot is not None:
            self._tpots.append((record.done, tpot))

    def _typical(self) -> float:
        return quantile(sorted(self._spans), 0.5) if self._spans else 0.0

    def _minimum(self) -> bool:
        """Enough requests, and a steady window of WINDOWS x LATENCIES E2E latencies after the first."""
        if self._seen < max(FEWEST, ROUNDS * self.streams):
            return False
        steady = self._last - (self._first or 0) - self._typical()
        return steady >= WINDOWS * LATENCIES * self._typical()


def tpot_ns(record: RequestRecord) -> float | None:
    """Time per output token after the first; `None` for fewer than 2 tokens."""
    tokens = record.tokens_out or 0
    if tokens < 2 or record.first_token is None or record.last_token is None:
        return None
    return (record.last_token - record.first_token) / (tokens - 1)


def tpot_interval(tpots: list[tuple[int, float]], streams: int) -> BatchInterval | None:
    """The within-run interval of the median TPOT, from (done, TPOT) pairs in any order."""
    return batch_median([value for _, value in sorted(tpots)], streams)
