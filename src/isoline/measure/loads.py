"""How requests are offered: a number of streams kept busy, or arrivals at a rate."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from isoline.errors import UsageError

CONSTANT, POISSON, GAMMA = "constant", "poisson", "gamma"
_STAGGER_PER_STREAM = 0.00025  # seconds


@dataclass(frozen=True, slots=True)
class Load:
    """Closed loop when `concurrency` is given, open loop when `rate` (requests per second) is.

    The run ends after `requests` or after `duration` seconds of offering, whichever is given;
    what is in flight then is awaited. `stagger` spreads the first requests of a closed loop over
    that many seconds (`None`: 0.25 ms a stream), since a wave of simultaneous starts is a load no
    users make. `shape` is gamma's: 1 is Poisson, smaller is burstier.
    """

    concurrency: int | None = None
    rate: float | None = None
    requests: int | None = None
    duration: float | None = None
    arrivals: str = POISSON
    shape: float = 1.0
    stagger: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if (self.concurrency is None) == (self.rate is None):
            raise UsageError("a load is either a concurrency or a rate; give one of them")
        if self.requests is None and self.duration is None:
            raise UsageError("a load needs an end: a number of requests or a duration")
        for name in ("concurrency", "rate", "requests", "duration", "shape"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise UsageError(f"{name} must be above 0, not {value}")
        if self.arrivals not in (CONSTANT, POISSON, GAMMA):
            raise UsageError(f"arrivals {self.arrivals!r} is unknown; use constant, poisson or gamma")

    @property
    def stagger_seconds(self) -> float:
        if self.stagger is not None:
            return self.stagger
        return 0.0 if self.concurrency is None else self.concurrency * _STAGGER_PER_STREAM

    def starts(self) -> Iterator[float]:
        """Seconds after the start at which each first (closed) or every (open) request is due."""
        if self.concurrency is not None:
            step = self.stagger_seconds / self.concurrency
            return (step * slot for slot in range(self.concurrency))
        return self._arrivals()

    def _arrivals(self) -> Iterator[float]:
        assert self.rate is not None
        draw = random.Random(f"arrivals/{self.seed}")
        shape = 1.0 if self.arrivals == POISSON else self.shape
        at, number = 0.0, 0
        while (self.requests is None or number < self.requests) and (
            self.duration is None or at < self.duration
        ):
            yield at
            number += 1
            gap = 1.0 if self.arrivals == CONSTANT else draw.gammavariate(shape, 1.0 / shape)
            at += gap / self.rate

    def indices(self, worker: int, workers: int) -> range:
        """The requests of one of several processes."""
        return range(worker, self.requests if self.requests is not None else 1 << 40, workers)


def processes_for(load: Load, cores: int) -> int:
    """How many processes offer the load: one core each, half of this host's at most.

    One process streams 100,000 tok/s with room to spare; 1,024 streams rarely need more.
    """
    streams = load.concurrency if load.concurrency is not None else int((load.rate or 0) * 4)
    return max(1, min(-(-streams // 1_024), cores // 2 if cores > 1 else 1))
