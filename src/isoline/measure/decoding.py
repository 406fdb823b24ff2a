"""From the stamped pieces of one response to its request record, outside the timed path."""

from __future__ import annotations

from array import array

import msgspec

from isoline.measure.events import VISIBLE, Event, Template, Usage, decode_event, learn_template, token_kind
from isoline.measure.failures import Failure
from isoline.measure.records import FROM_CHUNKS, FROM_PROMPT, FROM_USAGE, RequestRecord
from isoline.measure.sse import EventSplitter, StreamFault, is_one_event

_LEARNING_TRIES = 4
_BULK = 4  # pieces from which the scan beats the loop
_CLOSING = 3  # pieces that usually end a stream: finish reason, usage, [DONE]


class StreamDecoder:
    """Reads the event stream of one response; fed in slices, in order of arrival."""

    __slots__ = (
        "_keep",
        "_splitter",
        "_stamps",
        "_template",
        "_text",
        "_tries",
        "_usage",
        "broken",
        "done",
        "record",
        "waiting",
    )

    def __init__(self, record: RequestRecord, keep_text: bool = False) -> None:
        self.record = record
        self.done = False  # [DONE] was read
        self.broken = False  # a fault was found: what follows is not read
        self.waiting = 0  # slices that wait to be decoded
        self._splitter = EventSplitter()
        self._stamps = array("q")
        self._template: Template | None = None
        self._tries = _LEARNING_TRIES
        self._usage: Usage | None = None
        self._keep = keep_text
        self._text: list[str] = []

    @property
    def finished(self) -> bool:
        """The server said that no token will follow."""
        return self.done or self.record.finish_reason is not None

    def take(self, pieces: list[bytes], stamps: array[int], last: bool) -> StreamFault | None:
        """Feed a slice and, after the last one, finish; returns a fault when it is found.

        What a stream says comes before how it ended, however late it is decoded: a fault replaces
        the error of a connection that broke after it.
        """
        fault = None
        try:
            if not self.broken:
                self.feed(pieces, stamps)
            if last:
                self.finish()
        except StreamFault as found:
            fault, self.broken = found, True
            self.record.error, self.record.detail = found.kind, found.detail
            if last:
                self.finish()
        return fault

    def feed(self, pieces: list[bytes], stamps: array[int]) -> None:
        """Body pieces and the arrival of each, in nanoseconds."""
        at, end = 0, len(pieces)
        while at < end:
            template = self._template
            if template is not None and self._splitter.idle:
                run = _matching(pieces, at, template)
                if run > at:
                    self._token(stamps[at], template.kind)
                    self._stamps.extend(stamps[at + 1 : run])
                    at = run
                    self._tries = _LEARNING_TRIES
                    continue
            piece = pieces[at]
            if self._splitter.idle and is_one_event(piece):
                self._event(piece[6:-2], stamps[at], piece)  # one event, whole: the usual case
            else:
                for payload in self._splitter.feed(piece):
                    self._event(payload, stamps[at], piece)
            at += 1

    def finish(self) -> None:
        """The response ended, in full unless the record holds an error; completes the record."""
        record = self.record
        if record.error is None and not self._splitter.idle:
            stamp = record.done or record.scheduled
            for payload in self._splitter.finish():
                self._event(payload, stamp, b"")
        record.chunks = len(self._stamps)
        record.chunk_times = self._stamps.tobytes()
        if self._stamps:
            record.last_token = self._stamps[-1]
        if self._keep:
            record.text = "".join(self._text)
        self._count_tokens()
        if record.error is None and not self.finished:
            kind = Failure.TRUNCATED if self._stamps else Failure.NO_TOKENS
            record.error, record.detail = kind, "the stream ended without a finish reason or [DONE]"
        elif record.error is None and not self._stamps:
            record.error, record.detail = Failure.NO_TOKENS, "the stream held no token"

    def _event(self, payload: bytes, stamp: int, piece: bytes) -> None:
        if payload == b"[DONE]":
            self.done = True
            return
        try:
            event = decode_event(payload)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            raise StreamFault(Failure.BAD_EVENT, f"{problem}: {payload[:200]!r}") from None
        if event.error is not None:
            raise StreamFault(
                Failure.SERVER_ERROR, msgspec.json.encode(event.error)[:500].decode("utf-8", "replace")
            )
        if event.usage is not None:
            self._usage = event.usage
        if event.choices and event.choices[0].finish_reason is not None:
            self.record.finish_reason = event.choices[0].finish_reason
        kind = token_kind(event)
        if kind:
            self._token(stamp, kind)
            if self._keep:
                self._text.append(_text_of(event))
            elif self._tries:
                self._tries -= 1
                self._template = learn_template(piece, payload, event, kind)

    def _token(self, stamp: int, kind: int) -> None:
        self._stamps.append(stamp)
        if self.record.first_token is None:
            self.record.first_token = stamp
        if kind == VISIBLE and self.record.first_visible is None:
            self.record.first_visible = stamp

    def _count_tokens(self) -> None:
        record, usage = self.record, self._usage
        if usage is not None and usage.prompt_tokens is not None and record.tokens_in_source != FROM_PROMPT:
            record.tokens_in, record.tokens_in_source = usage.prompt_tokens, FROM_USAGE
        if usage is None or usage.completion_tokens is None:
            record.tokens_out, record.tokens_out_source = record.chunks, FROM_CHUNKS
            return
        count, asked = usage.completion_tokens, record.tokens_asked
        record.tokens_out, record.tokens_out_source = count, FROM_USAGE
        # a chunk holds at least one token, and no server may send more than was asked
        if count < record.chunks or (asked is not None and count > asked):
            record.usage_wrong = True
            record.tokens_out, record.tokens_out_source = record.chunks, FROM_CHUNKS


def _matching(pieces: list[bytes], at: int, template: Template) -> int:
    """Index after the run of pieces from `at` that are each one token event like the template."""
    end = len(pieces)
    if len(pieces[-1]) <= template.low:  # a stream's last slice: [DONE] matches nothing
        end -= _CLOSING
    if end - at >= _BULK and _all_match(pieces[at:end], template):
        return end
    prefix, suffix, low, high = template.prefix, template.suffix, template.low, template.high
    for piece in pieces[at:] if at else pieces:
        if not (low < len(piece) < high and piece.startswith(prefix) and piece.endswith(suffix)):
            break
        at += 1
    return at


def _all_match(pieces: list[bytes], template: Template) -> bool:
    """The same question for all pieces at once: one scan in C, a third of the loop's time.

    The comma can stand between an event's end and the next one's start only where two pieces meet.
    """
    sizes = list(map(len, pieces))
    if min(sizes) <= template.low or max(sizes) >= template.high:
        return False
    text = b",".join(pieces)
    joint = template.suffix + b"," + template.prefix
    return (
        text.startswith(template.prefix)
        and text.endswith(template.suffix)
        and text.count(joint) == len(pieces) - 1
    )


def _text_of(event: Event) -> str:
    choice = event.choices[0]
    if choice.text:
        return choice.text
    delta = choice.delta
    return (delta and (delta.content or delta.reasoning_content or delta.reasoning)) or ""
