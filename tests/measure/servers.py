"""Servers to measure: the C mock, and one that sends whatever bytes a test scripts."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_mock(binary: Path, *options: str) -> Iterator[str]:
    """The C mock server; yields its URL."""
    port = free_port()
    server = subprocess.Popen([str(binary), "--port", str(port), *options], stderr=subprocess.DEVNULL)
    try:
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", port), 0.1).close()
                break
            except OSError:
                time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


@contextmanager
def scripted(handler: Handler, **options: object) -> Iterator[str]:
    """A server in a thread that answers each request with `handler`; yields its URL."""
    loop = asyncio.new_event_loop()
    ready, over = threading.Event(), asyncio.Event()
    ports: list[int] = []
    writers: list[asyncio.StreamWriter] = []

    async def tracked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            await handler(reader, writer)

    async def serve() -> None:
        server = await asyncio.start_server(tracked, "127.0.0.1", 0, **options)  # type: ignore[arg-type]
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        await over.wait()
        server.close()
        for writer in writers:
            writer.transport.abort()
        others = asyncio.all_tasks(loop) - {asyncio.current_task(loop)}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.01)  # let aborted transports close their sockets

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)


async def read_request(reader: asyncio.StreamReader) -> bytes:
    """Head and body of one request; empty at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""
    sizes = (int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    length = next(sizes, 0)  # a GET has none
    return head + await reader.readexactly(length)


def always(*pieces: bytes, hang_up: bool = False, reset: bool = False, pause: float = 0.002) -> Handler:
    """Answers every request with these bytes, a packet each."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_request(reader):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause)
            if reset:
                linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            if hang_up or reset:
                break
        writer.close()

    return handler


def chunk(data: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%s\r\n" % (len(data), data)


END = b"0\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def text_event(text: str, finish: str | None = None, newline: bytes = b"\n") -> bytes:
    """A `/v1/completions` event as engines write it."""
    reason = f'"{finish}"' if finish else "null"
    body = f'{{"id":"c-1","choices":[{{"index":0,"text":"{text}","finish_reason":{reason}}}]}}'
    return b"data: " + body.encode() + newline * 2


def usage_event(prompt: int, completion: int) -> bytes:
    """The last event of a stream with `include_usage`."""
    body = f'{{"choices":[],"usage":{{"prompt_tokens":{prompt},"completion_tokens":{completion}}}}}'
    return b"data: " + body.encode() + b"\n\n"


def tokens(count: int) -> bytes:
    """`count` token events, the last with a finish reason."""
    return b"".join(text_event(f" t{n}", "length" if n == count - 1 else None) for n in range(count))
