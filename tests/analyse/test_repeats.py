"""Repeats pooled into the points that stand for them."""

from __future__ import annotations

import msgspec
import pytest

from isoline.analyse.repeats import RUNS, pool_repeats
from isoline.analyse.runs import latest_run_per_line
from isoline.domain.point import Point
from tests.points import point


def repeat(x: float, y: float, number: int | None, began: str = "2026-11-24T08:00:00+00:00") -> Point:
    made = point(x, y, 8)
    key = f"{began}/{number}"
    metrics = {"median_ttft": x / 1000}
    return msgspec.structs.replace(
        made, key=key, repeat=number, run_started_at=began, run=key, date=began[:10], metrics=metrics
    )


def test_repeats_become_their_geometric_mean() -> None:
    (found,), notes = pool_repeats([repeat(100, 1000, 0), repeat(121, 4000, 1)])
    assert found.interactivity == pytest.approx(110.0)
    assert found.throughput == pytest.approx(2000.0)
    assert found.output_throughput == pytest.approx(1000.0)
    assert found.metrics == {"median_ttft": pytest.approx(0.1105), RUNS: 2.0}
    assert notes == ("1 points are the mean of 2 runs each",)


def test_points_without_repeats_and_single_runs_stay_as_they_are() -> None:
    given = [repeat(100, 1000, None), repeat(100, 1000, None), repeat(90, 900, 0)]
    assert pool_repeats(given) == (given, ())


def test_repeats_of_two_sweeps_are_never_mixed_and_the_newer_sweep_counts_whole() -> None:
    old = [repeat(100, 1000, n, "2026-11-23T08:00:00+00:00") for n in range(3)]
    new = [repeat(100, 1000, n) for n in range(2)]
    assert len(pool_repeats([*old, *new])[0]) == 2
    chosen = latest_run_per_line([*new, *old])  # each point lies in a run folder of its own
    assert list(chosen.points) == new
