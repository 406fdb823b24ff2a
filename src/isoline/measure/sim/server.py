"""The simulated server: routes, streams and the engine behind them."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from isoline.errors import UsageError
from isoline.measure.sim.asked import CHAT_PATH, COMPLETIONS_PATH, Asked, Refusal, read_request
from isoline.measure.sim.connection import MAX_BODY, Connection, Request
from isoline.measure.sim.events import Answer, encode, error_body
from isoline.measure.sim.faults import Faults
from isoline.measure.sim.labels import KEY, PREFIX, Declaration
from isoline.measure.sim.pace import Pace
from isoline.measure.sim.stream import Stream
from isoline.measure.sim.truth import Truth
from isoline.numerics.engine.deployment import Deployment
from isoline.numerics.engine.points import recipe_of
from isoline.numerics.engine.scheduler import Limits, Scheduler, Sequence

JSON = "application/json"


class SimulatedServer:
    """Answers requests from one simulated replica."""

    def __init__(
        self,
        deployment: Deployment,
        speed: float = 1.0,
        faults: Faults | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.declaration = Declaration(recipe_of(deployment, speed), speed)
        self.truth = Truth()
        self.pace = Pace(Scheduler(deployment, limits), speed, self._deliver)
        self._faults = faults or Faults()
        self._delay = deployment.efficiency.host_request / speed
        self._connections: set[Connection] = set()
        self._streams: dict[Sequence, tuple[Stream, Connection]] = {}
        self._created = int(time.time())
        self._number = 0

    @property
    def model(self) -> str:
        return self.declaration.recipe.model

    def come(self, connection: Connection) -> None:
        """A client has connected."""
        self._connections.add(connection)

    def close(self) -> None:
        """Close every connection."""
        for connection in tuple(self._connections):
            connection.hang_up(reset=False)

    def handle(self, connection: Connection, request: Request) -> None:
        """Answer one request, now or as the engine gets to it."""
        try:
            self._route(connection, request)
        except Refusal as refusal:
            body = error_body(str(refusal), "invalid_request_error")
            connection.reply(refusal.status, JSON, body)

    def gone(self, connection: Connection) -> None:
        """The client has left: the engine stops working for it."""
        self._connections.discard(connection)
        for sequence, (_, own) in list(self._streams.items()):
            if own is connection:
                self._drop(sequence)

    def _route(self, connection: Connection, request: Request) -> None:
        path = urlsplit(request.target).path
        if path in (COMPLETIONS_PATH, CHAT_PATH):
            if request.method != "POST":
                raise Refusal(405, f"{path} takes POST")
            if request.size > MAX_BODY:
                raise Refusal(413, f"the body has {request.size:,} bytes; at most {MAX_BODY:,} are read")
            self._complete(connection, read_request(path, request.body, self.model), request.received)
        elif path == "/v1/models":
            connection.reply(200, JSON, encode(self._models()))
        elif path == "/health":
            connection.reply(200, "text/plain", b"")
        elif path == "/metrics":
            from isoline.measure.sim.exposition import CONTENT_TYPE, exposition

            connection.reply(200, CONTENT_TYPE, exposition(self.pace))
        elif path == "/sim/truth":
            connection.reply(200, JSON, encode(self.truth.document()))
        elif path == "/sim/reset" and request.method == "POST":
            self.truth.reset()
            connection.reply(200, JSON, b"{}")
        else:
            raise Refusal(404, f"there is no {path}; there is {COMPLETIONS_PATH}, {CHAT_PATH}, /v1/models, "
                               "/health, /metrics and /sim/truth")  # fmt: skip

    def _models(self) -> dict[str, object]:
        row = {
            "id": PREFIX + self.model,
            "object": "model",
            "created": self._created,
            "owned_by": "isoline (simulated)",
            "max_model_len": self.pace.scheduler.capacity,
            KEY: msgspec.to_builtins(self.declaration),
        }
        return {"object": "list", "data": [row]}

    def _complete(self, connection: Connection, asked: Asked, received: int) -> None:
        number, self._number = self._number, self._number + 1
        fault = self._faults.of(number)
        self.truth.requests += 1
        if fault is not None:
            self.truth.faults[fault] = self.truth.faults.get(fault, 0) + 1
        if fault is not None and _refused(connection, fault):
            return
        try:
            self.pace.scheduler.check(asked.tokens_in, asked.tokens_out)
        except UsageError as error:
            raise Refusal(400, str(error)) from None
        answer = Answer(number, self._created, self.model, asked)
        stream = Stream(connection, asked, answer, self.truth, received, fault)
        asyncio.get_running_loop().call_later(self._delay, self._take_in, stream, connection, asked)

    def _take_in(self, stream: Stream, connection: Connection, asked: Asked) -> None:
        if connection.closed:
            return
        sequence = self.pace.scheduler.add(asked.tokens_in, asked.tokens_out)
        self._streams[sequence] = (stream, connection)
        self.truth.peak = max(self.truth.peak, len(self._streams))
        self.pace.wake()

    def _deliver(self, finished: tuple[Sequence, ...], late: int) -> None:
        scheduler = self.pace.scheduler
        self.truth.late_ns = max(self.truth.late_ns, late)
        for sequence in (*scheduler.running.values(), *finished):
            held = self._streams.get(sequence)
            if held is None:
                continue
            self.pace.generated += held[0].take(scheduler.emitted(sequence))
            if held[0].over:
                self._drop(sequence)

    def _drop(self, sequence: Sequence) -> None:
        self._streams.pop(sequence, None)
        self.pace.scheduler.cancel(sequence)


def _refused(connection: Connection, fault: str) -> bool:
    """Answer at once, if the fault is of that kind."""
    if fault in ("5xx", "429"):
        status, kind = (503, "server_error") if fault == "5xx" else (429, "rate_limit_error")
        connection.reply(status, JSON, error_body(f"fault {fault}", kind))
    elif fault == "html":
        connection.reply(200, "text/html", b"<!doctype html><title>simulated fault</title>")
    elif fault == "empty":
        connection.open_stream()
        connection.end_stream()
    else:
        return False
    return True


async def serve(server: SimulatedServer, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is told the port that is listened on."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, RuntimeError):  # not the main thread, or not POSIX
            loop.add_signal_handler(number, over.set)
    try:
        listener = await loop.create_server(lambda: Connection(server), host, port, backlog=4_096)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}, port {port}: {error.strerror or error}") from None
    engine = asyncio.create_task(server.pace.run())
    stopped = asyncio.create_task(over.wait())
    ready(listener.sockets[0].getsockname()[1])
    try:
        done, _ = await asyncio.wait((engine, stopped), return_when=asyncio.FIRST_COMPLETED)
        if engine in done:
            engine.result()  # raises what ended it
    finally:
        listener.close()
        server.close()
        for task in (engine, stopped):
            task.cancel()
        await asyncio.gather(engine, stopped, return_exceptions=True)
