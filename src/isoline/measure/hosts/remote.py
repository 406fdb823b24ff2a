"""A host of the cluster, and one process on it as the fleet sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

import msgspec

from isoline.measure.hosts.actor import About
from isoline.measure.hosts.clock import Offset, measure_offset
from isoline.measure.hosts.shifted import shifted, shifted_report
from isoline.measure.job import Answer, Done, Job, encode_line
from isoline.measure.member import LAST_WORDS, answer_in
from isoline.measure.records import RequestRecord, decode_record

T = TypeVar("T")
NO_OFFSET = Offset(0, 0)


class HostLostError(Exception):
    """A host answers no more; the message is Ray's reason."""


class Calls(Protocol):
    """The methods of a `HostActor`, called from here. A future raises HostLostError if the host is lost."""

    def about(self) -> Future[bytes]: ...
    def clock(self) -> Future[int]: ...
    def start(self, number: int, job: bytes) -> Future[None]: ...
    def answer(self, number: int) -> Future[tuple[bytes, list[bytes]]]: ...
    def tell(self, number: int, line: bytes) -> Future[None]: ...
    def died(self, number: int) -> Future[int]: ...
    def end(self, number: int) -> Future[None]: ...


@dataclass(slots=True)
class Host:
    """One host: its name, what it is, and its clock as it was measured last."""

    name: str
    about: About
    calls: Calls
    offset: Offset = NO_OFFSET
    lost: str | None = None

    def look_at_clock(self, patience: float) -> Offset:
        """Measures the offset; raises HostLostError, or TimeoutError after `patience` seconds."""
        return measure_offset(lambda: self.calls.clock().result(patience))


class RemoteMember:
    """A process on another host. Its records come with its answers, twice a second."""

    def __init__(self, host: Host, job: Job) -> None:
        self.host: str | None = host.name
        self._at = host
        self._number, self._job = job.worker, msgspec.structs.replace(job, progress=True)
        self._pending: asyncio.Future[tuple[bytes, list[bytes]]] | None = None
        self._told: list[Future[None]] = []
        self._records: list[RequestRecord] = []

    async def start(self) -> None:
        await self._asked(lambda: self._at.calls.start(self._number, encode_line(self._job)))

    async def answer(self) -> Answer | None:
        """Cancelled and called again, it goes on waiting for the same answer."""
        if self._at.lost is not None:
            return None
        try:
            if self._pending is None:
                self._pending = asyncio.wrap_future(self._at.calls.answer(self._number))
            line, encoded = await asyncio.shield(self._pending)
        except HostLostError as problem:
            self._lose(problem)
            return None
        self._pending = None
        back = -self._at.offset.ns
        self._records += [shifted(decode_record(data), back) for data in encoded]
        answer = answer_in(line)
        if isinstance(answer, Done):
            shifted_report(answer.report, back)
        return answer

    def go(self, start: int) -> None:
        self.tell(b"go %d\n" % (start + self._at.offset.ns))

    def tell(self, line: bytes) -> None:
        if self._at.lost is None:
            self._told.append(self._at.calls.tell(self._number, line))

    def read(self) -> list[RequestRecord]:
        new, self._records = self._records, []
        return new

    async def died(self) -> str:
        code = await self._asked(lambda: self._at.calls.died(self._number))
        if self._at.lost is not None:
            return f"host {self.host} of the load generator was lost: {self._at.lost}"
        return f"process {self._number} of the load generator on host {self.host} died (exit code {code})"

    async def end(self) -> None:
        if self._pending is not None:
            self._pending.cancel()
        if self._at.lost is not None:
            self._at.calls.end(self._number)  # should it be alive behind a broken connection
        await self._asked(lambda: self._at.calls.end(self._number))

    async def _asked(self, call: Callable[[], Future[T]]) -> T | None:
        """The call's result; nothing if the host is lost, or silent for too long."""
        if self._at.lost is not None:
            return None
        try:
            return await asyncio.wait_for(asyncio.wrap_future(call()), 3 * LAST_WORDS)
        except (HostLostError, TimeoutError) as problem:
            self._lose(problem)
            return None

    def _lose(self, problem: Exception) -> None:
        self._at.lost = self._at.lost or str(problem) or "it did not answer in time"
