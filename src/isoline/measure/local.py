"""The processes of the load generator on this host."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from isoline.measure.job import Answer, Job, encode_line
from isoline.measure.loads import Load, processes_for
from isoline.measure.member import LAST_WORDS, HostReport, Member, answer_in
from isoline.measure.records import RequestRecord
from isoline.measure.sink import SpoolReader

_HEADSTART_NS = 50_000_000


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ThisHost:
    """Processes beside this one."""

    headstart_ns = _HEADSTART_NS
    address: str | None = None

    def count(self, load: Load, processes: int | None) -> int:
        return processes_for(load, usable_cores()) if processes is None else processes

    @contextmanager
    def members(self, jobs: Sequence[Job]) -> Iterator[Sequence[Member]]:
        with TemporaryDirectory(prefix="isoline-") as folder:
            yield [LocalMember(Path(folder, f"{job.worker}.records"), job) for job in jobs]

    def reports(self) -> list[HostReport]:
        return []

    def environments(self) -> list[Mapping[str, object]]:
        return []


class WorkerProcess:
    """`isoline.measure.worker` as a child of this process; its records go to a spool file."""

    def __init__(self, spool: Path) -> None:
        self.spool = spool
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, job: bytes) -> None:
        """The job comes by standard input: it may hold secrets."""
        pipe = asyncio.subprocess.PIPE
        words = (sys.executable, "-m", "isoline.measure.worker", str(self.spool), str(os.getpid()))
        self._process = await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe)
        self.tell(job + b"\n")

    async def line(self) -> bytes:
        """Its next answer; empty once it has ended."""
        assert self._process is not None
        assert self._process.stdout is not None
        return await self._process.stdout.readline()

    def tell(self, line: bytes) -> None:
        stdin = self._process.stdin if self._process else None
        if stdin is not None and not stdin.is_closing():
            stdin.write(line)

    async def code(self) -> int:
        assert self._process is not None
        return await self._process.wait()

    async def end(self) -> None:
        """Waits for its end a while, then makes it."""
        worker = self._process
        if worker is None:
            return
        if worker.stdin is not None:
            worker.stdin.close()
        try:
            await asyncio.wait_for(worker.wait(), LAST_WORDS)
        except (TimeoutError, asyncio.CancelledError):
            worker.kill()
            await worker.wait()


class LocalMember:
    """A process of this host: it shares this one's clock."""

    host: str | None = None

    def __init__(self, spool: Path, job: Job) -> None:
        self._worker, self._job = WorkerProcess(spool), job
        self._reader = SpoolReader(spool)

    async def start(self) -> None:
        await self._worker.start(encode_line(self._job))

    async def answer(self) -> Answer | None:
        return answer_in(await self._worker.line())

    def go(self, start: int) -> None:
        self.tell(b"go %d\n" % start)

    def tell(self, line: bytes) -> None:
        self._worker.tell(line)

    def read(self) -> list[RequestRecord]:
        return list(self._reader.read())

    async def died(self) -> str:
        code = await self._worker.code()
        return f"process {self._job.worker} of the load generator died (exit code {code})"

    async def end(self) -> None:
        await self._worker.end()
