"""Prompts of known length, seeded, that no prefix cache can serve."""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass

import msgspec

from isoline.domain.point import FIXED, LOGNORMAL, UNIFORM
from isoline.errors import UsageError


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
        return [self.lengths_of(index) for index in range(first, first + count)]

    def lengths_of(self, index: int) -> tuple[int, int]:
        """Input and output length, in tokens, of one request."""
        if self.lengths == FIXED:
            return self.isl, self.osl
        draw = random.Random(f"{self.seed}/{index}")
        return self._draw(draw, self.isl), self._draw(draw, self.osl)

    def _draw(self, draw: random.Random, length: int) -> int:
        if self.lengths == UNIFORM:
            return draw.randint(max(1, int(length * self.ratio)), length)
        return max(1, min(round(length * math.exp(draw.gauss(0.0, self.sigma))), 16 * length))

    @property
    def id(self) -> str:
        """Hash of everything but the salt: 16 hex digits."""
        fields = msgspec.to_builtins(self)
        fields.pop("salt")
        return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()[:16]
