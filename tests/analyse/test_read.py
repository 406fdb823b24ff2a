"""Readings of an envelope: what each status means, and the properties that make them honest."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.analyse.drawing import drawn_line
from isoline.analyse.line import Line
from isoline.analyse.quantities import Rates
from isoline.analyse.read import read_envelope, read_pooled
from isoline.domain.point import Point
from tests.points import point

RATES = Rates(3.6, 2.0)


def series(*points: Point, label: str = "one") -> Line:
    line = Line.of(points, label, pooled=False)
    assert line is not None
    return line


def test_two_measured_points_are_read_as_a_straight_line() -> None:
    reading = read_envelope([series(point(100, 1000, 64), point(140, 600, 16))], 120, RATES)
    assert reading.status == "interpolated"
    assert reading.throughput_per_gpu == pytest.approx(800)
    assert reading.output_throughput_per_gpu == pytest.approx(400)
    assert reading.cost_per_mtok == pytest.approx(3.6 / (800 * 3600) * 1e6)
    assert reading.tokens_per_s_per_mw == pytest.approx(400_000)
    assert reading.concurrency == 40
    assert reading.series == "one"
    assert [n.interactivity for n in reading.neighbours] == [100, 140]


@pytest.mark.parametrize(
    ("x", "status", "value"),
    [
        *((100, "measured", 1000), (50, "dominated", 1000), (170, "wide gap", None), (301, "outside", None)),
        *((140.6, "interpolated", None), (298.6, "interpolated", None)),  # as good as at a measured point
        *((140.8, "wide gap", None), (298.4, "wide gap", None)),
    ],
)
def test_statuses(x: float, status: str, value: float | None) -> None:
    reading = read_envelope([series(point(100, 1000), point(140, 600), point(300, 100))], x, RATES)
    assert reading.status == status
    if value is not None:
        assert reading.throughput_per_gpu == value
    if status == "wide gap":
        assert [n.interactivity for n in reading.neighbours] == [140, 300]
    if status == "outside":
        assert reading.throughput_per_gpu is reading.cost_per_mtok is reading.concurrency is None
        assert reading.bound is not None
        assert (reading.bound.edge, reading.bound.interactivity) == ("last", 300)


def test_a_faster_series_counts_where_the_slower_one_is_worse_or_ends() -> None:
    slow = series(point(20, 900), point(60, 300), label="slow")
    fast = series(point(80, 500), point(100, 400), label="fast")
    early, late = (read_envelope([slow, fast], x, RATES) for x in (25, 55))
    assert (early.series, early.status) == ("slow", "wide gap")
    assert (late.series, late.status, late.throughput_per_gpu) == ("fast", "dominated", 500)


def test_pooled_has_no_value_left_of_its_first_point() -> None:
    line = Line.of([point(100, 1000), point(140, 600)], None, pooled=True)
    reading = read_pooled(line, 99, RATES)
    assert reading.status == "outside"
    assert reading.bound is not None
    assert (reading.bound.edge, reading.bound.throughput_per_gpu) == ("first", 1000)


def test_simulated_neighbours_make_a_simulated_reading() -> None:
    line = series(point(100, 1000), point(140, 600, status="simulated"))
    reading = read_envelope([line], 120, RATES)
    assert (reading.status, reading.basis) == ("simulated", "simulated")


knots = st.lists(st.tuples(st.floats(1, 400), st.floats(1, 1e5)), min_size=1, max_size=12)
clouds = st.lists(knots, min_size=1, max_size=4)


@given(clouds, st.lists(st.floats(0.5, 500), min_size=2, max_size=8))
def test_the_envelope_never_rises_and_no_reading_leaves_its_neighbours(
    cloud: list[list[tuple[float, float]]], xs: list[float]
) -> None:
    lines = [series(*(point(x, y) for x, y in one), label=str(i)) for i, one in enumerate(cloud)]
    best = [read_envelope(lines, x, RATES) for x in sorted(xs)]
    values = [r.throughput_per_gpu for r in best]
    known = [v for v in values if v is not None]
    assert values == [*known, *[None] * (len(values) - len(known))]  # once outside, always outside
    for a, b in itertools.pairwise(known):
        assert b <= a * (1 + 1e-9)
    for reading in best:
        if reading.throughput_per_gpu is not None:
            near = [n.throughput_per_gpu for n in reading.neighbours]
            assert min(near) * (1 - 1e-9) <= reading.throughput_per_gpu <= max(near) * (1 + 1e-9)
    for line in lines:
        for knot in line.points:
            at_knot = read_envelope(lines, knot.interactivity, RATES).throughput_per_gpu
            assert at_knot is not None
            assert at_knot >= knot.throughput * (1 - 1e-9)


@given(clouds)
def test_the_drawn_line_is_what_the_readings_say(cloud: list[list[tuple[float, float]]]) -> None:
    lines = [series(*(point(x, y) for x, y in one), label=str(i)) for i, one in enumerate(cloud)]
    segments = drawn_line(lines)
    for segment in segments:
        # The last sample may be the joint to the next stretch.
        for x, y in segment.samples[:-1]:
            assert read_envelope(lines, x, RATES).throughput_per_gpu == pytest.approx(y, rel=1e-9)
    first = min(line.first.interactivity for line in lines)
    last = max(line.last.interactivity for line in lines)
    assert all(first <= x <= last for s in segments for x, _ in s.samples)
