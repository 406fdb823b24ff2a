"""How requests are offered: a number of streams kept busy, arrivals at a rate, or at given times."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from isoline.errors import UsageError

CONSTANT, POISSON, GAMMA = "constant", "poisson", "gamma"
_STAGGER_PER_STREAM = 0.00025  # seconds
_WARM_SECONDS = 2  # arrivals of an open loop that make a round of its warm-up
SMALLEST_ROUND = 8  # requests of a warm-up's round, at least


@dataclass(frozen=True, slots=True)
class Load:
    """Closed loop when `concurrency` is given, open loop when `rate` (requests per second) or `times` is.

    The run ends after `requests` or after `duration` seconds of offering, whichever is given;
    what is in flight then is awaited. `stagger` spreads the first requests of a closed loop over
    that many seconds (`None`: 0.25 ms a stream), since a wave of simultaneous starts is a load no
    users make. `shape` is gamma's: 1 is Poisson, smaller is burstier. With `ramp_to` the rate
    changes linearly from `rate` to that, over `duration`. `times` are the arrivals themselves, in
    seconds after the start, ascending: a recorded trace.
    """

    concurrency: int | None = None
    rate: float | None = None
    requests: int | None = None
    duration: float | None = None
    arrivals: str = POISSON
    shape: float = 1.0
    stagger: float | None = None
    seed: int = 0
    ramp_to: float | None = None
    times: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if sum(way is not None for way in (self.concurrency, self.rate, self.times)) != 1:
            raise UsageError("a load is either a concurrency, a rate or a trace's times; give one of them")
        if self.times is not None:
            self._check_times(self.times)
        elif self.requests is None and self.duration is None:
            raise UsageError("a load needs an end: a number of requests or a duration")
        for name in ("concurrency", "rate", "requests", "duration", "shape", "ramp_to"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise UsageError(f"{name} must be above 0, not {value}")
        if self.arrivals not in (CONSTANT, POISSON, GAMMA):
            raise UsageError(f"arrivals {self.arrivals!r} is unknown; use constant, poisson or gamma")
        if self.ramp_to is not None and (self.rate is None or self.duration is None):
            raise UsageError("a ramp needs the rate it starts from and a duration")

    def _check_times(self, times: tuple[float, ...]) -> None:
        if not times or times[0] < 0 or any(later < earlier for earlier, later in pairwise(times)):
            raise UsageError("the times of a trace must ascend from 0 on, and there must be one at least")
        number = min(len(times), self.requests or len(times))
        if self.duration is not None:
            number = sum(1 for time in times[:number] if time < self.duration)
        object.__setattr__(self, "requests", number)

    @property
    def stagger_seconds(self) -> float:
        if self.stagger is not None:
            return self.stagger
        return 0.0 if self.concurrency is None else self.concurrency * _STAGGER_PER_STREAM

    @property
    def peak_rate(self) -> float:
        """Requests per second at their densest; for a trace its mean. 0 for a closed loop."""
        if self.times is not None:
            return len(self.times) / max(self.times[-1], 1.0)
        return max(self.rate or 0.0, self.ramp_to or 0.0)

    @property
    def words(self) -> str:
        """What is offered, for a person."""
        if self.concurrency is not None:
            return f"{self.concurrency} stream{'' if self.concurrency == 1 else 's'}"
        if self.times is not None:
            return f"trace, {self.peak_rate:.3g} requests/s"
        to = "" if self.ramp_to is None else f" to {self.ramp_to:g}"
        return f"{self.rate:g}{to} requests/s"

    def starts(self) -> Iterator[float]:
        """Seconds after the start at which each first (closed) or every (open) request is due."""
        if self.concurrency is not None:
            step = self.stagger_seconds / self.concurrency
            return (step * slot for slot in range(self.concurrency))
        if self.times is not None:
            return islice(self.times, self.requests)
        return self._arrivals()

    def _arrivals(self) -> Iterator[float]:
        draw = random.Random(f"arrivals/{self.seed}")
        shape = 1.0 if self.arrivals == POISSON else self.shape
        expected, number = 0.0, 0  # arrivals that the rate makes until then
        while self.requests is None or number < self.requests:
            at = self._when(expected)
            if self.duration is not None and at >= self.duration:
                return
            yield at
            number += 1
            expected += 1.0 if self.arrivals == CONSTANT else draw.gammavariate(shape, 1.0 / shape)

    def _when(self, expected: float) -> float:
        """The second by which the rate makes so many arrivals: the inverse of its integral."""
        assert self.rate is not None
        if self.ramp_to is None or self.duration is None or self.ramp_to == self.rate:
            return expected / self.rate
        slope = (self.ramp_to - self.rate) / self.duration
        square = self.rate * self.rate + 2 * slope * expected
        return math.inf if square < 0 else 2 * expected / (self.rate + math.sqrt(square))

    def indices(self, worker: int, workers: int) -> range:
        """The requests of one of several processes."""
        return range(worker, self.requests if self.requests is not None else 1 << 40, workers)

    def round(self, least: int = SMALLEST_ROUND) -> Load:
        """A short piece of the same load, for a warm-up: one request a stream, or two seconds of arrivals."""
        size = max(least, self.concurrency or round(_WARM_SECONDS * self.peak_rate))
        if self.ramp_to is None:
            return replace(self, requests=size, duration=None)
        return replace(self, requests=size, duration=None, ramp_to=None, rate=self.peak_rate)


def processes_for(load: Load, cores: int) -> int:
    """How many processes offer the load: one core each, half of this host's at most.

    One process streams 100,000 tok/s with room to spare; 1,024 streams rarely need more.
    """
    streams = load.concurrency if load.concurrency is not None else int(load.peak_rate * 4)
    return max(1, min(-(-streams // 1_024), cores // 2 if cores > 1 else 1))
