"""Which requests share a step: continuous batching with chunked prefill and a bounded KV cache.

The order of business is vLLM's: running sequences decode first, what is left of the step's token
budget prefills, new sequences are admitted while their prompts fit the cache, and when it overflows
the youngest sequence is preempted and computed again later. A step costs the same work whatever the
number of sequences: each knows at which step it will end.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from isoline.errors import UsageError
from isoline.numerics.engine.deployment import Deployment
from isoline.numerics.engine.roofline import Cost, Work, step_cost
from isoline.numerics.engine.speculation import TABLE

_WATERMARK = 0.99  # of the cache: what admission leaves free for sequences to grow into


@dataclass(frozen=True, slots=True)
class Limits:
    """Sequences that may run at once, and tokens that one step may process."""

    sequences: int = 256
    step_tokens: int = 8_192


@dataclass(slots=True, eq=False)
class Sequence:
    """One request inside the engine. `kept` tokens were generated before its current stretch of decoding."""

    number: int
    isl: int
    osl: int
    kept: int = 0
    prefilled: int = 0
    held: int = 0  # tokens in the cache when it began to decode
    started: int = -1  # step before its first decoding step; -1: not decoding
    ends: int = -1  # step that ends it
    preemptions: int = 0

    @property
    def prompt(self) -> int:
        """Tokens to prefill: after a preemption also those it had generated."""
        return self.isl + self.kept

    @property
    def offset(self) -> int:
        """Where in the table of drawn acceptances it begins."""
        return self.number * 997 % TABLE


class Step(NamedTuple):
    """What a step did. `started` gave their first token (or resumed), `finished` their last."""

    cost: Cost
    started: tuple[Sequence, ...]
    finished: tuple[Sequence, ...]


@dataclass(slots=True)
class Counters:
    """Since the engine started; the names are vLLM's."""

    steps: int = 0
    prompt_tokens: int = 0
    preemptions: int = 0
    drafts: int = 0


class Scheduler:
    """The sequences of one replica. It has no clock: whoever calls `step` lets the time pass."""

    def __init__(self, deployment: Deployment, limits: Limits | None = None) -> None:
        self.deployment = deployment
        self.limits = limits or Limits()
        self.capacity = deployment.kv_capacity
        self.counters = Counters()
        self.waiting: deque[Sequence] = deque()
        self.running: dict[int, Sequence] = {}  # decoding, oldest first
        self._prefilling: dict[int, Sequence] = {}
        self._ends: list[tuple[int, int]] = []  # (step, number)
        self._numbers = count()
        self._mean = deployment.speculation.tokens_per_step
        self._context = _Context()

    def check(self, isl: int, osl: int) -> None:
        """`UsageError` if the cache can never hold such a request."""
        if isl < 1 or osl < 1 or isl + osl > self.capacity * _WATERMARK:
            raise UsageError(f"a request of {isl} + {osl} tokens does not fit a cache of {self.capacity:,}")

    def add(self, isl: int, osl: int) -> Sequence:
        """Queue a request; `UsageError` if the cache can never hold it."""
        self.check(isl, osl)
        sequence = Sequence(next(self._numbers), isl, osl)
        self.waiting.append(sequence)
        return sequence

    def cancel(self, sequence: Sequence) -> None:
        """Forget a request whose client is gone."""
        if sequence.number in self.running:
            self._leave(sequence)
        elif self._prefilling.pop(sequence.number, None) is None and sequence in self.waiting:
            self.waiting.remove(sequence)

    def emitted(self, sequence: Sequence) -> int:
        """Tokens of a sequence so far."""
        if sequence.started < 0:
            return sequence.kept
        steps = self.counters.steps - sequence.started
        new = self.deployment.speculation.tokens_after(steps, sequence.offset)
        return min(sequence.osl, sequence.kept + new)

    @property
    def used(self) -> float:
        """Tokens in the cache."""
        context = self._context.at(self.counters.steps, self._mean)
        return context + sum(sequence.prefilled for sequence in self._prefilling.values())

    @property
    def busy(self) -> int:
        """Sequences that have a place in the batch."""
        return len(self.running) + len(self._prefilling)

    def step(self) -> Step | None:
        """Do the work of one step; `None` when there is none."""
        if not (self.running or self._prefilling or self.waiting):
            return None
        self._make_room()
        decoding, context = len(self.running), self._context.at(self.counters.steps, self._mean)
        chunks = self._chunks()
        work = Work(decoding, context)
        if chunks:
            tokens = [after - before for _, before, after in chunks]
            pairs = sum((a + b) / 2 * n for (_, b, a), n in zip(chunks, tokens, strict=True))
            work = Work(decoding, context, sum(tokens), sum(after for *_, after in chunks), pairs)
        self.counters.steps += 1
        self.counters.prompt_tokens += work.prompt
        if self.deployment.speculation.draft:
            self.counters.drafts += decoding
        finished = self._finish()
        started, ended = self._advance(chunks)
        return Step(step_cost(self.deployment, work), started, finished + ended)

    def _make_room(self) -> None:
        """Preempt the youngest until every running sequence has room for its next tokens."""
        while self.running and self._reserved() > self.capacity and self.busy > 1:
            if self._prefilling:
                youngest = self._prefilling.pop(next(reversed(self._prefilling)))
            else:
                youngest = self.running[next(reversed(self.running))]
                youngest.kept = self.emitted(youngest)
                self._leave(youngest)
            youngest.prefilled = 0
            youngest.preemptions += 1
            self.counters.preemptions += 1
            self.waiting.appendleft(youngest)

    def _reserved(self) -> float:
        """Tokens that the cache may hold after this step: next tokens and whole prompts counted."""
        growth = (1 + self.deployment.speculation.draft) * len(self.running)
        prompts = sum(sequence.prompt for sequence in self._prefilling.values())
        return self._context.at(self.counters.steps, self._mean) + growth + prompts

    def _chunks(self) -> list[tuple[Sequence, int, int]]:
        """(sequence, tokens prefilled before, after) of this step, within its budget."""
        budget = self.limits.step_tokens - len(self.running) * (1 + self.deployment.speculation.draft)
        chunks: list[tuple[Sequence, int, int]] = []
        if not self._prefilling and not self.waiting:
            return chunks
        reserved = self._reserved()
        todo = iter(tuple(self._prefilling.values()))
        while budget > 0:
            sequence = next(todo, None) or self._admit(reserved)
            if sequence is None:
                break
            if not sequence.prefilled:
                reserved += sequence.prompt
            before = sequence.prefilled
            sequence.prefilled = min(sequence.prompt, before + budget)
            budget -= sequence.prefilled - before
            chunks.append((sequence, before, sequence.prefilled))
        return chunks

    def _admit(self, reserved: float) -> Sequence | None:
        if not self.waiting or self.busy >= self.limits.sequences:
            return None
        if self.busy and reserved + self.waiting[0].prompt > self.capacity * _WATERMARK:
            return None
        sequence = self.waiting.popleft()
        self._prefilling[sequence.number] = sequence
        return sequence

    def _finish(self) -> tuple[Sequence, ...]:
        """The sequences whose last token this step gave."""
        done: list[Sequence] = []
        while self._ends and self._ends[0][0] <= self.counters.steps:
            end, number = heappop(self._ends)
            sequence = self.running.get(number)
            if sequence is not None and sequence.ends == end:  # not cancelled or preempted since
                self._leave(sequence)
                sequence.kept = sequence.osl
                done.append(sequence)
        return tuple(done)

    def _advance(
        self, chunks: list[tuple[Sequence, int, int]]
    ) -> tuple[tuple[Sequence, ...], tuple[Sequence, ...]]:
        """Sequences whose prompt is complete have their next token; they decode, or have ended with it."""
        started = tuple(s for s, _, after in chunks if after == s.prompt)
        ended = []
        for sequence in started:
            del self._prefilling[sequence.number]
            sequence.held = sequence.prompt
            sequence.kept += 1
            if sequence.kept >= sequence.osl:
                ended.append(sequence)
            else:
                self._enter(sequence)
        return started, tuple(ended)

    def _enter(self, sequence: Sequence) -> None:
        sequence.started = self.counters.steps
        left = sequence.osl - sequence.kept
        sequence.ends = self.counters.steps + self.deployment.speculation.steps_to(left, sequence.offset)
        self.running[sequence.number] = sequence
        heappush(self._ends, (sequence.ends, sequence.number))
        self._context.enter(sequence.held, sequence.started)

    def _leave(self, sequence: Sequence) -> None:
        del self.running[sequence.number]
        self._context.leave(sequence.held, sequence.started)
        sequence.started = sequence.ends = -1


@dataclass(slots=True)
class _Context:
    """Tokens in the cache of all decoding sequences: each grows by the mean of a step, from its entry on."""

    entered: float = 0.0
    starts: int = 0
    sequences: int = 0

    def enter(self, held: int, step: int) -> None:
        self.entered += held
        self.starts += step
        self.sequences += 1

    def leave(self, held: int, step: int) -> None:
        self.entered -= held
        self.starts -= step
        self.sequences -= 1

    def at(self, step: int, mean: float) -> float:
        return self.entered + mean * (self.sequences * step - self.starts)
