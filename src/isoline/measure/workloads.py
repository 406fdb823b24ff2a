"""Prompts of known length, seeded, that no prefix cache can serve."""

from __future__ import annotations

import hashlib
import math
import random
from array import array
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from isoline.errors import UsageError
from isoline.measure.words import word_table

FIXED, UNIFORM, LOGNORMAL = "fixed", "uniform", "lognormal"
_SPAN = 65_536  # two random bytes choose a token
_MARK_TOKENS = 3  # leading tokens that spell a request's index


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Random token ids (completions) or random common words (chat).

    `isl` and `osl` are tokens: exactly that many when `lengths` is `fixed`, the upper end of
    [ratio x L, L] when `uniform` (InferenceX's shape), the median when `lognormal`. `salt` differs
    from run to run so that a server that has seen the same seed before has nothing cached; lengths
    ignore it.
    Token ids lie in [vocab_low, vocab_high).
    """

    isl: int
    osl: int
    lengths: str = FIXED
    ratio: float = 0.8
    sigma: float = 0.5
    seed: int = 0
    salt: int = 0
    vocab_low: int = 1_000  # below lie special tokens, bytes and punctuation in most vocabularies
    vocab_high: int = 30_000  # every widely used vocabulary is larger

    def __post_init__(self) -> None:
        if self.isl < 1 or self.osl < 1:
            raise UsageError(f"lengths must be at least 1 token, not {self.isl}/{self.osl}")
        if self.lengths not in (FIXED, UNIFORM, LOGNORMAL):
            raise UsageError(f"lengths {self.lengths!r} is unknown; use fixed, uniform or lognormal")
        if not 0 < self.ratio <= 1:
            raise UsageError(f"ratio {self.ratio} is not in (0, 1]")
        if not 0 <= self.vocab_low < self.vocab_high - 255:
            raise UsageError("the vocabulary range must hold at least 256 token ids")

    def plan(self, count: int, first: int = 0) -> list[tuple[int, int]]:
        """Input and output length, in tokens, of requests `first` … `first + count - 1`."""
        return [self._lengths_of(index) for index in range(first, first + count)]

    def _lengths_of(self, index: int) -> tuple[int, int]:
        if self.lengths == FIXED:
            return self.isl, self.osl
        draw = random.Random(f"{self.seed}/{index}")
        return self._draw(draw, self.isl), self._draw(draw, self.osl)

    def _draw(self, draw: random.Random, length: int) -> int:
        if self.lengths == UNIFORM:
            return draw.randint(max(1, int(length * self.ratio)), length)
        return max(1, min(round(length * math.exp(draw.gauss(0.0, self.sigma))), 16 * length))

    def token_ids(self, index: int, length: int) -> array[int]:
        """The prompt of one request. It begins with its index, so that no two share a prefix."""
        table = _ids(self.vocab_low, self.vocab_high)
        return array("I", map(table.__getitem__, self._halves(index, length)))

    def encoded_ids(self, index: int, length: int) -> bytes:
        """The same prompt as a JSON array."""
        table = _encoded_ids(self.vocab_low, self.vocab_high)
        return b"[%s]" % b",".join(map(table.__getitem__, self._halves(index, length)))

    def words(self, index: int, length: int) -> str:
        """`length` common words, about one token each; the server's usage says how many tokens."""
        table = word_table()
        return " ".join([table[h & 255] for h in self._halves(index, length)])

    def _halves(self, index: int, length: int) -> array[int]:
        """Two random bytes a token; the first three are the index, in steps that every table keeps apart."""
        stream = hashlib.shake_128(f"{self.seed}/{self.salt}/{index}".encode())
        halves = array("H", stream.digest(2 * length))
        for place in range(min(_MARK_TOKENS, length)):
            digit = index >> 8 * place & 255
            halves[place] = digit << 8 | digit
        return halves

    @property
    def id(self) -> str:
        """Hash of everything but the salt: 16 hex digits."""
        fields = msgspec.to_builtins(self)
        fields.pop("salt")
        return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()[:16]


@lru_cache(maxsize=4)
def _ids(low: int, high: int) -> list[int]:
    """The token id that each value of two random bytes stands for."""
    return [low + ((high - low) * half >> 16) for half in range(_SPAN)]


@lru_cache(maxsize=4)
def _encoded_ids(low: int, high: int) -> list[bytes]:
    return [b"%d" % number for number in _ids(low, high)]
