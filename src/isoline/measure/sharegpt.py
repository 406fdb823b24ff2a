"""Conversations in ShareGPT's JSON: the first question as prompt, its answer's length as output length."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from isoline.errors import InputError, UsageError
from isoline.measure.listed import Planned
from isoline.measure.prompts import OPENING
from isoline.measure.target import CHAT
from isoline.measure.texts import count_opened
from isoline.measure.tokenizer import Tokenizer

LEAST, MOST_ISL, MOST_TOTAL = 4, 1_024, 2_048  # tokens; the bounds that vLLM's and SGLang's clients set


class Message(msgspec.Struct):
    """One message; data sets write `from`/`value` or `role`/`content`."""

    value: str | None = None
    content: str | None = None

    @property
    def words(self) -> str:
        return self.value or self.content or ""


class Conversation(msgspec.Struct):
    conversations: list[Message] = []
    messages: list[Message] = []


def read_sharegpt(
    path: Path, tokenizer: Tokenizer, count: int, endpoint: str, seed: int = 0, osl: int | None = None
) -> Iterator[Planned]:
    """At most `count` conversations in seeded order, those without an answer or out of bounds left out.

    `osl` asks for that many tokens instead of the recorded answer's number. Each prompt is preceded
    by an opening of OPENING words that is counted in its length.
    """
    conversations = _read(path)
    random.Random(f"sharegpt/{seed}").shuffle(conversations)
    found = 0
    for conversation in conversations:
        if found == count:
            return
        one = _planned(conversation, tokenizer, endpoint, osl)
        if one is not None:
            found += 1
            yield one
    if not found:
        raise InputError(f"{path} holds no conversation of {LEAST} to {MOST_TOTAL} tokens")


def _planned(
    conversation: Conversation, tokenizer: Tokenizer, endpoint: str, osl: int | None
) -> Planned | None:
    messages = conversation.conversations or conversation.messages
    if len(messages) < 2:
        return None
    question = messages[0].words
    ids = tokenizer.encode(question)
    asked = osl or tokenizer.count(messages[1].words)
    if not (LEAST <= len(ids) <= MOST_ISL and asked >= LEAST and len(ids) + asked <= MOST_TOTAL):
        return None
    if endpoint == CHAT:
        isl = count_opened(question, OPENING, tokenizer)
        return Planned(isl, asked, text=question, opening=OPENING)
    return Planned(len(ids) + OPENING, asked, ids=ids, opening=OPENING)


def _read(path: Path) -> list[Conversation]:
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}") from None
    try:
        if raw.lstrip().startswith(b"["):
            return msgspec.json.decode(raw, type=list[Conversation])
        return msgspec.json.Decoder(Conversation).decode_lines(raw)
    except (msgspec.DecodeError, UnicodeError) as problem:
        raise InputError(f"{path} is not ShareGPT's JSON: {problem}") from None
