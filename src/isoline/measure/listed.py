"""A workload that is a file: one line a request, with its exact lengths, and what its prompt is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

from isoline.errors import InputError, UsageError


class Planned(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One request. `isl` counts all of the prompt; `osl` is what is asked for.

    Its prompt is one of: `ids`, token ids; `text`; `blocks`, numbers of which each stands for
    `block` tokens that every prompt with that number shares (how traces record what prompts have in
    common); or nothing, for random tokens. Before `ids` and `text` come `opening` tokens (or words)
    that no other request of any run has, so that no prefix cache can serve it; 0: the prompt is sent
    as it stands. They are part of `isl`.
    """

    isl: int
    osl: int
    ids: list[int] | None = None
    text: str | None = None
    blocks: list[int] | None = None
    block: int = 512
    opening: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """The requests of a file that `write_plan` wrote; from its end on they start over.

    A new `salt` makes openings, and blocks, new: a server that has seen the list has nothing cached.
    """

    path: str
    salt: int = 0
    vocab_low: int = 1_000
    vocab_high: int = 30_000

    def plan(self, count: int, first: int = 0) -> list[tuple[int, int]]:
        """Input and output length, in tokens, of requests `first` … `first + count - 1`."""
        return [self.lengths_of(index) for index in range(first, first + count)]

    def lengths_of(self, index: int) -> tuple[int, int]:
        one = self.planned(index)
        return one.isl, one.osl

    def planned(self, index: int) -> Planned:
        """The request with that number."""
        requests = _read(self.path)
        return requests[index % len(requests)]

    @property
    def length(self) -> int:
        """How many requests the list holds."""
        return len(_read(self.path))

    @property
    def id(self) -> str:
        """Hash of the whole list: 16 hex digits."""
        return hashlib.sha256(Path(self.path).read_bytes()).hexdigest()[:16]


def write_plan(path: Path, requests: Iterable[Planned]) -> Listed:
    """Store the exact list, one JSON line a request."""
    lines = b"\n".join(map(msgspec.json.encode, requests))
    if not lines:
        raise UsageError(f"{path}: a workload needs one request at least")
    path.write_bytes(lines + b"\n")
    _read.cache_clear()
    return Listed(str(path))


@lru_cache(maxsize=2)
def _read(path: str) -> list[Planned]:
    found: list[Planned] = []
    decode = msgspec.json.Decoder(Planned).decode
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                found.append(decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError) as problem:
                raise InputError(f"{path}, line {number}: {problem}") from None
    return found
