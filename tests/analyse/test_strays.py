"""Runs far from the others are named, and only they."""

from __future__ import annotations

import re
from random import Random

from benchmarks.coverage import SCENARIOS, points
from msgspec.structs import replace

from isoline.analyse.strays import stray_notes, strays
from isoline.domain.point import Point

FIVE = next(s for s in SCENARIOS if s.name == "5 starts")


def slower(points: list[Point], second: int, load: int, factor: float) -> list[Point]:
    """The points with one run of one load slowed down."""

    def run(one: Point) -> Point:
        hit = str(one.run_started_at).endswith(f":{second:02}") and one.concurrency == load
        return replace(one, throughput=one.throughput * factor) if hit else one

    return [
        replace(p, runs=tuple(run(r) if p.recipe.precision == "fp4" else r for r in p.runs)) for p in points
    ]


def test_a_run_far_off_is_named_with_its_sweep_and_load() -> None:
    notes = stray_notes(slower(points(FIVE, Random(1)), 3, 16, 0.6))
    assert len(notes) == 1
    assert "sweep of 2026-11-24T08:00:03 (vllm fp4 on b300)" in notes[0]
    assert re.search("−(3[6-9]|4[0-4]) % in throughput at 16 streams", notes[0])  # 40 % and noise


def test_ordinary_noise_names_nobody() -> None:
    draw = Random(2)
    named = sum(bool(list(strays(points(FIVE, draw)))) for _ in range(150))
    assert named <= 6


def test_of_two_runs_neither_is_the_odd_one() -> None:
    two = next(s for s in SCENARIOS if s.name == "2 starts")
    assert stray_notes(slower(points(two, Random(1)), 1, 16, 0.5)) == ()


def test_runs_of_one_start_alone_have_no_others_to_lie_far_from() -> None:
    first, *rest = points(FIVE, Random(1))
    same = replace(first, runs=tuple(replace(run, run_started_at="now", repeat=0) for run in first.runs))
    assert stray_notes([same, *rest]) == ()
