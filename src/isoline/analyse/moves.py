"""Where a change moved a run at each load: off its frontier, or perhaps along it."""

from __future__ import annotations

from dataclasses import dataclass

from isoline.analyse.figure import Figure
from isoline.analyse.run_difference import Load, LoadDifference

BETTER, WORSE, TRADED, SAME = "better", "worse", "traded", "no measurable difference"
FASTER, SLOWER, MORE, LESS = "faster only", "slower only", "more throughput only", "less throughput only"

# Signs of the changes in speed per user and in throughput -> what that is.
_KINDS = {
    (1, 1): BETTER, (-1, -1): WORSE, (1, -1): TRADED, (-1, 1): TRADED, (0, 0): SAME,
    (1, 0): FASTER, (-1, 0): SLOWER, (0, 1): MORE, (0, -1): LESS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Move:
    """At one load: relative changes of tok/s/user and tok/s/GPU, and what they are together."""

    load: Load
    kind: str
    speed: float
    throughput: float


def move(at: LoadDifference) -> Move | None:
    """From intervals alone: a change whose interval holds 0 is none. `None` where one has no interval.

    A trade (one up, the other down) may be a move along one frontier; that it left it takes a comparison
    at matched speed.
    """
    speed, throughput = at.figure("interactivity"), at.figure("throughput")
    signs = _sign(speed), _sign(throughput)
    if speed is None or throughput is None or signs[0] is None or signs[1] is None:
        return None
    return Move(at.load, _KINDS[signs[0], signs[1]], speed.change or 0.0, throughput.change or 0.0)


def measurable(figure: Figure) -> bool:
    """The interval of the change excludes 0."""
    return bool(_sign(figure))


def _sign(figure: Figure | None) -> int | None:
    if figure is None or figure.interval is None:
        return None
    low, high = figure.interval
    return 1 if low > 0 else -1 if high < 0 else 0
