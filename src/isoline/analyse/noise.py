"""A side's repeated points: what the intervals of its readings rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

from isoline.analyse.covariance import Covariance, pooled
from isoline.analyse.quantities import Base
from isoline.analyse.rivals import Rivals
from isoline.domain.point import MEASURED, Point


@dataclass(slots=True)
class Noise:
    """A side's repeated points, all of one `status`; made only where some point has two runs."""

    points: tuple[Point, ...]
    status: str
    rivals: Rivals
    _known: dict[str, Covariance | None] = field(default_factory=dict)

    @classmethod
    def of(cls, points: Sequence[Point]) -> Noise | None:
        """`None` where no point has two runs. Measured points never borrow the noise of simulated ones."""
        repeated = [point for point in points if len(point.runs) > 1]
        if not repeated:
            return None
        kinds = {point.status for point in repeated}
        status = MEASURED if MEASURED in kinds else min(kinds)
        own = tuple(point for point in repeated if point.status == status)
        return cls(own, status, Rivals.of([point for point in points if point.status == status]))

    def covariance(self, base: Base) -> Covariance | None:
        """Of interactivity and `base`; `None` where no point has two runs that report it."""
        if base.name not in self._known:
            self._known[base.name] = pooled((point.runs for point in self.points), base)
        return self._known[base.name]


def position(near: Sequence[Point], x: float) -> tuple[float, ...]:
    """Weights of the knots beside `x`: linear in log interactivity; one knot has all."""
    if len(near) == 1:
        return (1.0,)
    low, high = log(near[0].interactivity), log(near[1].interactivity)
    share = (log(x) - low) / (high - low)
    return (1.0 - share, share)
