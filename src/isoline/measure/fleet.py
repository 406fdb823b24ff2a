"""Runs a load in one or several processes and gathers their records."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter_ns
from typing import NamedTuple, Protocol

import msgspec
import uvloop

from isoline.errors import IsolineError
from isoline.measure.failures import Failure, TargetError
from isoline.measure.job import Done, Job, Progress, Ready, Refused
from isoline.measure.loads import Load
from isoline.measure.local import ThisHost
from isoline.measure.loop import LoadGenerator
from isoline.measure.member import LAST_WORDS, HostReport, Member, Place
from isoline.measure.monitor import ClientReport
from isoline.measure.records import RequestRecord
from isoline.measure.sink import Sink
from isoline.measure.supply import Workload, pack
from isoline.measure.sweep.interrupts import interrupts_wait
from isoline.measure.target import CHAT, Target

THIS_HOST = ThisHost()


class Counts(NamedTuple):
    """Requests of all processes together."""

    finished: int
    failed: int  # of those that finished
    in_flight: int
    oldest: float | None = None  # seconds that the oldest of these has been under way


OnProgress = Callable[[Counts], None]


class Conditions(msgspec.Struct, frozen=True):
    """What was asked of the server besides lengths and load: it changes what the figures mean."""

    endpoint: str
    ignore_eos: bool  # answers have their full length, whatever the model would have said
    chat_template: bool  # the server put the prompt into its chat template
    workload: str  # the workload's id

    @classmethod
    def of(cls, target: Target, workload: Workload) -> Conditions:
        return cls(target.endpoint, target.ignore_eos, target.endpoint == CHAT, workload.id)


class Watch(Protocol):
    """Sees records while the load runs, a moment after they end, and may end it early."""

    def see(self, records: list[RequestRecord]) -> bool:
        """Takes new records, in order of completion per process; True: offer no more."""
        ...


@dataclass(slots=True)
class RunReport:
    """How the load generator fared; the records themselves are in the sink."""

    processes: int
    clients: list[ClientReport] = field(default_factory=list)
    stopped: str | None = None  # why the run ended before its load did
    conditions: Conditions | None = None
    hosts: list[HostReport] = field(default_factory=list)  # where there were several

    @property
    def interrupted(self) -> bool:
        return self.stopped == "interrupted"


def run_load(
    target: Target,
    workload: Workload,
    load: Load,
    sink: Sink,
    processes: int | None = None,
    warmup: bool = False,
    on_progress: OnProgress | None = None,
    watch: Watch | None = None,
    place: Place = THIS_HOST,
) -> RunReport:
    """Offer `load` and write every record to `sink`; raises TargetError if nothing can be offered.

    `processes`: how many, on each host; `None` chooses from the load and the cores, 0 runs in this
    process. Ctrl-C cancels what is in flight, keeps every record and returns with `stopped` set. When
    `watch` has seen enough, what is in flight is awaited (not with 0 processes).
    """
    count = place.count(load, processes)
    if load.concurrency is not None:
        count = min(count, load.concurrency)
    if count == 0:
        generator = LoadGenerator(target, workload, load, sink, warmup=warmup)
        client = uvloop.run(generator.run())
        return RunReport(1, [client], client.stopped, Conditions.of(target, workload))
    told = on_progress is not None or watch is not None
    packed = pack(workload)
    jobs = [Job(target, packed, load, worker, count, warmup, told) for worker in range(count)]
    with place.members(jobs) as members:
        fleet = _Fleet(members, sink, on_progress, watch)
        with interrupts_wait():  # a loop that is half made cannot be closed
            runner = asyncio.Runner()
            runner.get_loop()
        with runner:
            report = runner.run(fleet.run(place.headstart_ns))
        fleet.read()
    report.hosts = place.reports()
    report.conditions = Conditions.of(target, workload)
    return report


class _Fleet:
    """The processes of one run."""

    def __init__(
        self,
        members: Sequence[Member],
        sink: Sink,
        on_progress: OnProgress | None,
        watch: Watch | None,
    ) -> None:
        self._members, self._sink = members, sink
        self._on_progress, self._watch = on_progress, watch
        self._report = RunReport(len(members))
        self._counts = [Counts(0, 0, 0)] * len(members)
        self._going = False

    async def run(self, headstart_ns: int) -> RunReport:
        """Start, synchronise, gather."""
        try:
            await asyncio.gather(*(member.start() for member in self._members))
            ready = await asyncio.gather(*(member.answer() for member in self._members))
            for member, answer in zip(self._members, ready, strict=True):
                if not isinstance(answer, Ready):
                    raise _trouble(answer, member.host)
            start = perf_counter_ns() + headstart_ns
            for member in self._members:
                member.go(start)
            self._going = True
            await self._gather()
        except asyncio.CancelledError:  # Ctrl-C
            self._report.stopped = "interrupted"
            self._tell(b"stop\n")
            if self._going:  # before that there is nothing to report
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._gather(), LAST_WORDS)
        finally:
            for member in self._members:
                await member.end()
        return self._report

    def read(self) -> list[RequestRecord]:
        """Hands the records that are new to the sink."""
        records = [record for member in self._members for record in member.read()]
        for record in records:
            self._sink.write(record)
        return records

    def _look(self) -> None:
        """Lets the watch see what is new; tells the processes once it has seen enough."""
        if self._watch is not None and self._watch.see(self.read()):
            self._watch = None
            self._tell(b"finish\n")

    async def _gather(self) -> None:
        await asyncio.gather(*(self._follow(number) for number in range(len(self._members))))
        self._report.clients.sort(key=lambda client: client.process)

    async def _follow(self, number: int) -> None:
        member = self._members[number]
        while True:
            answer = await member.answer()
            if isinstance(answer, Progress):
                self._count(number, answer)
            elif isinstance(answer, Done):
                answer.report.host = member.host
                self._report.clients.append(answer.report)
                self._report.stopped = self._report.stopped or answer.report.stopped
                return
            elif isinstance(answer, Refused):
                raise _trouble(answer, member.host)
            elif answer is None:
                self._report.stopped = self._report.stopped or await member.died()
                self._tell(b"finish\n")  # what the others measure from here on is another load
                return

    def _count(self, number: int, answer: Progress) -> None:
        self._counts[number] = Counts(answer.finished, answer.failed, answer.in_flight, answer.oldest)
        if self._on_progress:
            self._on_progress(_together(self._counts))
        if number == 0:
            self._look()

    def _tell(self, line: bytes) -> None:
        for member in self._members:
            member.tell(line)


def _together(counts: Sequence[Counts]) -> Counts:
    oldest = max((one.oldest for one in counts if one.oldest is not None), default=None)
    finished, failed = sum(one.finished for one in counts), sum(one.failed for one in counts)
    return Counts(finished, failed, sum(one.in_flight for one in counts), oldest)


def _trouble(answer: object, host: str | None) -> IsolineError:
    where = f"host {host}: " if host else ""
    if isinstance(answer, Refused):
        error = TargetError(Failure(answer.kind), "")
        error.args = (where + answer.message,)
        return error
    told = "; its message is on stderr" if host is None else ""
    return IsolineError(f"{where}a process of the load generator died while it started{told}")
