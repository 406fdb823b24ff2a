"""However the network cuts an answer's bytes, the record says the same."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from isoline.measure.records import RequestRecord
from isoline.measure.transport import Connection, Ear
from tests.measure.servers import DONE, END, HEAD, chunk, text_event, usage_event


@dataclass
class Wire:
    """A transport that sends nothing anywhere."""

    sent: list[bytes] = field(default_factory=list)

    def get_extra_info(self, name: str) -> Wire:
        return self

    def fileno(self) -> int:
        return -1

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def close(self) -> None: ...

    def abort(self) -> None: ...


class DecodeNow:
    """An owner that decodes each slice when it is handed on."""

    def on_slice(self, connection: Connection, pieces: list[bytes], stamps: array[int], last: bool) -> None:
        connection.decoder.take(pieces, stamps, last)

    def on_done(self, connection: Connection) -> None: ...


def read(raw: bytes, cuts: list[int], keep_text: bool = False) -> RequestRecord:
    """The record of an answer whose bytes come in these pieces, and then a closed connection."""
    connection = Connection(DecodeNow(), Ear(), False, keep_text)
    connection.connection_made(Wire())  # type: ignore[arg-type]
    record = RequestRecord(0, 0, tokens_asked=50)
    connection.send(record, b"request")
    for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        if start < end:
            connection.data_received(raw[start:end])
    connection.connection_lost(None)
    return record


def said(record: RequestRecord) -> dict[str, object]:
    """What a record says but for when, and in which words a fault is described."""
    fields = msgspec.structs.asdict(record)
    times = {"sent", "first_byte", "first_token", "first_visible", "last_token", "done", "chunk_times"}
    happened = {name: fields[name] is not None for name in times}
    rest = {name: value for name, value in fields.items() if name not in times | {"detail"}}
    return rest | happened | {"stamps": len(record.times())}


def chat(delta: dict[str, object]) -> bytes:
    return b"data: " + msgspec.json.encode({"choices": [{"delta": delta, "finish_reason": None}]}) + b"\n\n"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
COMPLETION = TEXTS.map(
    lambda text: (
        b"data: " + msgspec.json.encode({"choices": [{"text": text, "finish_reason": None}]}) + b"\n\n"
    )
)
EVENTS = st.one_of(
    COMPLETION,
    st.sampled_from([text_event(f" w{n}") for n in range(9)]),
    TEXTS.map(lambda text: chat({"content": text})),
    TEXTS.map(lambda text: chat({"reasoning_content": text})),
    st.sampled_from([chat({"role": "assistant", "content": ""}), chat({}), b": ping\n\n", b"\n\n"]),
    st.sampled_from([text_event(" a", newline=b"\r\n"), b"event: x\r\ndata: {}\r\n\r\n", b"data:{}\n\n"]),
    st.sampled_from([usage_event(9, 4), usage_event(9, 40), usage_event(9, 99), DONE]),
)
BROKEN = st.sampled_from([b"data: {oops\n\n", b'data: {"error":{"message":"x"}}\n\n', b"data: \xff\n\n"])
BODIES = st.lists(st.one_of(EVENTS, EVENTS, EVENTS, BROKEN), max_size=40).map(b"".join)
ENDS = st.sampled_from([text_event(" z", "stop") + DONE, text_event(" z", "length"), DONE, b"", b"data: {"])
TAILS = st.sampled_from([END, b"", b"0\r\nx-trailer: 1\r\n\r\n", b"zz\r\n"])


def framed(body: bytes, sizes: list[int]) -> bytes:
    """The body in HTTP chunks of these sizes, over and over."""
    out, at, number = b"", 0, 0
    while at < len(body):
        size = sizes[number % len(sizes)]
        out += chunk(body[at : at + size])
        at, number = at + size, number + 1
    return out


@given(BODIES, ENDS, TAILS, st.lists(st.integers(1, 400), min_size=1, max_size=5), st.booleans(), st.data())
@example(b"", text_event(" é", "stop"), END, [1], True, None)
def test_any_cut_of_the_bytes_gives_the_same_record(
    body: bytes, end: bytes, tail: bytes, sizes: list[int], keep_text: bool, data: st.DataObject | None
) -> None:
    raw = HEAD + framed(body + end, sizes) + tail
    whole = said(read(raw, [], keep_text))
    assert said(read(raw, list(range(1, len(raw))), keep_text)) == whole
    if data is not None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=30)))
        assert said(read(raw, cuts, keep_text)) == whole


@given(st.lists(TEXTS, min_size=1, max_size=30), st.data())
def test_the_text_survives_any_cut(texts: list[str], data: st.DataObject) -> None:
    body = b"".join(chat({"content": text}) for text in texts) + text_event("", "stop") + DONE
    raw = HEAD + framed(body, data.draw(st.lists(st.integers(1, 90), min_size=1, max_size=3))) + END
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=20)))
    record = read(raw, cuts, keep_text=True)
    assert record.text == "".join(texts)
    assert record.chunks == sum(map(bool, texts))
