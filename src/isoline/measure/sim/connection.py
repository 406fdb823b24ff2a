"""HTTP/1.1 on one connection: requests in, one answer at a time out."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from time import perf_counter_ns
from typing import NamedTuple, Protocol, cast

import httptools

from isoline.measure.sim.labels import HEADER

MAX_BODY = 64 << 20
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
            413: "Content Too Large", 429: "Too Many Requests", 503: "Service Unavailable"}  # fmt: skip
_LABEL = f"{HEADER}: true\r\n"
_STREAM_HEAD = (
    f"HTTP/1.1 200 OK\r\n{_LABEL}content-type: text/event-stream; charset=utf-8\r\n"
    "cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
).encode()


class Request(NamedTuple):
    """One request as read. `received` is when its last byte was, in ns.

    `size` is that of the body in bytes; `body` is empty above MAX_BODY.
    """

    method: str
    target: str
    body: bytes
    size: int
    received: int


class Handler(Protocol):
    """Who answers."""

    def come(self, connection: Connection) -> None: ...
    def handle(self, connection: Connection, request: Request) -> None: ...
    def gone(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """A kept-alive connection; what is pipelined waits."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[Request] = deque()
        self._busy = False
        self._head = b""  # of a stream whose first bytes are yet to be written
        self._target, self._body, self._size = b"", list[bytes](), 0

    @property
    def closed(self) -> bool:
        """The client is gone."""
        return self._transport is None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none of asyncio's classes
        link = transport.get_extra_info("socket")
        if link is not None:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._handler.come(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._handler.gone(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self.reply(400, "text/plain", f"not HTTP/1.1: {error}".encode())
            self.hang_up(reset=False)
            return
        self._next()

    def on_message_begin(self) -> None:
        self._target, self._body, self._size = b"", [], 0

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size <= MAX_BODY:
            self._body.append(body)

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode()
        body = b"".join(self._body) if self._size <= MAX_BODY else b""
        target = self._target.decode("latin-1")
        self._waiting.append(Request(method, target, body, self._size, perf_counter_ns()))

    def _next(self) -> None:
        while self._waiting and not self._busy and self._transport is not None:
            self._busy = True
            self._handler.handle(self, self._waiting.popleft())

    def open_stream(self) -> None:
        """The head goes out with the first event: one packet."""
        self._head = _STREAM_HEAD

    def send(self, event: bytes) -> None:
        """One chunk of a stream."""
        if self._transport is not None:
            self._transport.write(b"%s%x\r\n%s\r\n" % (self._head, len(event), event))
            self._head = b""

    def end_stream(self) -> None:
        if self._transport is not None:
            self._transport.write(self._head + b"0\r\n\r\n")
        self._head = b""
        self._done()

    def reply(self, status: int, kind: str, body: bytes) -> None:
        """A whole response."""
        if self._transport is not None:
            head = (
                f"HTTP/1.1 {status} {_REASONS.get(status, 'Error')}\r\n{_LABEL}"
                f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
            )
            self._transport.write(head.encode() + body)
        self._done()

    def hang_up(self, *, reset: bool) -> None:
        """Close after what was written; with `reset` at once, by RST."""
        if self._transport is None:
            return
        link = self._transport.get_extra_info("socket")
        if reset and link is not None:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        else:
            self._transport.close()

    def _done(self) -> None:
        self._busy = False
        asyncio.get_running_loop().call_soon(self._next)
