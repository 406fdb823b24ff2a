"""Prompts of exact token lengths, cut out of any text or JSONL file."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from isoline.errors import InputError, UsageError
from isoline.measure.listed import Planned
from isoline.measure.prompts import OPENING, joined
from isoline.measure.target import CHAT
from isoline.measure.tokenizer import Tokenizer
from isoline.measure.words import word_table
from isoline.measure.workloads import Synthetic

MOST_CHARACTERS = 8 << 20  # of a file are read: two million tokens are variety enough
_FIELDS = (
    "text",
    "prompt",
    "content",
    "question",
    "instruction",
    "input",
    "turns",
    "messages",
    "conversations",
)
_VALUES = ("content", "value", "text")
_TRIES = 12


def read_text(path: Path) -> str:
    """A file's text: of JSON lines the usual text fields, of anything else all of it."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            raw = file.read(MOST_CHARACTERS)
    except OSError as problem:
        raise UsageError(f"{path}: {problem.strerror}; --dataset takes a text or JSONL file") from None
    text = "\n\n".join(_documents(raw, path)) if path.suffix in (".jsonl", ".ndjson") else raw
    if not text.strip():
        raise InputError(f"{path} holds no text (JSON fields looked for: {', '.join(_FIELDS)})")
    return text


def sample_text(
    text: str, tokenizer: Tokenizer, lengths: Synthetic, count: int, endpoint: str
) -> Iterator[Planned]:
    """`count` stretches of the text, at random places, with the lengths that `lengths` draws.

    Completions get token ids: exact. Chats get text that this tokenizer counts the same, or as near
    to it as cutting comes; each `isl` is what was counted, the opening's words included.
    """
    ids = tokenizer.encode(text)
    if len(ids) < 2:
        raise UsageError("the text is too short to sample: it has fewer than 2 tokens")
    for index in range(count):
        isl, osl = lengths.lengths_of(index)
        start = random.Random(f"text/{lengths.seed}/{index}").randrange(len(ids))
        if endpoint == CHAT:
            yield _as_text(ids, start, isl, osl, tokenizer)
        else:
            opening = opening_of(isl)
            yield Planned(isl, osl, ids=_stretch(ids, start, isl - opening), opening=opening)


def opening_of(isl: int) -> int:
    """How many tokens of a prompt are its own: a cache's block, half of a short prompt."""
    return min(OPENING, (isl + 1) // 2)


def count_opened(text: str, opening: int, tokenizer: Tokenizer) -> int:
    """Tokens of a text behind an opening; any words do, since each is one token in the usual vocabularies."""
    return tokenizer.count(joined(" ".join(word_table()[:opening]), text))


def _stretch(ids: list[int], start: int, length: int) -> list[int]:
    """`length` tokens from `start` on, round and round."""
    end = start + length
    return (ids * (end // len(ids) + 1))[start:end]


def _as_text(ids: list[int], start: int, isl: int, osl: int, tokenizer: Tokenizer) -> Planned:
    """Text of `isl` tokens behind an opening: cutting changes how its ends tokenize, so adjust and count."""
    opening = opening_of(isl)
    length, best, best_count = max(1, isl - opening), "", 0
    for _ in range(_TRIES):
        text = tokenizer.decode(_stretch(ids, start, length)).strip("\ufffd")  # halves of characters
        found = count_opened(text, opening, tokenizer)
        if not best or abs(found - isl) < abs(best_count - isl):
            best, best_count = text, found
        if found == isl:
            break
        length = max(1, length + isl - found)
    return Planned(best_count, osl, text=best, opening=opening)


def _documents(raw: str, path: Path) -> Iterator[str]:
    decode = msgspec.json.decode
    lines = raw.splitlines()
    if len(raw) == MOST_CHARACTERS:
        lines = lines[:-1]  # cut short by us
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield from _strings(decode(line))
        except (msgspec.DecodeError, UnicodeError) as problem:
            raise InputError(f"{path}, line {number}: {problem}") from None


def _strings(value: object) -> Iterator[str]:
    """The text in one JSON line: a string, or what the usual fields hold."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for name in (*_FIELDS, *_VALUES):
            if value.get(name):
                yield from _strings(value[name])
                return
