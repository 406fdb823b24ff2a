"""Looks at every stream now and then: did it time out, or fall silent?"""

from __future__ import annotations

import asyncio
from time import perf_counter_ns

from isoline.measure.failures import Failure
from isoline.measure.pool import Pool
from isoline.measure.transport import Connection

_ROUND = 0.5  # seconds in which every stream is looked at once
_LOOKS = 25  # looks in that time: one look at 8,192 streams would delay every read by 5 ms
_QUIET_NS = 2_000_000_000  # a stream that said it is over, and then this long nothing, is over


class Patience:
    """Ends requests that take longer than `timeout` seconds, and decodes what silent streams hold."""

    def __init__(self, loop: asyncio.AbstractEventLoop, pool: Pool, timeout: float) -> None:
        self._loop, self._pool = loop, pool
        self._seconds, self._nanoseconds = timeout, int(timeout * 1e9)
        self._unseen: list[Connection] = []
        self._share = 1
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Look at a few streams, then again shortly, until `stop`."""
        if not self._unseen:
            self._unseen = list(self._pool.connections)
            self._share = len(self._unseen) // _LOOKS + 1
        now = perf_counter_ns()
        for connection in self._unseen[-self._share :]:
            if connection.active:
                self._look_at(connection, now)
        del self._unseen[-self._share :]
        self._handle = self._loop.call_later(_ROUND / _LOOKS, self.start)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    def _look_at(self, connection: Connection, now: int) -> None:
        """Two seconds of silence are enough once a stream said it is over."""
        if now - (connection.record.sent or now) > self._nanoseconds:
            connection.fail(Failure.TIMEOUT, f"no end of the answer within {self._seconds:g} s")
        elif now - connection.heard > _QUIET_NS:
            if connection.decoder.finished:
                connection.settle()
            else:
                connection.hand_on()
