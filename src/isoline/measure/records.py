"""What is known about one request after the run."""

from __future__ import annotations

from array import array

import msgspec

FROM_USAGE = "usage"  # the server's own count
FROM_CHUNKS = "chunks"  # one token per chunk assumed: a lower bound
FROM_TOKENIZER = "tokenizer"
FROM_PROMPT = "prompt"  # token ids sent: exact


class RequestRecord(msgspec.Struct, gc=False, array_like=True):
    """One request. Times are `time.perf_counter_ns()` of the measuring host; `None`: never happened.

    `scheduled` is when the load wanted it sent, `sent` the moment before its bytes went to the
    kernel. `first_byte` is the response's first byte, `first_token` the first event with any
    token, `first_visible` the first one a user can read (not reasoning), `last_token` the last
    event with a token, `done` the end of the response. `chunk_times` holds the arrival of each
    token event as packed 64-bit integers.
    """

    index: int
    scheduled: int
    process: int = 0
    warmup: bool = False
    sent: int | None = None
    first_byte: int | None = None
    first_token: int | None = None
    first_visible: int | None = None
    last_token: int | None = None
    done: int | None = None
    tokens_in: int | None = None
    tokens_in_source: str | None = None
    tokens_out: int | None = None
    tokens_out_source: str | None = None
    tokens_asked: int | None = None
    usage_wrong: bool = False  # the server's count contradicts the stream
    chunks: int = 0
    chunk_times: bytes = b""
    finish_reason: str | None = None
    error: str | None = None
    detail: str | None = None
    status: int | None = None
    retries: int = 0  # sent again because a kept-alive connection had been closed
    text: str | None = None
    think_ns: int = 0  # the pause before `scheduled` that the load wanted: a user reads and types

    @property
    def ok(self) -> bool:
        """It was answered in full."""
        return self.error is None and self.first_token is not None

    def times(self) -> array[int]:
        """Arrival of each token event, in nanoseconds."""
        stamps = array("q")
        stamps.frombytes(self.chunk_times)
        return stamps


encode_record = msgspec.msgpack.Encoder().encode
decode_record = msgspec.msgpack.Decoder(RequestRecord).decode
