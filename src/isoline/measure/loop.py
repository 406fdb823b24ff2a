"""Offers a load to a target within one process and writes a record per request."""

from __future__ import annotations

import asyncio
import gc
from array import array
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from time import perf_counter_ns

from isoline.measure.backlog import SLICE_NS, Backlog
from isoline.measure.failures import Failure, TargetError
from isoline.measure.loads import Load
from isoline.measure.monitor import ClientReport, Monitor
from isoline.measure.patience import Patience
from isoline.measure.pauses import Pauses
from isoline.measure.pool import Pool
from isoline.measure.records import RequestRecord
from isoline.measure.schedule import Schedule
from isoline.measure.sink import Sink
from isoline.measure.source import Request
from isoline.measure.supply import Workload, source_for
from isoline.measure.target import Target
from isoline.measure.transport import Connection, Ear

_HOPELESS = 100  # failures in a row after which the load ends
_PAUSE = 0.05  # seconds before a slot whose connection failed tries again
_SPARE = 8  # idle connections an open loop keeps ready

Barrier = Callable[[], Awaitable[int]]  # waits for all processes; the common start in ns


class LoadGenerator:
    """One process's share of a load; `run` returns when every request has its record."""

    def __init__(
        self,
        target: Target,
        workload: Workload,
        load: Load,
        sink: Sink,
        worker: int = 0,
        workers: int = 1,
        warmup: bool = False,
    ) -> None:
        self._load, self._sink = load, sink
        self._worker, self._workers, self._warmup = worker, workers, warmup
        self._source = source_for(target, workload, load, worker, workers)
        self._target = replace(target, keep_text=target.keep_text or self._source.needs_answers)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped: str | None = None
        self._deadline = 0
        self._offering = True
        self._arriving = True  # the schedule is not over
        self._under_way = 0  # requests or slots that will still produce a record
        self._failures = 0  # in a row
        self._idle: list[Connection] = []
        self._free: deque[tuple[Connection, int]] = deque()  # slots whose request has ended, since when
        self._freeing = False
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
        self._pauses = Pauses(self._loop)
        self._patience = Patience(self._loop, self._pool, self._target, self._awaiting)
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
        self._under_way -= self._pauses.cancel()
        self._check_over()

    @property
    def oldest_seconds(self) -> float | None:
        """How long the oldest request in flight has been, as of half a second ago."""
        return self._patience.oldest_seconds

    def finish(self) -> None:
        """Offer no more; what is in flight goes on to its end."""
        self._offering = False
        self._schedule.end()
        self._under_way -= self._pauses.cancel()
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
            self._schedule = Schedule(self._loop, dues, launch, self._launched)
            self._schedule.begin(start)
            self._patience.start()
            await self._over.wait()
        finally:
            self._patience.stop()
            self._schedule.close()
            gc.enable()
            gc.unfreeze()

    def _launched(self) -> None:
        """The schedule is over: in the open loop nothing new is offered after it."""
        self._arriving = False
        self._leave()

    def _awaiting(self) -> bool:
        """What is in flight is a warm-up's, or all that is left of the load."""
        over = not self._offering or self._source.spent or not self._may_offer(perf_counter_ns())
        return self._warmup or over or (self._load.concurrency is None and not self._arriving)

    def _first(self, due: int) -> None:
        """The first request of a slot of the closed loop."""
        self._under_way += 1
        self._next(self._idle.pop(), due)

    def _next(self, connection: Connection, due: int) -> None:
        """The next request of a slot that follows on no other, or the slot's end."""
        request = self._source.next() if self._may_offer(due) else None
        if request is None:
            self._leave()
            return
        self._send(connection, self._record(request, due), request.payload)

    def _arrive(self, due: int) -> None:
        """One arrival of the open loop."""
        request = self._source.next()
        if request is None:
            return
        self._under_way += 1
        self._dispatch(self._record(request, due), request.payload)

    def _dispatch(self, record: RequestRecord, payload: bytes) -> None:
        """Send on whatever connection is idle: those of the open loop belong to no slot."""
        while self._idle:
            connection = self._idle.pop()
            if connection.alive:
                self._send(connection, record, payload)
                break
            self._pool.forget(connection)
        else:
            self._spawn(self._reconnect(record, payload))
        if len(self._idle) < _SPARE // 2:
            self._spawn(self._spare())

    def _record(self, request: Request, due: int, think_ns: int = 0) -> RequestRecord:
        self.offered += 1
        record = RequestRecord(
            request.number, due, self._worker, self._warmup, tokens_asked=request.osl, think_ns=think_ns
        )
        if self._source.counts is not None:
            record.tokens_in, record.tokens_in_source = request.isl, self._source.counts
        return record

    # -- conversations

    def _followed(self, connection: Connection, ended: int) -> bool:
        """Whether the connection's last request has a next turn; it is sent once its user has thought."""
        if self._source.needs_answers:
            self._backlog.drain()
        following = self._source.follow(connection.record)
        if following is None:
            return False
        request, seconds = following
        think = int(seconds * 1e9)
        if not self._may_offer(ended + think):
            return False
        record = self._record(request, ended + think, think)
        if think:
            self._pauses.until(ended + think, partial(self._turn, connection, record, request.payload))
        else:
            self._turn(connection, record, request.payload)
        return True

    def _turn(self, connection: Connection, record: RequestRecord, payload: bytes) -> None:
        """A next turn is due: in the closed loop on its slot's connection, else on any."""
        if not self._offering:
            self._leave()
        elif self._load.concurrency is not None:
            self._send(connection, record, payload)
        else:
            self._dispatch(record, payload)

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
        if not self._followed(connection, perf_counter_ns()):
            self._leave()

    def _refill(self) -> None:
        """Send the next request of freed slots: after the reads that are ready, a few at a time."""
        end = perf_counter_ns() + SLICE_NS
        while self._free and perf_counter_ns() < end:
            connection, ended = self._free.popleft()
            if not self._followed(connection, ended):
                self._next(connection, ended)
        self._freeing = bool(self._free)
        if self._freeing:
            self._loop.call_soon(self._refill)

    def _count(self, record: RequestRecord) -> None:
        self.finished += 1
        if record.error is None:
            self._failures = 0
            self._patience.answered(record)
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
            record.error, record.detail = problem.kind, problem.message
            record.done = perf_counter_ns()
            self._sink.write(record)
            self._count(record)
            await asyncio.sleep(_PAUSE)
            dead = Connection(self, self._ear)
            dead.record = record
            self._continue(dead)
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

    def _leave(self) -> None:
        self._under_way -= 1
        self._check_over()

    def _check_over(self) -> None:
        if self._under_way <= 0:
            self._over.set()
