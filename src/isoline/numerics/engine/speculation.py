"""Speculative decoding as its two numbers: how many tokens are drafted, how often one is accepted."""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from isoline.errors import UsageError

TABLE = 4_096  # steps after which the drawn lengths repeat


@dataclass(frozen=True, slots=True)
class Speculation:
    """`draft` tokens are guessed before each step; each is accepted with `acceptance` if all before it were.

    `method` is a catalog key. `layers` is the drafter's size in layers of the model itself: one for
    an MTP module or an EAGLE head.
    """

    method: str = "none"
    draft: int = 0
    acceptance: float = 0.0
    layers: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.method == "none") != (self.draft == 0):
            raise UsageError("a draft length and a method of speculative decoding belong together")
        if not 0 <= self.draft <= 16 or not 0 <= self.acceptance < 1:
            raise UsageError("draft length must be 0 to 16 and acceptance at least 0 and below 1")

    @property
    def tokens_per_step(self) -> float:
        """Expected tokens of one step: (1 - a^(k+1)) / (1 - a) (Leviathan et al. 2023, equation 1)."""
        a = self.acceptance
        return (1 - a ** (self.draft + 1)) / (1 - a)

    def steps_to(self, tokens: int, offset: int) -> int:
        """Steps after which a sequence that draws from `offset` on has at least `tokens` tokens."""
        if not self.draft:
            return tokens
        sums = _sums(self)
        rounds, rest = divmod(tokens + sums[offset] - 1, sums[TABLE])
        return rounds * TABLE + bisect_left(sums, rest + 1) - offset

    def tokens_after(self, steps: int, offset: int) -> int:
        """Tokens that a sequence which draws from `offset` on has after `steps` steps."""
        if not self.draft:
            return steps
        sums = _sums(self)
        rounds, rest = divmod(offset + steps, TABLE)
        return rounds * sums[TABLE] + sums[rest] - sums[offset]


NO_DRAFTS = Speculation()


@lru_cache(maxsize=16)
def _sums(speculation: Speculation) -> tuple[int, ...]:
    """Tokens after 0 ... TABLE steps, drawn once: every sequence walks the same table from its own offset."""
    draw = random.Random(f"drafts/{speculation.seed}")
    return (0, *accumulate(_length(draw, speculation) for _ in range(TABLE)))


def _length(draw: random.Random, speculation: Speculation) -> int:
    accepted = 0
    while accepted < speculation.draft and draw.random() < speculation.acceptance:
        accepted += 1
    return accepted + 1
