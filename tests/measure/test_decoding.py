"""The quick ways through a stream give what decoding every event gives."""

from __future__ import annotations

from array import array

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.measure.decoding import StreamDecoder
from isoline.measure.failures import Failure
from isoline.measure.records import RequestRecord
from isoline.measure.sse import StreamFault
from tests.measure.servers import DONE, text_event, tokens, usage_event


def decode(pieces: list[bytes], asked: int | None = None, slices: int = 10_000) -> RequestRecord:
    record = RequestRecord(0, 0, tokens_asked=asked, done=10**6)
    decoder = StreamDecoder(record)
    for at in range(0, len(pieces), slices):
        part = pieces[at : at + slices]
        decoder.feed(part, array("q", range(at + 1, at + 1 + len(part))))
    decoder.finish()
    return record


def chat(delta: dict[str, object], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + msgspec.json.encode({"id": "x", "choices": [choice]}) + b"\n\n"


def test_a_stream_of_single_event_pieces() -> None:
    pieces = [text_event(f" t{n}") for n in range(200)]
    pieces += [text_event(" end", "stop"), usage_event(7, 201), DONE]
    record = decode(pieces)
    assert (record.error, record.chunks, record.finish_reason) == (None, 201, "stop")
    assert list(record.times()) == list(range(1, 202))
    assert (record.first_token, record.first_visible, record.last_token) == (1, 1, 201)
    assert (record.tokens_out, record.tokens_out_source) == (201, "usage")
    assert (record.tokens_in, record.tokens_in_source) == (7, "usage")


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), min_size=1, max_size=60)


@given(TEXTS, st.booleans(), st.integers(1, 20), st.data())
def test_pieces_cut_anywhere_count_the_same(
    texts: list[str], spaced: bool, slices: int, data: st.DataObject
) -> None:
    """Empty texts are no tokens; quotes, escapes and braces in a text change nothing."""
    events = []
    for text in texts:
        body = msgspec.json.encode({"choices": [{"text": text, "finish_reason": None}]})
        events.append(b"data: " + (msgspec.json.format(body, indent=-0) if spaced else body) + b"\n\n")
    events.append(text_event("", "stop"))
    raw = b"".join(events)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=20)))
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    expected = sum(map(bool, texts))
    for given_pieces in (events, pieces):
        record = decode(given_pieces, slices=slices)
        assert record.chunks == expected
        if expected:
            assert record.error is None
    whole = decode(events, slices=slices)
    assert list(whole.times()) == [at + 1 for at, text in enumerate(texts) if text]


def test_several_events_a_piece_after_a_template_was_learned() -> None:
    one = [text_event(f" t{n}") for n in range(10)]
    record = decode([*one, b"".join(one), *one, text_event("x", "length")])
    assert record.chunks == 31


def test_reasoning_is_a_token_but_not_a_visible_one() -> None:
    pieces = [chat({"role": "assistant", "content": ""})]
    pieces += [chat({"reasoning_content": f" r{n}"}) for n in range(9)]
    pieces += [chat({"content": f" c{n}"}) for n in range(9)]
    record = decode([*pieces, chat({}, "stop"), DONE])
    assert (record.first_token, record.first_visible) == (2, 11)
    assert record.chunks == 18


def test_a_tool_call_is_visible() -> None:
    record = decode([chat({"tool_calls": [{"index": 0}]}), chat({"tool_calls": []}), chat({}, "tool_calls")])
    assert (record.chunks, record.first_visible) == (1, 1)


@pytest.mark.parametrize(("claimed", "asked"), [(2, None), (12, 10)])
def test_a_count_that_contradicts_the_stream_is_not_used(claimed: int, asked: int | None) -> None:
    record = decode([tokens(10), usage_event(5, claimed), DONE], asked)
    assert record.usage_wrong
    assert (record.tokens_out, record.tokens_out_source) == (10, "chunks")


def test_more_tokens_than_chunks_is_speculative_decoding_not_a_contradiction() -> None:
    record = decode([tokens(10), usage_event(5, 30), DONE], 30)
    assert (record.tokens_out, record.tokens_out_source, record.usage_wrong) == (30, "usage", False)


def test_without_usage_chunks_are_counted_and_said_so() -> None:
    record = decode([tokens(10)])
    assert (record.error, record.tokens_out, record.tokens_out_source) == (None, 10, "chunks")


def test_a_stream_that_stops_short_is_truncated() -> None:
    assert decode([text_event(" a"), text_event(" b")]).error == Failure.TRUNCATED
    assert decode([]).error == Failure.NO_TOKENS
    assert decode([DONE]).error == Failure.NO_TOKENS


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        (b"data: {not json}\n\n", Failure.BAD_EVENT),
        (b"data: [1]\n\n", Failure.BAD_EVENT),
        (b'data: {"error":{"message":"out of memory"}}\n\n', Failure.SERVER_ERROR),
    ],
)
def test_what_is_no_event_of_the_api_is_a_fault(piece: bytes, kind: Failure) -> None:
    with pytest.raises(StreamFault) as caught:
        decode([text_event(" a"), piece])
    assert caught.value.kind is kind
