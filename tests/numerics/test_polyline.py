"""Thinned lines: their points are given ones, and what is left out is near the line."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.numerics.polyline import thinned

TOLERANCE = 0.01
lines = st.lists(
    st.tuples(st.floats(0.1, 1e4), st.floats(-1e5, 1e5)), max_size=60, unique_by=lambda sample: sample[0]
).map(sorted)


@given(lines)
def test_what_is_left_out_lies_on_the_line(samples: list[tuple[float, float]]) -> None:
    kept = thinned(samples, TOLERANCE)
    assert kept == [sample for sample in samples if sample in kept]
    assert kept[:1] == samples[:1]
    assert kept[-1:] == samples[-1:]
    for (x0, y0), (x1, y1) in pairwise(kept):
        for x, y in samples:
            if x0 < x < x1:
                part = (x - x0) / (x1 - x0)
                assert abs((1 - part) * y0 + part * y1 - y) <= TOLERANCE * abs(y) + 1e-6


def test_a_straight_line_needs_its_ends_and_a_bend_its_corner() -> None:
    straight = [(float(x), 2.0 * x + 1) for x in range(50)]
    bent = [(float(x), 100.0 + abs(x - 20)) for x in range(50)]
    assert thinned(straight, 1e-9) == [straight[0], straight[-1]]
    assert thinned(bent, 1e-9) == [bent[0], bent[20], bent[-1]]


@pytest.mark.parametrize("places", [[1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
def test_a_vertical_step_stays(places: list[float]) -> None:
    step = list(zip(places, (3.0, 2.0, 1.0), strict=True))
    assert thinned(step, 0.01) == step


def test_a_curve_takes_a_tenth() -> None:
    samples = [(x / 10, 1e5 / x) for x in range(100, 3000)]
    kept = thinned(samples, 3e-4)
    assert 2 < len(kept) < len(samples) / 10
