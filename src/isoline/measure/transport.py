"""One HTTP/1.1 connection: sends a request, stamps what arrives, hands the pieces on undecoded.

The path of a token is `Connection.data_received`: one clock reading, HTTP framing in C, two
appends. Events are decoded later (`backlog.py`), from slices of at most HELD_BYTES a stream.
"""

from __future__ import annotations

import asyncio
import os
from array import array
from time import perf_counter_ns
from typing import Protocol

import httptools

from isoline.measure.decoding import StreamDecoder
from isoline.measure.failures import Failure, status_failure
from isoline.measure.records import RequestRecord

HELD_PIECES = 64  # body pieces a stream holds before they are queued for decoding
LARGE_READ = 1_024  # bytes; smaller reads are bounded by the number of pieces
HELD_BYTES = 16_384  # of large reads
_MAX_REFUSAL_BYTES = 1 << 20
_DETAIL_CHARACTERS = 500


class Owner(Protocol):
    """Who a connection reports to."""

    def on_slice(self, connection: Connection, pieces: list[bytes], stamps: array[int], last: bool) -> None:
        """Body pieces of the active request with their arrival (ns); `last`: the response ended."""

    def on_done(self, connection: Connection) -> None:
        """The response has ended, whatever the end was; `stale`: it should be sent again."""


class Ear:
    """When any of a loop's connections last received something: ns, as `perf_counter_ns`."""

    __slots__ = ("heard",)

    def __init__(self) -> None:
        self.heard = 0


class Connection(asyncio.Protocol):
    """A kept-alive connection that carries one request at a time."""

    __slots__ = (
        "_complete", "_ear", "_fd", "_feed", "_framed", "_held", "_keep", "_now", "_owner", "_parser",
        "_pieces", "_plain", "_refusal", "_refused", "_stamps", "_transport", "_type", "active",
        "alive", "coalesced", "decoder", "keep_text", "on_body", "payload", "record", "stale",
        "used",
    )  # fmt: skip

    def __init__(self, owner: Owner, ear: Ear, plain: bool = True, keep_text: bool = False) -> None:
        self._ear = ear
        self._owner, self._plain, self.keep_text = owner, plain, keep_text
        self._transport: asyncio.Transport | None = None
        self._fd = -1
        self.alive = False
        self.active = False  # a request is under way
        self.stale = False  # the server had closed the connection before it got the request
        self.payload = b""  # of the active request, should it have to be sent again
        self.used = 0  # requests answered on this connection
        self.coalesced = 0  # reads that brought several body pieces
        self._pieces: list[bytes] = []
        self.on_body = self._pieces.append  # the parser calls it, in C, with each piece of a body
        self._stamps = array("q")
        self._held = self._now = 0
        self._parser = httptools.HttpResponseParser(self)
        self._feed = self._parser.feed_data
        self._begin()

    def _begin(self) -> None:
        self._type = b""
        self._framed = False  # the length of the body is known, or it is chunked
        self._complete = self._keep = False
        self._refused: Failure | None = None
        self._refusal = b""
        self.stale = False

    # -- sending

    def send(self, record: RequestRecord, payload: bytes) -> None:
        """Send one request; the connection must be alive and idle."""
        self.record, self.payload = record, payload
        self.decoder = StreamDecoder(record, self.keep_text)
        self._begin()
        self._now = 0
        self.active = True
        record.sent = perf_counter_ns()
        if not self._plain:
            self._write(payload)
            return
        try:  # at once: the transport would wait for the end of the loop's turn
            wrote = os.write(self._fd, payload)
        except BlockingIOError:
            wrote = 0
        except OSError as problem:
            self._lost(problem)
            return
        if wrote < len(payload):
            self._write(payload[wrote:])

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    # -- receiving

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # uvloop's has no common base
        self._fd = transport.get_extra_info("socket").fileno()
        self.alive = True

    def data_received(self, data: bytes) -> None:
        now = self._now = self._ear.heard = perf_counter_ns()
        pieces, stamps = self._pieces, self._stamps
        try:
            self._feed(data)
        except (httptools.HttpParserError, httptools.HttpParserCallbackError) as problem:
            stamps.extend(array("q", (now,)) * (len(pieces) - len(stamps)))  # what came before the fault
            self.fail(Failure.PROTOCOL, f"{type(problem).__name__}: {problem}: {data[:80]!r}")
            return
        new = len(pieces) - len(stamps)
        if new == 1:
            stamps.append(now)
        elif new:
            stamps.extend(array("q", (now,)) * new)
            self.coalesced += 1
        if self._complete:
            self._finish()
        elif len(pieces) > HELD_PIECES or len(data) > LARGE_READ or not new:
            self._weigh(len(data))

    def _weigh(self, size: int) -> None:
        """Rarely: enough pieces are held, or a read was large or brought no body at all."""
        self._held += size
        if len(self._pieces) > HELD_PIECES or self._held > HELD_BYTES:
            self.hand_on()

    def on_message_begin(self) -> None:
        if not self.active or self._complete:  # an answer nobody asked for: never use it again
            self.close()
        elif self.record.first_byte is None:
            self.record.first_byte = self._now

    def on_header(self, name: bytes, value: bytes) -> None:
        size = len(name)
        if size == 12 and name.lower() == b"content-type":
            self._type = value.lower()
        elif size in (14, 17) and name.lower() in (b"content-length", b"transfer-encoding"):
            self._framed = True

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if not self.active or status < 200:
            return
        self.record.status = status
        self._refused = status_failure(status)
        if self._refused is None and not self._type.startswith(b"text/event-stream"):
            self._refused = Failure.HTML if b"html" in self._type else Failure.NOT_SSE

    def on_message_complete(self) -> None:
        if self.active and self.record.status is not None:  # not after a 1xx
            self._complete = True
            self._keep = self._parser.should_keep_alive()  # known only inside this callback

    # -- handing on and ending

    def hand_on(self, last: bool = False) -> None:
        """Queue what is held for decoding, so that the stream holds nothing."""
        pieces, stamps = self._pieces.copy(), self._stamps
        self._pieces.clear()
        self._stamps = array("q")
        if self._refused is not None:
            self._refusal = b"".join((self._refusal, *pieces))[:_MAX_REFUSAL_BYTES]
            pieces, stamps = [], array("q")
        elif self.active and self.record.status is None and not last:
            if self._held > HELD_BYTES:
                self.fail(Failure.PROTOCOL, f"response headers of more than {HELD_BYTES} bytes")
            return
        self._held = 0
        if pieces or last:
            self._owner.on_slice(self, pieces, stamps, last)

    def _finish(self) -> None:
        """The response is complete."""
        if not self._keep:
            self.close()
        if self._refused is not None:
            self._set_error(self._refused, "")
        self._end()

    def _end(self) -> None:
        self.record.done = self._now or perf_counter_ns()
        self.used += 1
        self.active = False
        self.hand_on(last=True)
        if self._refused is not None and self.record.error == self._refused:
            text = self._refusal.decode("utf-8", "replace").strip()
            self.record.detail = f"HTTP {self.record.status}: {text[:_DETAIL_CHARACTERS]}"
        self._owner.on_done(self)

    def fail(self, kind: Failure, detail: str) -> None:
        """End the active request with an error and the connection with it."""
        self.abort()
        if self.active:
            self._now = perf_counter_ns()
            self._set_error(kind, detail)
            self._end()

    @property
    def heard(self) -> int:
        """When the last bytes of the active request came, or it was sent; nanoseconds."""
        return max(self._now, self.record.sent or 0)

    def settle(self) -> None:
        """End a request whose stream said it is over though HTTP did not; the connection goes."""
        self.abort()
        if self.active:
            self._end()

    def _set_error(self, kind: Failure, detail: str) -> None:
        if self.record.error is None:
            self.record.error, self.record.detail = kind, detail

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, problem: Exception | None) -> None:
        self._lost(problem)

    def _lost(self, problem: Exception | None) -> None:
        self.abort()
        if not self.active:
            return
        record = self.record
        if record.first_byte is None and self.used and not record.retries:
            self.stale = True
            self.active = False
            self._owner.on_done(self)
        elif record.status is not None and not self._framed and problem is None:
            self._now = perf_counter_ns()  # a body that ends with its connection
            self._finish()
        elif problem is not None or record.first_byte is None:
            self.fail(Failure.RESET, f"connection lost: {problem or 'closed without an answer'}")
        else:
            self.fail(Failure.TRUNCATED, "the server closed the connection before the answer ended")

    def close(self) -> None:
        """Use the connection for no further request."""
        self.alive = False
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once, without waiting for what is still to be written."""
        self.alive = False
        if self._transport is not None:
            self._transport.abort()
            self._transport = None
            self._fd = -1
