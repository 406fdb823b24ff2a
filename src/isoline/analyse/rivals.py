"""Recipes of one side that noise cannot tell apart: the best of several is biased upward.

A side is read where its best recipe is. Of m equal ones the luckiest is read, so the limit that is
exceeded by luck must hold for all m of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

from isoline.analyse.covariance import Covariance
from isoline.analyse.line import SAME, best_points
from isoline.domain.point import Point


@dataclass(frozen=True, slots=True)
class Rival:
    """The frontier of one recipe: logs of interactivity (ascending) and throughput, runs of each point."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    runs: tuple[int, ...]

    @classmethod
    def of(cls, points: Sequence[Point]) -> Rival:
        knots = best_points(points)
        return cls(
            tuple(log(p.interactivity) for p in knots),
            tuple(log(p.throughput) for p in knots),
            tuple(len(p.single_runs) for p in knots),
        )

    def at(self, x: float, noise: Covariance) -> tuple[float, float] | None:
        """Log throughput at log interactivity >= `x` and its standard error; `None` beyond the last point."""
        i = bisect_left(self.xs, x - SAME)
        if i == len(self.xs):
            return None
        if i == 0:
            return self.ys[0], sqrt(noise.bb / self.runs[0])
        width = self.xs[i] - self.xs[i - 1]
        share = (x - self.xs[i - 1]) / width
        slope = (self.ys[i] - self.ys[i - 1]) / width
        each = (1 - share) / sqrt(self.runs[i - 1]) + share / sqrt(self.runs[i])
        return self.ys[i - 1] + share * width * slope, sqrt(noise.along(slope)) * each


@dataclass(frozen=True, slots=True)
class Rivals:
    """All recipes of a side that has several."""

    each: tuple[Rival, ...]

    @classmethod
    def of(cls, points: Sequence[Point]) -> Rivals:
        groups: dict[object, list[Point]] = {}
        for point in points:
            groups.setdefault(point.recipe, []).append(point)
        return cls(tuple(map(Rival.of, groups.values())) if len(groups) > 1 else ())

    def equal(self, x: float, noise: Covariance, t: float) -> int:
        """How many recipes cannot be told from the best at `x`, the best included; at least 1.

        Apart are two whose difference is more than `t` of its standard errors.
        """
        found = [value for rival in self.each if (value := rival.at(log(x), noise))]
        if not found:
            return 1
        top, error = max(found)
        return sum(top - y <= t * sqrt(error**2 + e**2) for y, e in found)
