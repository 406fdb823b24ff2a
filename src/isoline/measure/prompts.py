"""The tokens of a synthetic workload's prompts, and their JSON, without building either token by token."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable
from itertools import accumulate

from isoline.measure.words import word_table
from isoline.measure.workloads import Synthetic

OPENING = 16  # tokens of a prompt that are its own: a block of the usual prefix caches
POOL = 65_536  # tokens that prompts share, each from its own offset


def joined(words: str, text: str) -> str:
    """An opening and the text after it."""
    return f"{words}\n\n{text}"


class Prompts:
    """Every prompt is an opening no other request has, then a stretch of a common random pool.

    Prefix caches match from the first token on, so the pool's repetition is nothing to them. Token
    ids follow from seed, salt and index alone.
    """

    def __init__(self, workload: Synthetic) -> None:
        self._key = f"{workload.seed}/{workload.salt}/"
        self._low, self._span = workload.vocab_low, workload.vocab_high - workload.vocab_low
        halves = array("H", hashlib.shake_128(f"{self._key}pool".encode()).digest(2 * POOL))
        self._ids = array("I", [self._token(half) for half in halves])
        pieces = [b"%d," % token for token in self._ids]
        self._text = b"".join(pieces)
        self._starts = array("Q", accumulate(map(len, pieces), initial=0))

    def token_ids(self, index: int, length: int) -> array[int]:
        """The prompt of one request."""
        opening, offset = self._opening(index)
        return array("I", opening[:length]) + self._stretch(offset, max(0, length - OPENING))

    def encoded_ids(self, index: int, length: int) -> bytes:
        """The same prompt as a JSON array: one copy out of the encoded pool."""
        opening, offset = self._opening(index)
        text = str(opening[:length]).encode()  # a list of integers reads the same in JSON
        rest = length - OPENING
        if rest <= 0:
            return text
        if offset + rest > POOL:
            tail = b",".join([b"%d" % token for token in self._stretch(offset, rest)])
        else:
            tail = self._text[self._starts[offset] : self._starts[offset + rest] - 1]
        return b"%s,%s]" % (text[:-1], tail)

    def words(self, index: int, length: int) -> str:
        """`length` common words, about one token each; the server's usage says how many tokens."""
        return self.as_words(self.token_ids(index, length))

    def opened(self, index: int, text: str, opening: int) -> str:
        """Text behind so many words of its own."""
        return joined(self.words(index, opening), text) if opening else text

    @staticmethod
    def as_words(tokens: Iterable[int]) -> str:
        """A common word for each token."""
        table = word_table()
        return " ".join([table[token & 255] for token in tokens])

    def _token(self, half: int) -> int:
        return self._low + (self._span * half >> 16)

    def _opening(self, index: int) -> tuple[list[int], int]:
        """Three tokens that spell the index, others drawn for it, and where in the pool to go on."""
        digest = hashlib.shake_128(f"{self._key}{index}".encode()).digest(2 * OPENING + 4)
        low, span = self._low, self._span
        tokens = [low + (span * half >> 16) for half in array("H", digest[6:-4])]
        spelled = [low + (index & 255), low + (index >> 8 & 255), low + (index >> 16 & 255)]
        return spelled + tokens, int.from_bytes(digest[-4:], "little") % (POOL // 2)

    def _stretch(self, offset: int, length: int) -> array[int]:
        """`length` tokens of the pool from `offset` on, round and round."""
        rounds = (offset + length) // POOL + 1
        return (self._ids * rounds)[offset : offset + length]
