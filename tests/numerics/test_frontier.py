"""The frontier: against the reference's fronts, and the properties that define it."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.numerics.frontier import Corner, frontier
from tests.rows import oracle
from tests.shared import needs_shared

CORNERS = get_args(Corner)
coordinate = st.one_of(st.integers(-5, 5).map(float), st.floats(-1e9, 1e9), st.just(math.nan))
points = st.lists(st.tuples(coordinate, coordinate), max_size=40)


@needs_shared
@pytest.mark.parametrize("corner", CORNERS)
def test_fronts_of_synthetic_sets_are_the_references(corner: Corner) -> None:
    for case in oracle("pareto-synthetic"):
        xs, ys = [p[0] for p in case["points"]], [p[1] for p in case["points"]]
        assert frontier(xs, ys, corner) == case["fronts"][corner], case["name"]


@needs_shared
@pytest.mark.parametrize("corner", CORNERS)
def test_fronts_of_real_rows_are_the_references(corner: Corner) -> None:
    cases = oracle("pareto")
    assert len(cases) > 100
    for case in cases:
        rows = [row for row in case["input"] if row[2] is not None]
        front = frontier([row[1] for row in rows], [row[2] for row in rows], corner)
        assert [rows[i][0] for i in front] == case["fronts"][corner], (case["group"], case["metric"])


@given(points, st.sampled_from(CORNERS))
def test_nothing_on_the_front_is_beaten_and_everything_off_it_is(
    cloud: list[tuple[float, float]], corner: Corner
) -> None:
    xs, ys = [p[0] for p in cloud], [p[1] for p in cloud]
    front = frontier(xs, ys, corner)
    sign_x = 1 if corner in ("upper_left", "lower_right") else -1
    sign_y = 1 if corner in ("upper_left", "upper_right") else -1
    finite = [i for i in range(len(cloud)) if math.isfinite(xs[i]) and math.isfinite(ys[i])]

    def at_least_as_good(i: int, j: int) -> bool:
        return sign_x * xs[i] >= sign_x * xs[j] and sign_y * ys[i] >= sign_y * ys[j]

    for i in front:
        assert not any(at_least_as_good(j, i) and ys[j] != ys[i] and xs[j] != xs[i] for j in finite)
    for i in set(finite) - set(front):
        assert any(at_least_as_good(j, i) for j in front)
    assert len(set(front)) == len(front)
