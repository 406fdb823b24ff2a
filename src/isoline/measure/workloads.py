"""Prompts of known length, seeded, that no prefix cache can serve."""

from __future__ import annotations

import hashlib
import math
import random
from array import array
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import msgspec

from isoline.errors import UsageError
from isoline.measure.words import word_table

FIXED, UNIFORM, LOGNORMAL = "fixed", "uniform", "lognormal"
OPENING = 16  # tokens of a prompt that are its own: a block of the usual prefix caches
POOL = 65_536  # tokens that prompts share, each from its own offset


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
        """The prompt of one request: an opening no other request has, then a stretch of a common pool.

        Prefix caches match from the first token on, so the pool's repetition is nothing to them.
        """
        opening, offset = self._opening(index)
        pool = _pool(self)
        rest = max(0, length - OPENING)
        return array("I", opening[:length]) + _stretch(pool.ids, offset, rest)

    def encoded_ids(self, index: int, length: int) -> bytes:
        """The same prompt as a JSON array: one copy out of the encoded pool."""
        opening, offset = self._opening(index)
        text = b",".join([b"%d" % token for token in opening[:length]])
        rest = length - OPENING
        if rest <= 0:
            return b"[%s]" % text
        pool = _pool(self)
        if offset + rest > POOL:
            return b"[%s,%s]" % (text, b",".join([b"%d" % i for i in _stretch(pool.ids, offset, rest)]))
        return b"[%s,%s]" % (text, pool.text[pool.starts[offset] : pool.starts[offset + rest] - 1])

    def words(self, index: int, length: int) -> str:
        """`length` common words, about one token each; the server's usage says how many tokens."""
        table = word_table()
        return " ".join([table[token & 255] for token in self.token_ids(index, length)])

    def _opening(self, index: int) -> tuple[list[int], int]:
        """Three tokens that spell the index, others drawn for it, and where in the pool to go on."""
        digest = hashlib.shake_128(f"{self.seed}/{self.salt}/{index}".encode()).digest(2 * OPENING + 4)
        span, low = self.vocab_high - self.vocab_low, self.vocab_low
        halves = array("H", digest[: 2 * OPENING])
        tokens = [low + (span * half >> 16) for half in halves]
        for place in range(3):
            tokens[place] = low + (index >> 8 * place & 255)
        return tokens, int.from_bytes(digest[-4:], "little") % (POOL // 2)

    @property
    def id(self) -> str:
        """Hash of everything but the salt: 16 hex digits."""
        fields = msgspec.to_builtins(self)
        fields.pop("salt")
        return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()[:16]


class _Pool(NamedTuple):
    """Random tokens, their JSON text, and where in it each token starts."""

    ids: array[int]
    text: bytes
    starts: array[int]


@lru_cache(maxsize=2)
def _pool(workload: Synthetic) -> _Pool:
    span, low = workload.vocab_high - workload.vocab_low, workload.vocab_low
    stream = hashlib.shake_128(f"{workload.seed}/{workload.salt}/pool".encode())
    ids = array("I", [low + (span * half >> 16) for half in array("H", stream.digest(2 * POOL))])
    pieces = [b"%d," % token for token in ids]
    return _Pool(ids, b"".join(pieces), array("Q", accumulate(map(len, pieces), initial=0)))


def _stretch(ids: array[int], offset: int, length: int) -> array[int]:
    """`length` tokens from `offset` on, round and round."""
    rounds = (offset + length) // len(ids) + 1
    return (ids * rounds)[offset : offset + length]
