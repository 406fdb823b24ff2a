"""Runs that lie far from the others of their points: named, never dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, fsum, log, sqrt

from isoline.analyse.covariance import Covariance, pooled
from isoline.analyse.quantities import TOTAL
from isoline.analyse.repeats import Start, start_of
from isoline.analyse.words import counted
from isoline.domain.point import Point
from isoline.numerics.student import t_quantile

FEWEST = 3  # of two runs neither is the odd one
CHANCE = 0.01  # that any run of a comparison is named without a cause
SLIGHT = 0.01  # relative difference that nobody minds


@dataclass(frozen=True, slots=True)
class Stray:
    """How far (log scale) a run lies from the mean of the others of its point, and in what."""

    run: Point
    what: str
    away: float


def stray_notes(points: Sequence[Point], *, apart: bool = False) -> tuple[str, ...]:
    """A sentence for each start (`apart`: run) that is such a one, about where it is furthest away."""
    return tuple(_words(max(found, key=lambda s: abs(s.away))) for found in strays(points, apart=apart))


def strays(points: Sequence[Point], *, apart: bool = False) -> Iterator[list[Stray]]:
    """Per start its runs that differ from the others of their points by more than these explain.

    The yardstick is the spread of all runs but those of that start, pooled over all points given; the
    quantile is Student's t with Bonferroni's correction for the number of runs looked at. `apart`: every run
    stands for itself, as those of one sweep on one server do, whose loads are measured minutes apart.
    """
    unit = _alone if apart else start_of
    groups = [point.runs for point in points if len(point.runs) >= FEWEST]
    looks = 2 * sum(map(len, groups))
    for start in dict.fromkeys(unit(run) for runs in groups for run in runs):
        others = [[run for run in point.runs if unit(run) != start] for point in points]
        covariance = pooled([runs for runs in others if len(runs) > 1], TOTAL, apart=apart)
        if covariance is None:
            continue
        t = t_quantile(covariance.freedom, 1 - CHANCE / looks)
        if found := [stray for runs in groups for stray in _far(runs, start, unit, covariance, t)]:
            yield found


def _alone(run: Point) -> Start:
    return *start_of(run), run.concurrency, run.request_rate


def _far(
    runs: Sequence[Point], start: Start, unit: Callable[[Point], Start], covariance: Covariance, t: float
) -> Iterator[Stray]:
    mine = [run for run in runs if unit(run) == start]
    others = [run for run in runs if unit(run) != start]
    if not others:  # nothing to lie far from
        return
    for run in mine:
        for what, variance in (("interactivity", covariance.xx), ("throughput", covariance.bb)):
            mean = fsum(log(getattr(other, what)) for other in others) / len(others)
            away = log(getattr(run, what)) - mean
            if abs(away) > max(SLIGHT, t * sqrt(variance * (1 + 1 / len(others)))):
                yield Stray(run, what, away)


def _words(stray: Stray) -> str:
    run, recipe = stray.run, stray.run.recipe
    rate = f"{run.request_rate:g} requests/s" if run.request_rate is not None else "unknown load"
    load = rate if run.concurrency is None else counted(run.concurrency, "stream")
    percent = f"{100 * (exp(stray.away) - 1):+.0f} %".replace("-", "−")
    return (
        f"Run {(run.repeat or 0) + 1} of the sweep of {run.run_started_at or run.date} ({recipe.engine} "
        f"{recipe.precision} on {recipe.hardware}) lies far from its others: {percent} in {stray.what} at "
        f"{load}, more than their spread explains (p < {CHANCE:g}); it counts all the same"
    )
