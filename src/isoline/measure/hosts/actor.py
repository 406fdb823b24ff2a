"""What runs on each host: a Ray actor that starts the same worker processes there and passes lines on."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import mkdtemp
from time import perf_counter_ns

import msgspec

from isoline.measure.environment import fingerprint
from isoline.measure.local import WorkerProcess
from isoline.measure.sink import SpoolReader


class About(msgspec.Struct):
    """A host, as it sees itself."""

    node: str  # Ray's id
    environment: dict[str, object]


class HostActor:
    """Worker processes by number. Lines and records pass through undecoded: their clock is this host's."""

    def __init__(self) -> None:
        self._workers: dict[int, WorkerProcess] = {}
        self._readers: dict[int, SpoolReader] = {}

    async def about(self) -> bytes:
        """An `About` as JSON."""
        import ray

        return msgspec.json.encode(About(ray.get_runtime_context().get_node_id(), fingerprint()))

    async def clock(self) -> int:
        """This host's `perf_counter_ns`: the clock of the records that come from here."""
        return perf_counter_ns()

    async def start(self, number: int, job: bytes) -> None:
        spool = Path(mkdtemp(prefix="isoline-"), f"{number}.records")
        self._workers[number], self._readers[number] = WorkerProcess(spool), SpoolReader(spool)
        await self._workers[number].start(job)

    async def answer(self, number: int) -> tuple[bytes, list[bytes]]:
        """The process's next line, and its records so far that no earlier answer brought."""
        line = await self._workers[number].line()
        return line, list(self._readers[number].read_encoded())

    async def tell(self, number: int, line: bytes) -> None:
        self._workers[number].tell(line)

    async def died(self, number: int) -> int:
        """The exit code of a process that gave no report."""
        return await self._workers[number].code()

    async def end(self, number: int) -> None:
        worker = self._workers.pop(number, None)
        if worker is not None:
            await worker.end()
            shutil.rmtree(worker.spool.parent, ignore_errors=True)
