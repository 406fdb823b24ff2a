"""Repeats pooled into the points that stand for them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from isoline.analyse.repeats import ONE_SERVER, RUNS, pool_repeats, repeat_notes
from isoline.analyse.runs import latest_run_per_line
from isoline.domain.point import UNIFORM, Point, Workload
from tests.points import BASE, point


def repeat(x: float, y: float, number: int | None, began: str = "2026-11-24T08:00:00+00:00") -> Point:
    made = point(x, y, 8)
    key = f"{began}/{number}"
    metrics = {"median_ttft": x / 1000}
    return replace(
        made, key=key, repeat=number, run_started_at=began, run=key, date=began[:10], metrics=metrics
    )


def test_repeats_become_their_geometric_mean() -> None:
    (found,) = pool_repeats([repeat(100, 1000, 0), repeat(121, 4000, 1)])
    assert found.interactivity == pytest.approx(110.0)
    assert found.throughput == pytest.approx(2000.0)
    assert found.output_throughput == pytest.approx(1000.0)
    assert found.metrics == {"median_ttft": pytest.approx(0.1105), RUNS: 2.0}
    assert repeat_notes([found]) == ("1 point is the mean of 2 runs, from one server start", ONE_SERVER)
    assert len(found.runs) == 2


def test_points_without_repeats_and_single_runs_stay_as_they_are() -> None:
    given = [repeat(100, 1000, None), repeat(100, 1000, None), repeat(90, 900, 0)]
    assert pool_repeats(given) == given
    assert repeat_notes(given) == ()


OLD, NEW = "2026-11-23T08:00:00+00:00", "2026-11-24T08:00:00+00:00"


def test_repeats_of_one_recipe_are_pooled_over_sweeps() -> None:
    old = [repeat(100, 1000, n, OLD) for n in range(2)]
    new = [repeat(100, 8000, 0, NEW)]
    chosen = latest_run_per_line([*new, *old])  # each point lies in a run folder of its own
    (found,) = pool_repeats(chosen.points)
    assert found.throughput == pytest.approx(2000)
    assert (found.date, len(found.runs)) == ("2026-11-24", 3)
    assert repeat_notes([found]) == ("1 point is the mean of 3 runs, from 2 server starts on 2 dates",)


def test_another_recipe_of_the_line_gives_way_to_the_newest_sweep() -> None:
    old = [replace(repeat(100, 9000, 0, OLD), recipe=replace(BASE, engine_version="0.1"))]
    assert list(latest_run_per_line([*old, repeat(100, 1000, 0, NEW)]).points) == [repeat(100, 1000, 0, NEW)]


def test_rows_without_a_number_of_repeat_are_never_stitched_together() -> None:
    older, newer = repeat(90, 900, None, OLD), repeat(100, 1000, None, NEW)
    assert latest_run_per_line([older, newer]).points == (newer,)
    assert latest_run_per_line([repeat(90, 900, 0, OLD), newer]).points == (newer,)


def test_loads_statuses_and_datasets_are_never_mixed() -> None:
    one = repeat(100, 1000, 0)
    others = [
        replace(one, **change)
        for change in ({"concurrency": 9}, {"request_rate": 1.0}, {"status": "simulated"}, {"dataset": "b"})
    ]
    assert pool_repeats([one, *others]) == [one, *others]


def test_repeats_have_their_lengths_drawn_alike() -> None:
    """Uniform over [0.8 L, L] is a tenth less work than L."""
    fixed = repeat(100, 1000, 0)
    uniform = replace(repeat(105, 1100, 1), workload=Workload(1024, 1024, UNIFORM))
    found = pool_repeats([fixed, uniform])
    assert found == [fixed, uniform]
    assert repeat_notes(found) == ()
