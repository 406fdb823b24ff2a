"""The events of `/v1/completions` and `/v1/chat/completions`, and what each says about tokens."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec


class Usage(msgspec.Struct, gc=False):
    """Token counts as the server reports them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Delta(msgspec.Struct, gc=False):
    """What a chat event adds; reasoning is a token but not yet a visible one."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[msgspec.Raw] | None = None


class Choice(msgspec.Struct):
    """One continuation; `text` for completions, `delta` for chat."""

    text: str | None = None
    delta: Delta | None = None
    finish_reason: str | None = None


class Event(msgspec.Struct):
    """One event of either endpoint; unknown keys are skipped unread."""

    choices: list[Choice] = []
    usage: Usage | None = None
    error: object = None


decode_event = msgspec.json.Decoder(Event).decode

HIDDEN, VISIBLE = 1, 2  # 0: no token


def token_kind(event: Event) -> int:
    """0 when the event carries no token, HIDDEN for reasoning, VISIBLE for what a user sees."""
    if not event.choices:
        return 0
    choice = event.choices[0]
    if choice.text:
        return VISIBLE
    delta = choice.delta
    if delta is None:
        return 0
    if delta.content or delta.refusal:
        return VISIBLE
    if delta.reasoning_content or delta.reasoning:
        return HIDDEN
    return VISIBLE if delta.tool_calls else 0


class Template(NamedTuple):
    """The bytes around the text of a token event: they repeat within a stream.

    An event between `low` and `high` bytes long that starts with `prefix` and ends with `suffix`
    is one event like the one learned, with other, non-empty text: it needs no JSON decoding.
    """

    prefix: bytes
    suffix: bytes
    kind: int
    low: int
    high: int  # two events would be longer than this


_TEXT = re.compile(rb'"(?:text|content|reasoning_content|reasoning)":\s*"((?:[^"\\]|\\.)+)"')


def learn_template(piece: bytes, payload: bytes, event: Event, kind: int) -> Template | None:
    """The template of a token event that came as exactly one piece `data: …\\n\\n`."""
    choice = event.choices[0]
    called = choice.delta is not None and choice.delta.tool_calls
    if called or event.usage is not None or choice.finish_reason is not None:
        return None
    if piece != b"data: " + payload + b"\n\n":
        return None
    match = _TEXT.search(piece)
    if match is None or _TEXT.search(piece, match.end()):
        return None
    prefix, suffix = piece[: match.start(1)], piece[match.end(1) :]
    low = len(prefix) + len(suffix)
    return Template(prefix, suffix, kind, low, 2 * low)
