"""Offers a load to a target within one process and writes a record per request."""

from __future__ import annotations

import asyncio
import gc
from array import array
from collections import deque
from collections.abc import Awaitable, Callable
from time import perf_counter_ns

from isoline.measure.backlog import SLICE_NS, Backlog
from isoline.measure.failures import Failure, TargetError
from isoline.measure.loads import Load
from isoline.measure.monitor import ClientReport, Monitor
from isoline.measure.pool import Pool
from isoline.measure.records import FROM_PROMPT, RequestRecord
from isoline.measure.schedule import Schedule
from isoline.measure.sink import Sink
from isoline.measure.source import RequestSource
from isoline.measure.target import COMPLETIONS, Target
from isoline.measure.transport import Connection, Ear
from isoline.measure.workloads import Synthetic

_SWEEP = 0.5  # seconds in which every stream is looked at once: did it time out or go silent?
_SWEEPS = 25  # looks in that time: one look at 8,192 streams would delay every read by 5 ms
_QUIET_NS = 2_000_000_000  # a stream that said it is over, and then this long nothing, is over
_HOPELESS = 100  # failures in a row after which the load ends
_PAUSE = 0.05  # seconds before a slot whose connection failed tries again
_SPARE = 8  # idle connections an open loop keeps ready

Barrier = Callable[[], Awaitable[int]]  # waits for all processes; the common start in ns


class LoadGenerator:
    """One process's share of a load; `run` returns when every request has its record."""

    def __init__(
        self,
        target: Target,
        workload: Synthetic,
        load: Load,
        sink: Sink,
        worker: int = 0,
        workers: int = 1,
        warmup: bool = False,
    ) -> None:
        self._target, self._load, self._sink = target, load, sink
        self._worker, self._workers, self._warmup = worker, workers, warmup
        ahead = max(1_024, 2 * (load.concurrency or 0) // workers)
        self._source = RequestSource(target, workload, load.indices(worker, workers), ahead)
        self._exact = target.endpoint == COMPLETIONS
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped: str | None = None
        self._deadline = 0
        self._offering = True
        self._under_way = 0  # requests or slots that will still produce a record
        self._failures = 0  # in a row
        self._idle: list[Connection] = []
        self._free: deque[tuple[Connection, int]] = deque()  # slots whose request has ended, since when
        self._freeing = False
        self._unswept: list[Connection] = []
        self._share = 1
        self.started = False
        self.offered = 0
        self.finished = 0
        self.failed = 0

    async def run(self, barrier: Barrier | None = None) -> ClientReport:
        """Connect, wait at the barrier, offer the load, decode what waits, report."""
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._monitor = Monitor(self._loop)
        self._ear = Ear()
        self._backlog = Backlog(self._loop, self._ear, self._keep, self._source.fill)
        self._pool = Pool(self._loop, self._target, self, self._ear)
        while self._source.fill():
            pass
        closed = self._load.concurrency is not None
        dues = [due for slot, due in enumerate(self._load.starts()) if slot % self._workers == self._worker]
        if closed and self._load.requests is not None:
            dues = dues[: len(self._load.indices(self._worker, self._workers))]
        try:
            self._idle = await self._pool.connect_many(max(1, len(dues) if closed else _SPARE))
            start = await barrier() if barrier else perf_counter_ns()
            await self._offer(start, dues)
        finally:
            await self._pool.close()
        report = self._monitor.stop()
        self._backlog.drain()
        report.coalesced = self._pool.coalesced
        report.process, report.pressed = self._worker, self._backlog.pressed
        report.encoded_late, report.connections = self._source.late, self._pool.opened
        report.offered, report.stopped = self.offered, self._stopped
        return report

    def stop(self, reason: str) -> None:
        """Offer no more and cancel what is in flight; its records say so."""
        self._stopped = self._stopped or reason
        self._offering = False
        self._schedule.end()
        for connection in list(self._pool.connections):
            if connection.active:
                connection.fail(Failure.CANCELLED, reason)
        self._check_over()

    def finish(self) -> None:
        """Offer no more; what is in flight goes on to its end."""
        self._offering = False
        self._schedule.end()
        self._check_over()

    # -- offering

    async def _offer(self, start: int, dues: list[float]) -> None:
        gc.collect()
        gc.freeze()
        gc.disable()  # a collection stops every stream; nothing here leaves cycles behind
        try:
            self._monitor.start()
            self.started = True
            if self._load.duration is not None:
                self._deadline = start + int(self._load.duration * 1e9)
            launch = self._first if self._load.concurrency is not None else self._arrive
            self._under_way += 1  # the schedule itself
            self._schedule = Schedule(self._loop, dues, launch, self._leave)
            self._schedule.begin(start)
            self._sweep()
            await self._over.wait()
        finally:
            self._schedule.close()
            gc.enable()
            gc.unfreeze()

    def _first(self, due: int) -> None:
        """The first request of a slot of the closed loop."""
        self._under_way += 1
        self._next(self._idle.pop(), due)

    def _next(self, connection: Connection, due: int) -> None:
        """The next request of a slot, or its end."""
        request = self._source.next() if self._may_offer(due) else None
        if request is None:
            self._leave()
            return
        self._send(connection, self._record(request, due), request[1])

    def _arrive(self, due: int) -> None:
        """One arrival of the open loop."""
        request = self._source.next()
        if request is None:
            return
        self._under_way += 1
        record = self._record(request, due)
        while self._idle:
            connection = self._idle.pop()
            if connection.alive:
                self._send(connection, record, request[1])
                break
            self._pool.forget(connection)
        else:
            self._spawn(self._reconnect(record, request[1]))
        if len(self._idle) < _SPARE // 2:
            self._spawn(self._spare())

    def _record(self, request: tuple[int, bytes, int, int], due: int) -> RequestRecord:
        index, _, isl, osl = request
        self.offered += 1
        record = RequestRecord(index, due, self._worker, self._warmup, tokens_asked=osl)
        if self._exact:
            record.tokens_in, record.tokens_in_source = isl, FROM_PROMPT
        return record

    def _send(self, connection: Connection, record: RequestRecord, payload: bytes) -> None:
        if connection.alive:
            connection.send(record, payload)
        else:
            self._pool.forget(connection)
            self._spawn(self._reconnect(record, payload))
        self._backlog.wake()

    def _may_offer(self, now: int) -> bool:
        return self._offering and (not self._deadline or now < self._deadline)

    # -- what connections report

    def on_slice(self, connection: Connection, pieces: list[bytes], stamps: array[int], last: bool) -> None:
        self._backlog.add(connection, pieces, stamps, last)

    def on_done(self, connection: Connection) -> None:
        record, payload = connection.record, connection.payload
        if connection.stale:
            record.retries += 1
            self._pool.forget(connection)
            self._spawn(self._reconnect(record, payload))
            return
        self._count(record)
        self._continue(connection)

    def _continue(self, connection: Connection) -> None:
        if self._load.concurrency is not None:
            self._free.append((connection, perf_counter_ns()))
            if not self._freeing:
                self._freeing = True
                self._loop.call_soon(self._refill)
            return
        if connection.alive:
            self._idle.append(connection)
        else:
            self._pool.forget(connection)
        self._leave()

    def _refill(self) -> None:
        """Send the next request of freed slots: after the reads that are ready, a few at a time."""
        end = perf_counter_ns() + SLICE_NS
        while self._free and perf_counter_ns() < end:
            self._next(*self._free.popleft())
        self._freeing = bool(self._free)
        if self._freeing:
            self._loop.call_soon(self._refill)

    def _count(self, record: RequestRecord) -> None:
        self.finished += 1
        if record.error is None:
            self._failures = 0
            return
        self.failed += 1
        self._failures += 1
        if self._failures == _HOPELESS and self._offering:
            self._stopped = f"{_HOPELESS} requests failed in a row, the last: {record.error}"
            self._offering = False
            self._schedule.end()

    def _keep(self, record: RequestRecord) -> None:
        self._sink.write(record)

    # -- connections on the way

    async def _reconnect(self, record: RequestRecord, payload: bytes) -> None:
        """A new connection, then the request; or the request's failure."""
        try:
            connection = await self._pool.connect()
        except TargetError as problem:
            record.error, record.detail = problem.kind, str(problem)
            record.done = perf_counter_ns()
            self._sink.write(record)
            self._count(record)
            await asyncio.sleep(_PAUSE)
            self._continue(Connection(self, self._ear))
            return
        if self._stopped:
            connection.abort()
            record.error, record.detail = Failure.CANCELLED, self._stopped
            self._sink.write(record)
            self._leave()
            return
        connection.send(record, payload)

    async def _spare(self) -> None:
        try:
            self._idle.insert(0, await self._pool.connect())
        except TargetError:
            return  # the next arrival will say so

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- the end

    def _sweep(self) -> None:
        """Time out what takes too long; decode what a silent stream holds. A few streams at a time."""
        if self._over.is_set():
            return
        if not self._unswept:
            self._unswept = list(self._pool.connections)
            self._share = len(self._unswept) // _SWEEPS + 1
        now = perf_counter_ns()
        for connection in self._unswept[-self._share :]:
            if connection.active:
                self._look_at(connection, now)
        del self._unswept[-self._share :]
        self._loop.call_later(_SWEEP / _SWEEPS, self._sweep)

    def _look_at(self, connection: Connection, now: int) -> None:
        """A stream's patience: the target's time limit, and two seconds once it said it is over."""
        if now - (connection.record.sent or now) > int(self._target.timeout * 1e9):
            connection.fail(Failure.TIMEOUT, f"no end of the answer within {self._target.timeout:g} s")
        elif now - connection.heard > _QUIET_NS:
            if connection.decoder.finished:
                connection.settle()
            else:
                connection.hand_on()

    def _leave(self) -> None:
        self._under_way -= 1
        self._check_over()

    def _check_over(self) -> None:
        if self._under_way <= 0:
            self._over.set()
