"""A null server: streams tokens at set times and knows when it began to send each.

`python -m isoline.measure.selftest.server TTFT ITL` (seconds; 0 0 sends whole answers at once) prints
its port and serves until standard input ends. `GET /served` tells what was served since the last time.
"""

from __future__ import annotations

import asyncio
import re
import sys
from array import array
from time import perf_counter_ns
from typing import cast

import msgspec
import uvloop

_LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
_TOKENS = re.compile(rb'"max_tokens":(\d+)')
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


class Served(msgspec.Struct):
    """What the server did, by its own clock: nanoseconds from receiving to sending, one a request."""

    ttft: list[int]
    e2e: list[int]
    tokens: int


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _event(finish: bytes) -> bytes:
    text = b'data: {"id":"null","choices":[{"index":0,"text":" a","finish_reason":%s}]}\n\n'
    return _chunk(text % finish)


_EVENT, _LAST = _event(b"null"), _event(b'"length"')


def _end(tokens: int) -> bytes:
    usage = b'data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":%d}}\n\n' % tokens
    return _chunk(usage) + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


class _Server:
    """The schedule all connections follow, and what they served."""

    def __init__(self, ttft: float, itl: float) -> None:
        self.ttft, self.itl = ttft, itl
        self.ttfts, self.e2es = array("q"), array("q")
        self.tokens = 0
        self._whole: dict[int, bytes] = {}

    def whole(self, tokens: int) -> bytes:
        """An answer in one piece."""
        if tokens not in self._whole:
            self._whole[tokens] = _HEAD + _EVENT * (tokens - 1) + _LAST + _end(tokens)
        return self._whole[tokens]

    def served(self) -> bytes:
        """The figures since the last call, as JSON."""
        told = msgspec.json.encode(Served(list(self.ttfts), list(self.e2es), self.tokens))
        self.ttfts, self.e2es, self.tokens = array("q"), array("q"), 0
        return told


class _Connection(asyncio.Protocol):
    """One client; a request at a time."""

    def __init__(self, server: _Server, loop: asyncio.AbstractEventLoop) -> None:
        self._server, self._loop = server, loop
        self._buffer = b""
        self._received = self._first = 0
        self._tokens = self._sent = 0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is none by inheritance

    def connection_lost(self, problem: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._received = perf_counter_ns()
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not found or len(body) < (size := int(length[1]) if length else 0):
            return
        self._buffer = body[size:]
        if head.startswith(b"GET"):
            told = self._server.served()
            self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(told), told))
            return
        asked = _TOKENS.search(body)
        self._answer(int(asked[1]) if asked else 16)

    def _answer(self, tokens: int) -> None:
        server = self._server
        self._tokens, self._sent = tokens, 0
        if not server.ttft and not server.itl:
            self._transport.write(server.whole(tokens))
            server.tokens += tokens
            return
        self._due = self._loop.time() + server.ttft
        self._timer = self._loop.call_at(self._due, self._token)

    def _token(self) -> None:
        """The token that is due; its successor is due by the schedule, however late this one is."""
        self._sent += 1
        last = self._sent == self._tokens
        piece = _LAST + _end(self._tokens) if last else _EVENT
        now = perf_counter_ns()  # before the write: preempted behind it, the server would flatter the client
        self._transport.write(_HEAD + piece if self._sent == 1 else piece)
        if self._sent == 1:
            self._first = now
            self._server.ttfts.append(now - self._received)
        if last:
            self._server.e2es.append(now - self._received)
            self._server.tokens += self._tokens
            return
        self._due += self._server.itl
        self._timer = self._loop.call_at(self._due, self._token)


async def serve(ttft: float, itl: float) -> None:
    """Serve on a free port of this host until standard input ends."""
    loop = asyncio.get_running_loop()
    state = _Server(ttft, itl)
    listening = await loop.create_server(lambda: _Connection(state, loop), "127.0.0.1", 0, backlog=4096)
    print(listening.sockets[0].getsockname()[1], flush=True)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    uvloop.run(serve(float(sys.argv[1]), float(sys.argv[2])))
