"""A host with a clock of its own, and calls that take their time: the real actor in a thread, without Ray."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

import msgspec

from isoline.measure.hosts.actor import About, HostActor
from isoline.measure.hosts.remote import Host, HostLostError
from isoline.measure.hosts.shifted import shifted, shifted_report
from isoline.measure.job import Done, decode_answer, encode_line
from isoline.measure.records import decode_record, encode_record

T = TypeVar("T")


class FarHost:
    """Its clock is `skew` ns ahead of this machine's: in what it tells, and in what it is told."""

    def __init__(self, loop: asyncio.AbstractEventLoop, skew: int) -> None:
        self._loop, self._skew, self._actor = loop, skew, HostActor()
        self.lost = threading.Event()

    def about(self) -> Future[bytes]:
        return self._run(self._about())

    def clock(self) -> Future[int]:
        return self._run(self._clock())

    def start(self, number: int, job: bytes) -> Future[None]:
        return self._run(self._actor.start(number, job))

    def answer(self, number: int) -> Future[tuple[bytes, list[bytes]]]:
        return self._run(self._answer(number))

    def tell(self, number: int, line: bytes) -> Future[None]:
        word, _, start = line.partition(b" ")
        if word == b"go":
            line = b"go %d\n" % (int(start) - self._skew)
        return self._run(self._actor.tell(number, line))

    def died(self, number: int) -> Future[int]:
        return self._run(self._actor.died(number))

    def end(self, number: int) -> Future[None]:
        return self._run(self._actor.end(number))

    async def close(self) -> None:
        """Ends what a lost host left running; the loop's last turns close its pipes."""
        for number in range(10):
            await self._actor.end(number)
        await asyncio.sleep(0.05)

    async def _about(self) -> bytes:
        return msgspec.json.encode(About("n", {"usable_cores": 2}))

    async def _clock(self) -> int:
        await asyncio.sleep(0.002)
        return await self._actor.clock() + self._skew

    async def _answer(self, number: int) -> tuple[bytes, list[bytes]]:
        line, encoded = await self._actor.answer(number)
        if self.lost.is_set():
            raise HostLostError("its plug was pulled")
        answer = decode_answer(line) if line else None
        if isinstance(answer, Done):
            shifted_report(answer.report, self._skew)
            line = encode_line(answer) + b"\n"
        return line, [encode_record(shifted(decode_record(data), self._skew)) for data in encoded]

    def _run(self, work: Coroutine[object, object, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)


@contextmanager
def far_hosts(*skews: int) -> Iterator[list[Host]]:
    """Hosts `far-0`, `far-1` … whose clocks are so many ns ahead."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    far = [FarHost(loop, skew) for skew in skews]
    try:
        yield [Host(f"far-{n}", About("n", {"usable_cores": 2}), calls) for n, calls in enumerate(far)]
    finally:
        for calls in far:
            asyncio.run_coroutine_threadsafe(calls.close(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
