"""Readings and ratios -> their 95 % intervals between runs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import exp, hypot, sqrt
from typing import TYPE_CHECKING

import msgspec

from isoline.analyse.comparison import Interval
from isoline.analyse.line import Line
from isoline.analyse.noise import Noise, position
from isoline.analyse.quantities import (
    INPUT,
    INPUT_PER_PREFILL_GPU,
    OUTPUT,
    OUTPUT_PER_DECODE_GPU,
    TOTAL,
    Base,
    Quantity,
)
from isoline.analyse.repeats import runs_of, server_of
from isoline.numerics.student import LEVEL, normal_quantile, t_quantile

if TYPE_CHECKING:
    from isoline.domain.point import Point

# What is the larger, the luckier the recipe that is read.
CHOSEN_BY = (TOTAL, OUTPUT, INPUT, OUTPUT_PER_DECODE_GPU, INPUT_PER_PREFILL_GPU)


class Spread(msgspec.Struct, frozen=True, gc=False):
    """How far one reading may be off: `error` is the standard error of its log.

    `dx` and `db` are what it is made of: the standard error of log interactivity and of the log of what is
    read, in the direction that moves the reading most. `rise` is by how much the log of the curve is higher
    where log interactivity is lower by so much. `freedom` belongs to the errors; `runs` is the number of
    the neighbour that has fewest, `rivals` how many recipes the one that is read cannot be told from,
    itself included.
    """

    error: float
    dx: float
    db: float
    rise: Callable[[float], float]
    freedom: float
    runs: int
    starts: int
    rivals: int

    def reach(self, freedom: float, *, down: bool) -> float:
        """How far its log may lie below (`down`) or above, at the given degrees of freedom.

        Upwards along the curve itself: near its fast end, where it falls steeply, its slope would promise
        more than any slower point gives. Downwards by that slope: the curve ends there.
        """
        t = t_quantile(freedom, level_of(self.rivals if down else 1))
        return t * self.error if down else max(self.rise(t * self.dx) + t * self.db, 0.0)


def level_of(rivals: int) -> float:
    """Of several equal recipes none may be lucky (Bonferroni)."""
    return 1.0 - (1.0 - LEVEL) / rivals


def spread(noise: Noise | None, line: Line | None, x: float, base: Base) -> Spread | None:
    """Of `base` read from `line` at `x`; `None` where the points beside it are no repeats.

    What moves one knot is taken to move its neighbour alike, as a slower server would: their errors add,
    they don't average out.
    """
    if noise is None or line is None:
        return None
    near = line.neighbours(x)
    counts = [len(runs_of(point)) for point in near]
    covariance = noise.covariance(base)
    if covariance is None or 0 in counts or any(point.status != noise.status for point in near):
        return None
    slope = line.elasticity(base, x)
    error = sqrt(covariance.along(slope))
    each = sum(w / sqrt(n) for w, n in zip(position(near, x), counts, strict=True))
    along = each / error if error else 0.0
    return Spread(
        error * each,
        along * (covariance.xb - slope * covariance.xx),
        along * (covariance.bb - slope * covariance.xb),
        partial(line.rise, base, x),
        covariance.freedom,
        min(counts),
        _starts(near),
        _rivals(noise, x) if base in CHOSEN_BY else 1,
    )


def _rivals(noise: Noise, x: float) -> int:
    covariance = noise.covariance(TOTAL)
    if covariance is None or not noise.rivals.each:
        return 1
    return noise.rivals.equal(x, covariance, t_quantile(covariance.freedom))


def _starts(near: tuple[Point, ...]) -> int:
    return len({server_of(run) for point in near for run in runs_of(point)})


def of_reading(value: float, quantity: Quantity, found: Spread) -> Interval:
    """The interval of a metric that follows from what was measured by a factor, or inversely."""
    factors = (exp(-found.reach(found.freedom, down=True)), exp(found.reach(found.freedom, down=False)))
    low, high = (1 / factors[1], 1 / factors[0]) if quantity.inverse else factors
    bias = found.error * best_of(found.rivals)
    return Interval(
        value * low,
        value * high,
        LEVEL,
        (found.runs,),
        (found.starts,),
        found.freedom,
        (found.rivals,),
        (bias,),
    )


class Apart(msgspec.Struct, frozen=True, gc=False):
    """How far the log of a ratio of readings may be off, `below` and `above`; the rest as in `Interval`."""

    below: float
    above: float
    freedom: float
    runs: tuple[int, int]
    starts: tuple[int, int]
    rivals: tuple[int, int]
    bias: tuple[float, float]


def apart(a: Spread, b: Spread) -> Apart:
    """Of independent sides; degrees of freedom after Welch and Satterthwaite, each limit from the reaches of
    both sides in quadrature (Zou and Donner's method for limits that are not symmetrical).
    """
    freedom = welch(a, b)
    return Apart(
        hypot(a.reach(freedom, down=True), b.reach(freedom, down=False)),
        hypot(a.reach(freedom, down=False), b.reach(freedom, down=True)),
        freedom,
        (a.runs, b.runs),
        (a.starts, b.starts),
        (a.rivals, b.rivals),
        (a.error * best_of(a.rivals), b.error * best_of(b.rivals)),
    )


def of_ratio(ratio: float, inverse: bool, found: Apart) -> Interval:
    """The interval of a ratio of what was measured, or (`inverse`) of what falls as that rises."""
    low, high = (-found.above, found.below) if inverse else (-found.below, found.above)
    return Interval(
        ratio * exp(low),
        ratio * exp(high),
        LEVEL,
        found.runs,
        found.starts,
        found.freedom,
        found.rivals,
        found.bias,
    )


def welch(a: Spread, b: Spread) -> float:
    """Degrees of freedom of the variance of a difference."""
    total = a.error**2 + b.error**2
    if not total:
        return min(a.freedom, b.freedom)
    return total**2 / (a.error**4 / a.freedom + b.error**4 / b.freedom)


def best_of(count: int) -> float:
    """About the expected largest of `count` standard normal values (Blom): 0.59 of two, 1.05 of four."""
    if count < 2:
        return 0.0
    share = (count - 0.375) / (count + 0.25)
    return normal_quantile(2 * share - 1)
