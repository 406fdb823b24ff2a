"""Decoding outside the timed path: slices wait here until the loop has nothing to read."""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Callable
from time import perf_counter_ns

from isoline.measure.decoding import StreamDecoder
from isoline.measure.records import RequestRecord
from isoline.measure.transport import Connection, Ear

SLICE_NS = 75_000  # the most that decoding delays a read, give or take one slice of 64 events
LOOK_AGAIN = 0.001  # seconds after which a busy loop decodes again
MANY_PIECES = 100_000  # above it, every turn of the loop decodes
BURST = 16  # pieces of a response that came at once: they are still in the processor's cache
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
        self.pressed = 0  # slices decoded in the timed path because too many waited

    def add(self, connection: Connection, pieces: list[bytes], stamps: array[int], last: bool) -> None:
        """Queue a slice of the response that `connection` carries."""
        decoder = connection.decoder
        self._items.append((connection, decoder, pieces, stamps, last))
        self._pieces += len(pieces)
        decoder.waiting += 1
        if last and decoder.waiting == 1 and len(pieces) > BURST and stamps[0] == stamps[-1]:
            self._decode(*self._items.pop())  # a whole answer in one read: later it costs more
        elif self._pieces > WAITING_PIECES:
            self.pressed += 1
            self._decode_one()
        self.wake()

    def drain(self) -> None:
        """Decode all that waits."""
        while self._items:
            self._decode_one()

    def wake(self) -> None:
        """Work may be waiting: do it when the loop has nothing to read."""
        self._more = True
        if not self._scheduled:
            self._scheduled = True
            self._probe()

    def _probe(self) -> None:
        self._heard = self._ear.heard
        self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """An idle loop works item by item, reading in between; a busy one a little now and then.

        Looking again at once would make a busy loop read one token a turn: a turn costs half a read.
        """
        idle = self._ear.heard == self._heard
        self._work(0 if idle else SLICE_NS)
        if not self._items and not self._more:
            self._scheduled = False
        elif idle or self._pieces > MANY_PIECES:
            self._probe()
        else:
            self._loop.call_later(LOOK_AGAIN, self._probe)

    def _work(self, budget: int) -> None:
        """Decode, then do what else can wait, for some `budget` nanoseconds: one item at least."""
        end = perf_counter_ns() + budget
        while True:
            if self._items:
                self._decode_one()
            elif self._more:
                self._more = self._spare()
            else:
                return
            if perf_counter_ns() > end:
                return

    def _decode_one(self) -> None:
        self._decode(*self._items.popleft())

    def _decode(
        self,
        connection: Connection,
        decoder: StreamDecoder,
        pieces: list[bytes],
        stamps: array[int],
        last: bool,
    ) -> None:
        self._pieces -= len(pieces)
        decoder.waiting -= 1
        fault = decoder.take(pieces, stamps, last)
        if fault is not None and connection.decoder is decoder and connection.active:
            connection.fail(fault.kind, fault.detail)
        if last:
            self._on_record(decoder.record)
