"""Repeats of one operating point -> the point that stands for them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from isoline.domain.point import Point

RUNS = "runs"  # metric of a pooled point: how many repeats it stands for
ONE_SERVER = "Repeats on one server start share what a new start changes: it is not in their intervals"

Start = tuple[object, ...]


def pool_repeats(points: Iterable[Point]) -> list[Point]:
    """Each operating point once: the geometric mean of its repeats.

    Repeats of one recipe at one load are pooled over all their sweeps: other hosts, other server starts
    and other days are what a reader's own server will differ by. A frontier through single repeats would
    follow their luckiest ones: the best of several equal points is biased upward. Points without a number
    of repeat stay as they are.
    """
    groups: dict[tuple[object, ...], list[Point]] = {}
    for number, point in enumerate(points):
        groups.setdefault(_same(point) if point.repeat is not None else (number,), []).append(point)
    return [_pooled(group) for group in groups.values()]


def server_of(run: Point) -> Start:
    """What runs on one server share: those of one sweep, or of one start where the sweep starts engines."""
    return run.dataset, run.date, run.run_started_at, run.run_url


def start_of(run: Point) -> Start:
    """One repeat on one server: the unit that is replicated; whatever shifts it shifts all its loads."""
    return *server_of(run), run.recipe, run.repeat


def runs_of(point: Point) -> tuple[Point, ...]:
    """The repeats behind a point: none where it is no repeat."""
    return point.single_runs if point.runs or point.repeat is not None else ()


def _same(point: Point) -> tuple[object, ...]:
    """What repeats of one point share."""
    load = (point.concurrency, point.request_rate, point.workload)
    return point.dataset, point.recipe, load, point.status


def repeat_notes(points: Iterable[Point]) -> tuple[str, ...]:
    """In words how many repeats stand behind each of the pooled points."""
    groups = [runs for point in points if (runs := runs_of(point))]
    several = [group for group in groups if len(group) > 1]
    counts = Counter((len(group), len(set(map(server_of, group))), _days(group)) for group in several)
    notes = [
        f"{_mean_of(points, runs)}, {_origin(starts, days)}"
        for (runs, starts, days), points in sorted(counts.items())
    ]
    if any(starts == 1 for _, starts, _ in counts):
        notes.append(ONE_SERVER)
    if several and (single := len(groups) - len(several)):
        notes.append(f"{single} {'points have' if single > 1 else 'point has'} one valid run only")
    return tuple(notes)


def _mean_of(points: int, runs: int) -> str:
    if points == 1:
        return f"1 point is the mean of {runs} runs"
    return f"{points} points are the mean of {runs} runs each"


def _origin(starts: int, days: int) -> str:
    if starts == 1:
        return "from one server start"
    return f"from {starts} server starts on {f'{days} dates' if days > 1 else 'one date'}"


def _days(group: Sequence[Point]) -> int:
    return len({point.date for point in group})


def _pooled(group: Sequence[Point]) -> Point:
    if len(group) == 1:
        return group[0]
    newest = max(group, key=lambda p: (p.date or "", p.run_started_at or "", p.repeat or 0))
    shared = set.intersection(*(set(point.metrics) for point in group))
    metrics = {name: math.fsum(p.metrics[name] for p in group) / len(group) for name in shared}
    return msgspec.structs.replace(
        newest,
        interactivity=_mean([point.interactivity for point in group]) or newest.interactivity,
        throughput=_mean([point.throughput for point in group]) or newest.throughput,
        output_throughput=_mean([point.output_throughput for point in group]),
        input_throughput=_mean([point.input_throughput for point in group]),
        repeat=None,
        metrics={**metrics, RUNS: float(len(group))},
        runs=tuple(group),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    """The geometric mean: rates are compared by their ratios."""
    known = [value for value in values if value is not None and value > 0]
    if len(known) < len(values):
        return None
    return math.exp(math.fsum(map(math.log, known)) / len(known))
