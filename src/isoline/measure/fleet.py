"""Runs a load in one or several processes and gathers their records."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter_ns
from typing import Protocol

import msgspec
import uvloop

from isoline.errors import IsolineError
from isoline.measure.failures import Failure, TargetError
from isoline.measure.job import Done, Job, Progress, Ready, Refused, decode_answer, encode_line
from isoline.measure.loads import Load, processes_for
from isoline.measure.loop import LoadGenerator
from isoline.measure.monitor import ClientReport
from isoline.measure.records import RequestRecord
from isoline.measure.sink import Sink, SpoolReader
from isoline.measure.supply import Workload, pack
from isoline.measure.target import CHAT, Target

_HEADSTART_NS = 50_000_000  # from the go to the common start
_LAST_WORDS = 10.0  # seconds that a stopped process may take to write its report

OnProgress = Callable[[int, int], None]  # finished, failed: over all processes


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

    @property
    def interrupted(self) -> bool:
        return self.stopped == "interrupted"


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_load(
    target: Target,
    workload: Workload,
    load: Load,
    sink: Sink,
    processes: int | None = None,
    warmup: bool = False,
    on_progress: OnProgress | None = None,
    watch: Watch | None = None,
) -> RunReport:
    """Offer `load` and write every record to `sink`; raises TargetError if nothing can be offered.

    `processes`: how many; `None` chooses from the load and the cores, 0 runs in this process.
    Ctrl-C cancels what is in flight, keeps every record and returns with `stopped` set. When
    `watch` has seen enough, what is in flight is awaited (not with 0 processes).
    """
    count = processes_for(load, usable_cores()) if processes is None else processes
    if load.concurrency is not None:
        count = min(count, load.concurrency)
    if count == 0:
        generator = LoadGenerator(target, workload, load, sink, warmup=warmup)
        client = uvloop.run(generator.run())
        return RunReport(1, [client], client.stopped, Conditions.of(target, workload))
    with tempfile.TemporaryDirectory(prefix="isoline-") as folder:
        spools = [Path(folder, f"{worker}.records") for worker in range(count)]
        told = on_progress is not None or watch is not None
        packed = pack(workload)
        jobs = [Job(target, packed, load, worker, count, warmup, told) for worker in range(count)]
        fleet = _Fleet(jobs, spools, sink, on_progress, watch)
        report = asyncio.run(fleet.run())
        fleet.read()
        report.conditions = Conditions.of(target, workload)
    return report


class _Fleet:
    """The worker processes of one run."""

    def __init__(
        self,
        jobs: list[Job],
        spools: list[Path],
        sink: Sink,
        on_progress: OnProgress | None,
        watch: Watch | None,
    ) -> None:
        self._jobs, self._spools, self._sink = jobs, spools, sink
        self._on_progress, self._watch = on_progress, watch
        self._readers = [SpoolReader(spool) for spool in spools]
        self._report = RunReport(len(jobs))
        self._counts = [(0, 0)] * len(jobs)
        self._workers: list[asyncio.subprocess.Process] = []

    async def run(self) -> RunReport:
        """Start, synchronise, gather."""
        try:
            for job, spool in zip(self._jobs, self._spools, strict=True):
                self._workers.append(await _start(job, spool))
            ready = await asyncio.gather(*(_answer_of(worker) for worker in self._workers))
            for answer in ready:
                if not isinstance(answer, Ready):
                    raise _trouble(answer)
            self._tell(b"go %d\n" % (perf_counter_ns() + _HEADSTART_NS))
            await self._gather()
        except asyncio.CancelledError:  # Ctrl-C
            self._report.stopped = "interrupted"
            self._tell(b"stop\n")
            try:
                await asyncio.wait_for(self._gather(), _LAST_WORDS)
            except TimeoutError:
                self._report.stopped = "interrupted"
        finally:
            await self._end()
        return self._report

    def read(self) -> list[RequestRecord]:
        """Hands the records that are new in the spool files to the sink."""
        records = [record for reader in self._readers for record in reader.read()]
        for record in records:
            self._sink.write(record)
        return records

    def _look(self) -> None:
        """Lets the watch see what is new; tells the processes once it has seen enough."""
        if self._watch is not None and self._watch.see(self.read()):
            self._watch = None
            self._tell(b"finish\n")

    async def _gather(self) -> None:
        await asyncio.gather(*(self._follow(number) for number in range(len(self._workers))))
        self._report.clients.sort(key=lambda client: client.process)

    async def _follow(self, number: int) -> None:
        worker = self._workers[number]
        while True:
            answer = await _answer_of(worker)
            if isinstance(answer, Progress):
                self._counts[number] = (answer.finished, answer.failed)
                if self._on_progress:
                    self._on_progress(*(sum(column) for column in zip(*self._counts, strict=True)))
                if number == 0:
                    self._look()
            elif isinstance(answer, Done):
                self._report.clients.append(answer.report)
                self._report.stopped = self._report.stopped or answer.report.stopped
                return
            elif isinstance(answer, Refused):
                raise _trouble(answer)
            elif answer is None:
                code = await worker.wait()
                died = f"process {number} of the load generator died (exit code {code})"
                self._report.stopped = self._report.stopped or died
                return

    def _tell(self, line: bytes) -> None:
        for worker in self._workers:
            if worker.stdin is not None and not worker.stdin.is_closing():
                worker.stdin.write(line)

    async def _end(self) -> None:
        for worker in self._workers:
            if worker.stdin is not None:
                worker.stdin.close()
            try:
                await asyncio.wait_for(worker.wait(), _LAST_WORDS)
            except (TimeoutError, asyncio.CancelledError):
                worker.kill()
                await worker.wait()


async def _start(job: Job, spool: Path) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "isoline.measure.worker", str(spool), str(os.getpid()), stdin=pipe, stdout=pipe
    )
    assert worker.stdin is not None
    worker.stdin.write(encode_line(job) + b"\n")
    return worker


async def _answer_of(worker: asyncio.subprocess.Process) -> Ready | Progress | Refused | Done | None:
    assert worker.stdout is not None
    line = await worker.stdout.readline()
    return decode_answer(line) if line.endswith(b"\n") else None


def _trouble(answer: object) -> IsolineError:
    if isinstance(answer, Refused):
        error = TargetError(Failure(answer.kind), "")
        error.args = (answer.message,)
        return error
    return IsolineError("a process of the load generator died while it started; its message is on stderr")
