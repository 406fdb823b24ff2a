"""How much the runs of a side differ, in speed and in something else together.

All on the log scale, where equal percentages are equal distances. A run is one repeat of one sweep. What
shifts a run shifts its points at all loads, and shifts speed and throughput together; so the covariance of
both is pooled over all points of the side, but its degrees of freedom are those of runs, not of points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, log, sqrt

import msgspec

from isoline.analyse.quantities import Base
from isoline.domain.point import Point
from isoline.domain.recipe import Recipe


class Covariance(msgspec.Struct, frozen=True, gc=False):
    """Of log interactivity (x) and the log of something else (b) between runs of one point.

    `freedom`: degrees of freedom of every variance made from it.
    """

    xx: float
    xb: float
    bb: float
    freedom: float

    def along(self, slope: float) -> float:
        """Variance of b read at a fixed interactivity on a curve of d log b / d log x = `slope`.

        A point that moves by (dx, db) moves the curve at a fixed x by db - slope dx.
        """
        return max(self.bb - 2 * slope * self.xb + slope * slope * self.xx, 0.0)


def pooled(points: Iterable[Sequence[Point]], base: Base, *, apart: bool = False) -> Covariance | None:
    """Over the runs of each point: sums of products, divided by their number of degrees of freedom.

    `apart`: what shifts a run shifts no run of another point. `None` where no point has two runs that
    report `base`.
    """
    xx = xb = bb = 0.0
    total = 0
    roots: dict[Recipe, float] = {}
    for runs in points:
        told = [(run.interactivity, value) for run in runs if (value := base.read(run) or 0.0) > 0]
        spare = len(told) - 1
        if spare < 1:
            continue
        x0, b0 = told[0]
        xs, bs = [log(x / x0) for x, _ in told], [log(b / b0) for _, b in told]
        x, b = sum(xs) / len(xs), sum(bs) / len(bs)
        for dx, db in zip(xs, bs, strict=True):
            xx += (dx - x) * (dx - x)
            xb += (dx - x) * (db - b)
            bb += (db - b) * (db - b)
        total += spare
        recipe = runs[0].recipe
        roots[recipe] = roots.get(recipe, 0.0) + sqrt(spare)
    if not total:
        return None
    if apart:
        return Covariance(xx / total, xb / total, bb / total, float(total))
    # Points of one recipe may tell of the same few starts, so their variances count as fully correlated;
    # recipes are started apart (Satterthwaite). For n runs of every point of r recipes: r (n - 1).
    freedom = round(total**2 / fsum(root**2 for root in roots.values()), 9)  # whole where it should be
    return Covariance(xx / total, xb / total, bb / total, freedom)
