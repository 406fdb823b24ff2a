"""Decoding outside the timed path: slices wait here until the loop has nothing to read."""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Callable
from time import perf_counter_ns

from isoline.measure.decoding import StreamDecoder
from isoline.measure.records import RequestRecord
from isoline.measure.sse import StreamFault
from isoline.measure.transport import Connection, Ear

SLICE_NS = 50_000  # the most that decoding delays a read, give or take one slice of 64 events
PATIENCE_NS = 5_000_000  # a loop that always has something to read decodes this often
LOOK_AGAIN = 0.001  # seconds
MANY_PIECES = 100_000  # above it, decoding no longer waits for an empty turn
WAITING_PIECES = 200_000  # above it every arrival pays for one older slice: memory stays bounded

_Item = tuple[Connection, StreamDecoder, list[bytes], "array[int]", bool]


class Backlog:
    """First in, first out; finished records go to `on_record`, in order of completion."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        ear: Ear,
        on_record: Callable[[RequestRecord], None],
        spare: Callable[[], bool],
    ) -> None:
        self._loop, self._ear, self._on_record = loop, ear, on_record
        self._spare = spare  # other work that can wait; `False`: none is left
        self._more = True
        self._items: deque[_Item] = deque()
        self._pieces = 0
        self._scheduled = False
        self._heard = 0  # when the last read was, as of the last look
        self._decoded = 0  # when the last slice was decoded
        self.pressed = 0  # slices decoded in the timed path because too many waited

    def add(self, connection: Connection, pieces: list[bytes], stamps: array[int], last: bool) -> None:
        """Queue a slice of the response that `connection` carries."""
        self._items.append((connection, connection.decoder, pieces, stamps, last))
        self._pieces += len(pieces)
        if self._pieces > WAITING_PIECES:
            self.pressed += 1
            self._decode_one()
        self.wake()

    def drain(self) -> None:
        """Decode all that waits."""
        while self._items:
            self._decode_one()

    def wake(self) -> None:
        """Work may be waiting: do it when the loop has nothing to read."""
        if not self._scheduled:
            self._scheduled = True
            self._probe()

    def _probe(self) -> None:
        self._heard = self._ear.heard
        self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """Work if the loop's last turn had nothing to read, or too much waits; else look again later.

        Looking again at once would make every turn read one token: a turn costs half as much as a read.
        """
        now = perf_counter_ns()
        if self._ear.heard == self._heard or self._pieces > MANY_PIECES:
            self._work(now)
        elif now - self._decoded > PATIENCE_NS:
            self._work(now)
            self._loop.call_later(LOOK_AGAIN, self._probe)
            return
        else:
            self._loop.call_later(LOOK_AGAIN, self._probe)
            return
        self._scheduled = bool(self._items) or self._more
        if self._scheduled:
            self._probe()

    def _work(self, now: int) -> None:
        """One slice, or as many as fit in a moment when many wait."""
        end = now + SLICE_NS
        while self._items:
            self._decode_one()
            self._decoded = perf_counter_ns()
            if self._pieces < MANY_PIECES or self._decoded > end:
                return
        self._more = self._spare()

    def _decode_one(self) -> None:
        connection, decoder, pieces, stamps, last = self._items.popleft()
        self._pieces -= len(pieces)
        record = decoder.record
        try:
            if not decoder.broken:
                decoder.feed(pieces, stamps)
            if last:
                decoder.finish()
        except StreamFault as fault:
            decoder.broken = True
            if record.error is None:
                record.error, record.detail = fault.kind, fault.detail
            if connection.decoder is decoder and connection.active:
                connection.fail(fault.kind, fault.detail)
            if last:
                decoder.finish()
        if last:
            self._on_record(record)
