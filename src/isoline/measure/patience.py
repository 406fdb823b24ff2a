"""Looks at every stream now and then: did it time out, or fall silent? Which one is the oldest?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter_ns

from isoline.measure.failures import Failure
from isoline.measure.pool import Pool
from isoline.measure.records import RequestRecord
from isoline.measure.target import Target
from isoline.measure.transport import Connection

_ROUND = 0.5  # seconds in which every stream is looked at once
_LOOKS = 25  # looks in that time: one look at 8,192 streams would delay every read by 5 ms
_QUIET_NS = 2_000_000_000  # a stream that said it is over, and then this long nothing, is over
_DECODED_NS = 3_000_000_000  # until then a silent stream may hold a token that nobody has looked at
_TIMES = 10  # the longest answer so far: nobody waits longer for one when only the rest is awaited
_LEAST = 10.0  # seconds; but so long at least


class Patience:
    """Ends requests that take too long, and decodes what silent streams hold.

    Too long is `target.timeout` in all and, once a token has come, `target.silence` without a byte. When
    nothing else is offered (`awaiting`: a warm-up's round, the end of a load) one request that stalls would
    hold all of them: then ten times the longest answer so far is enough, too.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, pool: Pool, target: Target, awaiting: Callable[[], bool]
    ) -> None:
        self._loop, self._pool, self._target = loop, pool, target
        self._timeout, self._silence = int(target.timeout * 1e9), int(target.silence * 1e9)
        self._awaiting = awaiting
        self._longest = 0  # ns, of answers
        self._unseen: list[Connection] = []
        self._share = 1
        self._oldest: RequestRecord | None = None  # of the last round
        self._older: RequestRecord | None = None  # of this one, so far
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Look at a few streams, then again shortly, until `stop`."""
        if not self._unseen:
            self._unseen = list(self._pool.connections)
            self._share = len(self._unseen) // _LOOKS + 1
            self._oldest, self._older = self._older, None
        now = perf_counter_ns()
        for connection in self._unseen[-self._share :]:
            if connection.active:
                self._look_at(connection, now)
        del self._unseen[-self._share :]
        self._handle = self._loop.call_later(_ROUND / _LOOKS, self.start)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def answered(self, record: RequestRecord) -> None:
        """A request was answered in full."""
        self._longest = max(self._longest, (record.done or 0) - (record.sent or 0))

    @property
    def oldest_seconds(self) -> float | None:
        """How long the oldest request has been under way, as of the last round of looks."""
        known = [one for one in (self._oldest, self._older) if one is not None and one.done is None]
        sent = min((one.sent for one in known if one.sent is not None), default=None)
        return None if sent is None else (perf_counter_ns() - sent) / 1e9

    def _look_at(self, connection: Connection, now: int) -> None:
        """Two seconds of silence are enough once a stream said it is over."""
        record = connection.record
        sent = record.sent or now
        if self._older is None or sent < (self._older.sent or now):
            self._older = record
        quiet = now - connection.heard
        if now - sent > self._timeout:
            connection.fail(Failure.TIMEOUT, f"no end of the answer within {self._target.timeout:g} s")
        elif quiet > _QUIET_NS:
            if connection.decoder.finished:
                connection.settle()
            elif quiet > self._bearable(record):
                after = "in mid-answer" if record.first_token is not None else "before a token"
                connection.fail(Failure.SILENT, f"{quiet / 1e9:.0f} s without a byte {after}")
            else:
                connection.hand_on()

    def _bearable(self, record: RequestRecord) -> int:
        """Nanoseconds without a byte. Before the first token a request may only be waiting for its turn."""
        begun = record.first_token is not None
        limit = self._silence if begun else self._timeout
        if self._longest and self._awaiting():
            least = int(_LEAST * 1e9) if begun else self._silence
            limit = min(limit, max(least, _TIMES * self._longest))
        return max(limit, _DECODED_NS)
