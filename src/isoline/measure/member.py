"""One process of the load generator, wherever it runs, as the fleet sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec

from isoline.measure.job import Answer, Job, decode_answer
from isoline.measure.loads import Load
from isoline.measure.records import RequestRecord

LAST_WORDS = 10.0  # seconds that a stopped process may take to write its report


class HostReport(msgspec.Struct, kw_only=True):
    """One of several hosts that offered a load together."""

    host: str
    workers: list[int]  # numbers of its processes: `process` in their records
    clock_error: float | None = None  # seconds: how well its clock is known beside the others'
    lost: str | None = None  # why nothing came from it any more


class Member(Protocol):
    """A process: it is started with a job, told lines (`job.py`) and answers until its report."""

    @property
    def host(self) -> str | None:
        """The name of its host, where there are several."""

    async def start(self) -> None: ...

    async def answer(self) -> Answer | None:
        """The next answer; `None`: it has ended without a report."""

    def go(self, start: int) -> None:
        """The common start, in `perf_counter_ns` of this process."""

    def tell(self, line: bytes) -> None: ...

    def read(self) -> list[RequestRecord]:
        """Its new records, on this process's clock."""

    async def died(self) -> str:
        """In words, how it ended without a report."""

    async def end(self) -> None: ...


class Place(Protocol):
    """Where the processes run: on this host, or on several."""

    headstart_ns: int  # from the go to the common start
    address: str | None  # where the other hosts reach this one; None: there are no others

    def count(self, load: Load, processes: int | None) -> int:
        """How many processes offer the load; `processes` is what the user asks for, a host."""

    def members(self, jobs: Sequence[Job]) -> AbstractContextManager[Sequence[Member]]:
        """A process for each job, not yet started."""

    def reports(self) -> list[HostReport]:
        """The hosts of the last run; empty where this is the only one."""

    def environments(self) -> list[Mapping[str, object]]:
        """What each of several hosts is (`environment.fingerprint`)."""


def answer_in(line: bytes) -> Answer | None:
    """The answer of a whole line; `None` for what a process that died left of one."""
    return decode_answer(line) if line.endswith(b"\n") else None
