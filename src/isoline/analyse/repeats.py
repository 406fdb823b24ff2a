"""Repeats of one operating point -> the point that stands for them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from isoline.domain.point import Point

RUNS = "runs"  # metric of a pooled point: how many repeats it stands for


def pool_repeats(points: Iterable[Point]) -> tuple[list[Point], tuple[str, ...]]:
    """Each operating point once, the geometric mean of its repeats, and what was pooled in words.

    A frontier through single repeats would follow their luckiest ones: the best of several equal
    points is biased upward. Points without a number of repeat stay as they are.
    """
    groups: dict[tuple[object, ...], list[Point]] = {}
    for number, point in enumerate(points):
        groups.setdefault(_same(point) if point.repeat is not None else (number,), []).append(point)
    pooled = [_pooled(group) for group in groups.values()]
    counts = Counter(len(group) for group in groups.values() if len(group) > 1)
    notes = [f"{points} points are the mean of {runs} runs each" for runs, points in sorted(counts.items())]
    single = counts and sum(1 for group in groups.values() if len(group) == 1 and group[0].repeat is not None)
    if single:
        notes.append(f"{single} points have one valid run only")
    return pooled, tuple(notes)


def _same(point: Point) -> tuple[object, ...]:
    """What repeats of one point share, their sweep included."""
    load = (point.concurrency, point.request_rate, point.workload)
    return point.dataset, point.recipe, load, point.status, point.date, point.run_started_at, point.run_url


def _pooled(group: Sequence[Point]) -> Point:
    first = group[0]
    if len(group) == 1:
        return first
    shared = set.intersection(*(set(point.metrics) for point in group))
    metrics = {name: math.fsum(p.metrics[name] for p in group) / len(group) for name in shared}
    return msgspec.structs.replace(
        first,
        interactivity=_mean([point.interactivity for point in group]) or first.interactivity,
        throughput=_mean([point.throughput for point in group]) or first.throughput,
        output_throughput=_mean([point.output_throughput for point in group]),
        input_throughput=_mean([point.input_throughput for point in group]),
        repeat=None,
        metrics={**metrics, RUNS: float(len(group))},
    )


def _mean(values: Sequence[float | None]) -> float | None:
    """The geometric mean: rates are compared by their ratios."""
    known = [value for value in values if value is not None and value > 0]
    if len(known) < len(values):
        return None
    return math.exp(math.fsum(map(math.log, known)) / len(known))
