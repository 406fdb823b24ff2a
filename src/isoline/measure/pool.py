"""Opens connections: before they are needed, so that no handshake is inside a TTFT."""

from __future__ import annotations

import asyncio
import socket
import ssl

from isoline.measure.failures import Failure, TargetError
from isoline.measure.target import Target
from isoline.measure.transport import Connection, Ear, Owner

_AT_ONCE = 64  # handshakes under way at a time: servers have short accept queues


class Pool:
    """Connects to one target; the name is resolved once."""

    def __init__(self, loop: asyncio.AbstractEventLoop, target: Target, owner: Owner, ear: Ear) -> None:
        self._loop, self._target, self._owner, self._ear = loop, target, owner, ear
        self._addresses: list[tuple[str, int]] = []
        self._tls = _tls_context(target)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self.opened = 0
        self.coalesced = 0  # reads of closed connections that brought several body pieces
        self.connections: set[Connection] = set()

    async def connect(self) -> Connection:
        """A new connection, handshakes done; raises TargetError."""
        async with self._gate:
            try:
                return await asyncio.wait_for(self._connect(), self._target.connect_timeout)
            except TimeoutError:
                raise self._error(Failure.CONNECT_TIMEOUT, "no answer") from None

    async def connect_many(self, count: int) -> list[Connection]:
        """`count` connections; the first failure ends the attempt."""
        first = await self.connect()
        others = await asyncio.gather(*(self.connect() for _ in range(count - 1)), return_exceptions=True)
        for other in others:
            if isinstance(other, BaseException):
                raise other
        return [first, *(other for other in others if isinstance(other, Connection))]

    def forget(self, connection: Connection) -> None:
        """The connection is closed: drop it."""
        self.coalesced += connection.coalesced
        connection.coalesced = 0
        self.connections.discard(connection)

    async def close(self) -> None:
        """Close everything and let the loop finish it."""
        for connection in list(self.connections):
            connection.abort()
            self.forget(connection)
        await asyncio.sleep(0)

    async def _connect(self) -> Connection:
        if not self._addresses:
            await self._resolve()
        problem: OSError | None = None
        for host, port in self._addresses:
            try:
                return await self._open(host, port)
            except ssl.SSLError as error:
                raise self._error(Failure.TLS, str(error)) from None
            except OSError as error:
                problem = error
        kind = Failure.REFUSED if isinstance(problem, ConnectionRefusedError) else Failure.UNREACHABLE
        raise self._error(kind, str(problem))

    async def _open(self, host: str, port: int) -> Connection:
        target = self._target
        _, connection = await self._loop.create_connection(
            lambda: Connection(self._owner, self._ear, self._tls is None, target.keep_text),
            host,
            port,
            ssl=self._tls,
            server_hostname=target.host if self._tls else None,
        )
        self.opened += 1
        self.connections.add(connection)
        return connection

    async def _resolve(self) -> None:
        try:
            found = await self._loop.getaddrinfo(
                self._target.host, self._target.port, type=socket.SOCK_STREAM
            )
        except OSError as error:  # socket.gaierror
            raise self._error(Failure.DNS, str(error)) from None
        self._addresses = [(str(address[4][0]), int(address[4][1])) for address in found]

    def _error(self, kind: Failure, detail: str) -> TargetError:
        return TargetError(kind, f"cannot connect to {self._target.host}:{self._target.port} ({detail})")


def _tls_context(target: Target) -> ssl.SSLContext | None:
    if not target.tls:
        return None
    context = ssl.create_default_context()
    if target.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
