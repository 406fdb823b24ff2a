"""One load-generating process: `python -m isoline.measure.worker SPOOL PARENT`.

Standard input: a job as one JSON line, then `go <ns>`, then nothing, `finish` (offer no
more) or `stop`. Standard output: answers as JSON lines. The end of standard input means that the
parent is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import sys
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import uvloop

from isoline.measure.failures import TargetError
from isoline.measure.job import Answer, Done, Job, Progress, Ready, Refused, decode_job, encode_line
from isoline.measure.loop import LoadGenerator
from isoline.measure.sink import SpoolSink
from isoline.measure.supply import unpack

_PROGRESS = 0.5  # seconds


def _answer(answer: Answer) -> None:
    with suppress(BrokenPipeError):  # a parent that was killed; the end of standard input says so, too
        sys.stdout.buffer.write(encode_line(answer) + b"\n")
        sys.stdout.buffer.flush()


async def _lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 24)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader


class GaveUpError(Exception):
    """The parent no longer wants the load, or is gone."""


async def work(spool: Path) -> None:
    """Do the job that standard input brings."""
    reader = await _lines()
    line = await reader.readline()
    if not line.endswith(b"\n"):  # who started this process went away before it said what to do
        return
    job = decode_job(line)
    with closing(SpoolSink(spool.open("wb", buffering=1 << 16))) as sink:
        generator = LoadGenerator(
            job.target, unpack(job.workload), job.load, sink, job.worker, job.workers, job.warmup
        )

        async def barrier() -> int:
            _answer(Ready())
            word, _, start = (await reader.readline()).partition(b" ")
            if word != b"go":
                raise GaveUpError
            prefer()
            return int(start)

        side: list[asyncio.Future[None]] = []
        running = asyncio.ensure_future(generator.run(barrier))
        try:
            while not generator.started and not running.done():
                await asyncio.sleep(0.01)
            side.append(asyncio.ensure_future(_obey(reader, generator)))
            if job.progress:
                side.append(asyncio.ensure_future(_progress(generator, job, sink)))
            report = await running
            sink.flush()
            report.stopped = report.stopped or _trouble(sink)
        except GaveUpError:
            return
        except TargetError as problem:
            _answer(Refused(problem.kind, str(problem)))
            return
        finally:
            for task in side:
                task.cancel()
    _answer(Done(report))


async def _obey(reader: asyncio.StreamReader, generator: LoadGenerator) -> None:
    while (line := await reader.readline()) == b"finish\n":
        generator.finish()
    generator.stop("interrupted" if line else "the controlling process is gone")


async def _progress(generator: LoadGenerator, job: Job, sink: SpoolSink) -> None:
    while True:
        await asyncio.sleep(_PROGRESS)
        sink.flush()
        if trouble := _trouble(sink):
            generator.stop(trouble)
        under_way = generator.offered - generator.finished
        oldest = generator.oldest_seconds
        _answer(Progress(job.worker, generator.finished, generator.failed, under_way, oldest))


def prefer() -> None:
    """On a host with other work a byte is stamped when it comes, not after that work's time slice.

    Linux lets root and CAP_SYS_NICE do so; the report says whether it did. Only from the start of the
    load on: the kernel rations real time by the second, and connecting is no hurry.
    """
    with contextlib.suppress(OSError, AttributeError):
        if os.sched_getscheduler(0) == os.SCHED_OTHER:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def _trouble(sink: SpoolSink) -> str | None:
    if sink.problem is None:
        return None
    folder = tempfile.gettempdir()
    return f"records cannot be written in {folder}: {sink.problem.strerror}; free space there or set TMPDIR"


def main() -> None:
    """Ctrl-C reaches the whole process group: the parent decides what it means."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # a file a stream: 1,024 are too few
    spool, parent = Path(sys.argv[1]), int(sys.argv[2])
    try:
        uvloop.run(work(spool))
    except Exception:
        if os.getppid() == parent:
            raise  # else nobody is left to tell: the job itself may have come cut off
    finally:
        if os.getppid() != parent:
            _tidy(spool)
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads what is left in it


def _tidy(spool: Path) -> None:
    """Removes what a parent that was killed can no longer remove: the file, and the folder after the last."""
    with suppress(OSError):
        spool.unlink(missing_ok=True)
        spool.parent.rmdir()


if __name__ == "__main__":
    main()
