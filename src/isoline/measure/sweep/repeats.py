"""Points of one load -> one line with an interval from repeats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import msgspec

from isoline.measure.sweep.report import PointReport
from isoline.numerics.student import t_interval


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """A figure over repeats: their mean and, from two on, its 95 % t interval."""

    mean: float
    interval: tuple[float, float] | None
    values: list[float]


class LoadSummary(msgspec.Struct, frozen=True, kw_only=True):
    """All valid repeats of one load. Seconds, tok/s; the figures are each run's own medians or totals."""

    load: str
    concurrency: int | None
    rate: float | None
    runs: int  # valid repeats
    invalid: int
    kind: str = "between runs: 95 %, Student's t"
    ttft_median: Spread | None = None
    tpot_median: Spread | None = None
    e2e_median: Spread | None = None
    interactivity: Spread | None = None
    throughput_total: Spread | None = None
    throughput_output: Spread | None = None


_FIGURES: dict[str, Callable[[PointReport], float | None]] = {
    "ttft_median": lambda point: point.ttft.median if point.ttft else None,
    "tpot_median": lambda point: point.tpot.median if point.tpot else None,
    "e2e_median": lambda point: point.e2e.median if point.e2e else None,
    "interactivity": lambda point: point.interactivity,
    "throughput_total": lambda point: point.throughput.total if point.throughput else None,
    "throughput_output": lambda point: point.throughput.output if point.throughput else None,
}


def load_summaries(points: Iterable[PointReport]) -> list[LoadSummary]:
    """One summary a load, by concurrency or rate."""
    groups: dict[tuple[float, float], list[PointReport]] = {}
    for point in points:
        groups.setdefault((point.concurrency or 0, point.rate or 0.0), []).append(point)
    return [_summary(groups[key]) for key in sorted(groups)]


def _summary(points: list[PointReport]) -> LoadSummary:
    valid = sorted((point for point in points if point.valid), key=lambda point: point.repeat)
    first, invalid = points[0], len(points) - len(valid)
    about = LoadSummary(
        load=first.load,
        concurrency=first.concurrency,
        rate=first.rate,
        runs=len(valid),
        invalid=invalid,
    )
    figures = {name: _spread(map(figure, valid)) for name, figure in _FIGURES.items()}
    return msgspec.structs.replace(about, **figures)


def _spread(values: Iterable[float | None]) -> Spread | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Spread(mean=math.fsum(known) / len(known), interval=t_interval(known), values=known)
