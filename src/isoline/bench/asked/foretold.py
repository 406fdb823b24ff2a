"""What can be said of a plan before the first point costs time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isoline.measure.loads import Load
from isoline.measure.validity import ROUNDS

FEWEST = 6  # requests from which a median has an interval


def foretold(loads: Iterable[Load]) -> Iterator[str]:
    """Loads that will probably be INVALID, because they end before they are steady."""
    loads = [load for load in loads if load.requests is not None]
    short = [load for load in loads if (load.concurrency or 0) * ROUNDS > (load.requests or 0)]
    if short:
        worst = max(short, key=lambda load: (load.concurrency or 0) / (load.requests or 1))
        each = (worst.requests or 0) / (worst.concurrency or 1)
        yield (
            f"{', '.join(load.words for load in short)}: {worst.requests} requests are {each:.3g} a stream "
            f"at {worst.concurrency}; with fewer than {ROUNDS} too few streams may be in flight, "
            f"which is INVALID: --requests-per-stream {ROUNDS} gives each load enough"
        )
    few = [load for load in loads if (load.requests or 0) < FEWEST]
    if few:
        yield f"{', '.join(load.words for load in few)}: fewer than {FEWEST} requests are INVALID"
