"""A closed loop against the scheduler in virtual time: the figures of one operating point."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from isoline.numerics.engine.deployment import Deployment
from isoline.numerics.engine.roofline import Cost
from isoline.numerics.engine.scheduler import Limits, Scheduler, Sequence, Step
from isoline.numerics.order import quantile

SHORTEST = 0.8  # of the nominal lengths: InferenceX draws uniformly from [0.8 L, L]


@dataclass(frozen=True, slots=True)
class Figures:
    """One operating point of one replica: seconds (medians), tokens/s over all its GPUs, watts per GPU."""

    requests: int
    ttft: float
    tpot: float
    e2e: float
    input_rate: float
    output_rate: float
    watts: float
    preemptions: int


def watts(d: Deployment, cost: Cost) -> float:
    """Power of one GPU during a step: from idle to its TDP as its busier part is busy. A crude model."""
    return d.idle_watts + (d.peak_watts - d.idle_watts) * cost.load


@dataclass(slots=True)
class _Life:
    submitted: float
    first: float = 0.0


def closed_loop(
    deployment: Deployment,
    isl: int,
    osl: int,
    concurrency: int,
    *,
    requests: int | None = None,
    seed: int = 0,
    limits: Limits | None = None,
) -> Figures:
    """Keep `concurrency` requests in flight until `requests` after the first ones have been answered.

    The first `concurrency` requests are cut short at random places, so that they end one by one as in a
    run that has been going on for long; they are not measured.
    """
    return _Loop(Scheduler(deployment, limits), isl, osl, concurrency, seed).run(
        requests or max(4, concurrency)
    )


class _Loop:
    def __init__(self, scheduler: Scheduler, isl: int, osl: int, concurrency: int, seed: int) -> None:
        self.scheduler, self.concurrency = scheduler, concurrency
        self._lengths = _lengths(isl, osl, concurrency, seed)
        self._lives: dict[Sequence, _Life] = {}
        self._coming: deque[float] = deque()  # when each was submitted: taken in `host_request` later
        self._ended: list[tuple[float, float, float, int, int]] = []  # ttft, e2e, tpot, tokens in, out
        self._delay = scheduler.deployment.efficiency.host_request
        self._now = self._joules = 0.0

    def run(self, requests: int) -> Figures:
        for _ in range(self.concurrency):
            self._submit()
        self._until(self.concurrency)
        began, output, energy = self._now, self._generated(), self._joules
        prompts = self.scheduler.counters.prompt_tokens
        self._ended.clear()
        self._until(requests)
        seconds = self._now - began
        measured = [sorted(column) for column in zip(*(row[:3] for row in self._ended), strict=True)]
        ttft, e2e, tpot = (quantile(values, 0.5) for values in measured)
        return Figures(
            requests=len(self._ended),
            ttft=ttft,
            tpot=tpot,
            e2e=e2e,
            input_rate=(self.scheduler.counters.prompt_tokens - prompts) / seconds,
            output_rate=(self._generated() + sum(row[4] for row in self._ended) - output) / seconds,
            watts=(self._joules - energy) / seconds,
            preemptions=self.scheduler.counters.preemptions,
        )

    def _until(self, requests: int) -> None:
        while len(self._ended) < requests:
            self._take_in()
            step = self.scheduler.step()
            if step is None:  # nothing to do before the next request is taken in
                self._now = self._coming[0] + self._delay
            else:
                self._take(step)

    def _take_in(self) -> None:
        while self._coming and self._coming[0] + self._delay <= self._now:
            submitted = self._coming.popleft()
            self._lives[self.scheduler.add(*next(self._lengths))] = _Life(submitted)

    def _take(self, step: Step) -> None:
        d = self.scheduler.deployment
        self._now += step.cost.total
        self._joules += step.cost.total * watts(d, step.cost)
        for sequence in step.started:
            life = self._lives[sequence]
            life.first = life.first or self._now
        for sequence in step.finished:
            life = self._lives.pop(sequence)
            decoding = (self._now - life.first) / max(1, sequence.osl - 1)
            spans = (life.first - life.submitted, self._now - life.submitted, decoding)
            self._ended.append((*spans, sequence.isl, sequence.osl))
            self._submit()

    def _submit(self) -> None:
        self._coming.append(self._now)

    def _generated(self) -> int:
        """Tokens of the requests in flight so far."""
        return sum(self.scheduler.emitted(sequence) for sequence in self._lives)


def _lengths(isl: int, osl: int, concurrency: int, seed: int) -> Iterator[tuple[int, int]]:
    draw = random.Random(f"closed loop/{seed}")
    number = 0
    while True:
        own = [draw.randint(max(1, round(length * SHORTEST)), length) for length in (isl, osl)]
        if number < concurrency:
            own[1] = max(1, round(own[1] * (number + 0.5) / concurrency))
        number += 1
        yield own[0], own[1]
