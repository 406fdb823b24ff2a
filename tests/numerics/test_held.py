"""The mean of a gauge that keeps its value between readings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.numerics.held import held_mean
from isoline.numerics.power import Trace

times = st.lists(st.integers(0, 60), min_size=1, max_size=8, unique=True).map(sorted)


@given(times, st.data(), st.integers(0, 50), st.integers(1, 20))
def test_it_is_the_mean_of_what_was_shown_at_every_moment(
    at: list[int], data: st.DataObject, start: int, length: int
) -> None:
    values = data.draw(st.lists(st.floats(0, 100), min_size=len(at), max_size=len(at)))
    moments = range(start, start + length)
    shown = [
        [value for time, value in zip(at, values, strict=True) if time <= moment][-1]
        for moment in moments
        if moment >= at[0]
    ]
    found = held_mean(Trace(at, values), start, start + length)
    assert found == (pytest.approx(sum(shown) / len(shown)) if shown else None)
