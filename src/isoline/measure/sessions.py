"""A workload of conversations: each request repeats all that was said before it, and adds to it."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

import msgspec

from isoline.domain.point import FIXED
from isoline.errors import UsageError
from isoline.measure.workloads import Synthetic


@dataclass(frozen=True, slots=True)
class Sessions:
    """Conversations of `turns` requests; request `index` is turn `index % turns` of its session.

    The first prompt has `first_isl` tokens, each later one adds the answer and `isl` new tokens; each
    answer has `osl`. `lengths`, `ratio` and `sigma` vary the last three as in `Synthetic`. Between an
    answer and the next turn a user thinks for `think` seconds on average, exponentially distributed
    (`steady_think`: exactly). Answers are the server's own in chats. Token-id prompts hold as many
    random tokens in their place, since servers send text: a prefix cache then finds all but the answers.
    """

    turns: int
    first_isl: int
    isl: int
    osl: int
    think: float = 0.0
    steady_think: bool = False
    lengths: str = FIXED
    ratio: float = 0.8
    sigma: float = 0.5
    seed: int = 0
    salt: int = 0

    def __post_init__(self) -> None:
        if self.turns < 1:
            raise UsageError(f"a session has 1 turn at least, not {self.turns}")
        if self.think < 0:
            raise UsageError(f"a think time is not negative: {self.think}")
        _ = self.opening, self.later  # they check the lengths

    @property
    def opening(self) -> Synthetic:
        """Lengths and tokens of first turns, one index a session."""
        return self._part(self.first_isl, 0)

    @property
    def later(self) -> Synthetic:
        """Lengths and tokens that later turns add, one index a request."""
        return self._part(self.isl, 1)

    def added(self, index: int) -> tuple[int, int]:
        """Tokens that a request adds to its session's context, and those it asks for."""
        session, turn = divmod(index, self.turns)
        added, _ = self.later.lengths_of(index) if turn else self.opening.lengths_of(session)
        return added, self.later.lengths_of(index)[1]

    def lengths_of(self, index: int) -> tuple[int, int]:
        """Input and output length of a request, in tokens, if every answer has its full length."""
        turn = index % self.turns
        before = sum(sum(self.added(one)) for one in range(index - turn, index))
        added, osl = self.added(index)
        return before + added, osl

    def plan(self, count: int, first: int = 0) -> list[tuple[int, int]]:
        """Input and output length, in tokens, of requests `first` … `first + count - 1`."""
        return [self.lengths_of(index) for index in range(first, first + count)]

    def think_before(self, index: int) -> float:
        """Seconds between the end of the answer before a request and the request."""
        if index % self.turns == 0 or not self.think:
            return 0.0
        if self.steady_think:
            return self.think
        return random.Random(f"think/{self.seed}/{index}").expovariate(1 / self.think)

    @property
    def id(self) -> str:
        """Hash of everything but the salt: 16 hex digits."""
        fields = msgspec.to_builtins(self)
        fields.pop("salt")
        return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()[:16]

    def _part(self, isl: int, which: int) -> Synthetic:
        return Synthetic(
            isl, self.osl, self.lengths, self.ratio, self.sigma, 2 * self.seed + which, self.salt
        )  # fmt: skip
