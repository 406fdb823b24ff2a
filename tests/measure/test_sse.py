"""Events come out the same however the bytes are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.measure.failures import Failure
from isoline.measure.sse import MAX_EVENT_BYTES, EventSplitter, StreamFault, is_one_event

NEWLINES = st.sampled_from([b"\n", b"\r\n", b"\r"])
TEXT = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)


def split(pieces: list[bytes]) -> list[bytes]:
    splitter = EventSplitter()
    events = [event for piece in pieces for event in splitter.feed(piece)]
    return events + splitter.finish()


@st.composite
def streams(draw: st.DrawFn) -> tuple[bytes, list[bytes]]:
    """The bytes of a stream and the payloads in it."""
    raw, payloads = b"", []
    for _ in range(draw(st.integers(0, 6))):
        newline = draw(NEWLINES)
        if draw(st.booleans()):
            raw += b": keep-alive" + newline + draw(st.sampled_from([b"", newline]))
        if draw(st.booleans()):
            raw += b"event: message" + newline
        lines = draw(st.lists(TEXT, min_size=1, max_size=3))
        space = draw(st.sampled_from([b"", b" "]))
        if not space and lines[0].startswith(" "):
            space = b" "
        spaces = [space if not line.startswith(" ") else b" " for line in lines]
        raw += b"".join(b"data:" + s + t.encode() + newline for s, t in zip(spaces, lines, strict=True))
        raw += newline
        payloads.append("\n".join(lines).encode())
    return raw, payloads


@given(streams(), st.data())
def test_any_split_gives_the_same_events(stream: tuple[bytes, list[bytes]], data: st.DataObject) -> None:
    raw, payloads = stream
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    assert split(pieces) == payloads
    assert split([raw[at : at + 1] for at in range(len(raw))]) == payloads


def test_a_byte_order_mark_is_skipped() -> None:
    assert split([b"\xef\xbb\xbfdata: x\n\n"]) == [b"x"]


def test_an_event_without_its_last_empty_line_counts_at_the_end() -> None:
    assert split([b"data: a\n\ndata: [DONE]"]) == [b"a", b"[DONE]"]


@pytest.mark.parametrize("size", [1_000, 65_536])
def test_an_endless_line_is_refused(size: int) -> None:
    splitter = EventSplitter()
    for _ in range(MAX_EVENT_BYTES // size):
        splitter.feed(b"x" * size)
    with pytest.raises(StreamFault) as caught:
        splitter.feed(b"x" * size)
    assert caught.value.kind is Failure.EVENT_TOO_LONG


def test_endless_data_lines_are_refused() -> None:
    splitter = EventSplitter()
    for _ in range(MAX_EVENT_BYTES // 1_000):
        splitter.feed(b"data: " + b"x" * 1_000 + b"\n")
    with pytest.raises(StreamFault):
        splitter.feed(b"data: " + b"x" * 1_000 + b"\n")


@pytest.mark.parametrize(
    ("piece", "whole"),
    [
        (b"data: {}\n\n", True),
        (b"data: {}\n", False),
        (b"data: {}\r\n\r\n", False),
        (b"data: {}\n\ndata: {}\n\n", False),
        (b": x\n\n", False),
    ],
)
def test_one_whole_event_is_recognised(piece: bytes, whole: bool) -> None:
    assert is_one_event(piece) is whole
