"""Two runs at the same speed per user, whatever their loads."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from isoline.analyse.run_difference import run_difference
from isoline.analyse.same_speed import same_speed
from isoline.domain.point import Dataset, Point
from isoline.domain.run import StoredRun
from isoline.present import diff_text, run_json
from tests.points import point


def line(scale: float, speeds: tuple[float, ...], load: int, **recipe: object) -> list[Point]:
    """Straight, so that what is read between its points can be computed in one's head."""
    return [point(x, scale * (400 - x), load + place, **recipe) for place, x in enumerate(speeds)]


A = line(10, (100.0, 130.0, 160.0), 1)
B = line(15, (110.0, 140.0, 170.0), 50, engine_version="2")  # other loads: none is shared


def run(name: str, points: list[Point]) -> StoredRun:
    return StoredRun(name, "bench", "2026", Dataset("d", "runs"), "0.1", {}, tuple(points), (), {}, {}, ())


def test_runs_that_share_no_load_are_compared_at_a_speed() -> None:
    found = same_speed(A, B)
    assert len(found) == 3
    assert all(110 <= one.interactivity <= 160 for one in found)  # what both cover
    for one in found:
        assert one.figure.a == pytest.approx(10 * (400 - one.interactivity))
        assert one.figure.change == pytest.approx(0.5)
        assert one.figure.interval is None


def test_nothing_is_said_where_one_of_them_is_not_known() -> None:
    assert same_speed(A, line(15, (300.0, 350.0), 1)) == ()  # apart
    assert same_speed(A, line(15, (20.0, 390.0), 1)) == ()  # across a wide gap
    assert same_speed(A, []) == ()


def test_repeats_are_pooled_and_give_the_change_an_interval() -> None:
    def repeated(points: list[Point], factors: tuple[float, ...]) -> list[Point]:
        return [
            replace(p, repeat=i, throughput=p.throughput * factor, run_started_at=f"2026-11-0{i + 1}")
            for p in points
            for i, factor in enumerate(factors)
        ]

    found = same_speed(repeated(A, (0.99, 1.0, 1.01)), repeated(B, (0.98, 1.0, 1.02)))
    for one in found:
        assert one.figure.change == pytest.approx(0.5, rel=1e-3)
        assert one.figure.interval is not None
        assert 0.3 < one.figure.interval[0] < one.figure.change < one.figure.interval[1] < 0.7


def test_workloads_and_recipes_that_vary_within_a_run_are_not_mixed() -> None:
    """Each run has two precisions: FP4 gains a half, FP8 nothing."""
    a = run("a", [*A, *line(4, (100.0, 130.0, 160.0), 1, precision="fp8")])
    b = run("b", [*line(15, (110.0, 140.0), 50), *line(4, (110.0, 140.0), 50, precision="fp8")])
    found = {dict(what)["precision"]: speeds for what, speeds in run_difference(a, b).speeds}
    assert {name: round(speeds[0].figure.change, 6) for name, speeds in found.items()} == {
        "fp4": 0.5,
        "fp8": 0,
    }


def test_it_is_told_in_text_and_json() -> None:
    a, b = run("a", A), run("b", B)
    value = run_difference(a, b)
    shown = diff_text.difference(a, b, value)
    assert "at the same speed per user, 1024/1024\n" in shown
    assert "tok/s/GPU at 110 tok/s/user" in shown
    assert "+50.0 %" in shown
    assert "whatever their loads" in shown
    (told,) = json.loads(run_json.difference(a, b, value))["same_speed"]
    assert told["what"] == {"isl": 1024, "osl": 1024}
    assert [one["change"] for one in told["at"]] == pytest.approx([0.5] * 3)
    assert {status for one in told["at"] for status in one["statuses"].values()} <= {
        "measured",
        "interpolated",
    }
