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
from isoline.measure.transport import Connection

SLICE_NS = 100_000  # the most that decoding delays a read, give or take one slice of 64 events
EMPTY_TURN_NS = 12_000  # a turn of the loop that was shorter had nothing to read
PATIENCE_NS = 1_000_000  # a loop that always has something to read decodes this often
MANY_PIECES = 16_384  # above it, decoding no longer waits for an empty turn
WAITING_PIECES = 131_072  # above it every arrival pays for one older slice: memory stays bounded

_Item = tuple[Connection, StreamDecoder, list[bytes], "array[int]", bool]


class Backlog:
    """First in, first out; finished records go to `on_record`, in order of completion."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_record: Callable[[RequestRecord], None]) -> None:
        self._loop, self._on_record = loop, on_record
        self._items: deque[_Item] = deque()
        self._pieces = 0
        self._scheduled = False
        self._left = self._decoded = 0  # when the last turn, the last decoding ended
        self.pressed = 0  # slices decoded in the timed path because too many waited

    def add(self, connection: Connection, pieces: list[bytes], stamps: array[int], last: bool) -> None:
        """Queue a slice of the response that `connection` carries."""
        self._items.append((connection, connection.decoder, pieces, stamps, last))
        self._pieces += len(pieces)
        if self._pieces > WAITING_PIECES:
            self.pressed += 1
            self._decode_one()
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._turn)

    def drain(self) -> None:
        """Decode all that waits."""
        while self._items:
            self._decode_one()

    def _turn(self) -> None:
        """Once per turn of the loop: decode if the loop had nothing to read, or too much waits."""
        now = perf_counter_ns()
        idle = now - self._left < EMPTY_TURN_NS
        if idle or now - self._decoded > PATIENCE_NS or self._pieces > MANY_PIECES:
            end = now + SLICE_NS
            while self._items:
                self._decode_one()
                now = self._decoded = perf_counter_ns()
                if idle or now > end:
                    break
        self._scheduled = bool(self._items)
        if self._scheduled:  # after the reads that are ready now
            self._left = now
            self._loop.call_soon(self._turn)

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
