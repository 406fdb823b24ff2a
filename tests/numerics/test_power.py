"""Energy of a window against integrals known in closed form, and what must hold for any trace."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.numerics.power import Trace, counted, doubts, integrate, total

S = 1_000_000_000

TRACES = st.lists(st.tuples(st.integers(1, 3 * S), st.floats(0, 2_000)), min_size=2, max_size=40).map(
    lambda steps: Trace(
        [sum(gap for gap, _ in steps[: n + 1]) for n in range(len(steps))], [watts for _, watts in steps]
    )
)


def sampled(power: object, seconds: float, hertz: float) -> Trace:
    assert callable(power)
    times = [round(n / hertz * S) for n in range(int(seconds * hertz) + 1)]
    return Trace(times, [power(time / S) for time in times])


def test_a_ramp_between_readings() -> None:
    trace = Trace([0, 10 * S], [0.0, 100.0])  # 10 W a second
    found = integrate(trace, 2 * S, 6 * S)
    assert found is not None
    assert found.joules == pytest.approx((20 + 60) / 2 * 4)
    assert found.mean_w == pytest.approx(40)
    assert found.p90_w == pytest.approx(20 + 0.9 * 40)
    assert (found.readings, found.longest_gap) == (0, 10)


def test_a_wave_over_a_window_that_no_reading_meets() -> None:
    trace = sampled(lambda t: 300 + 200 * math.sin(t), 20, 50)
    start, end = 3.1234, 17.9876
    found = integrate(trace, int(start * S), int(end * S))
    assert found is not None
    exact = 300 * (end - start) - 200 * (math.cos(end) - math.cos(start))
    assert found.joules == pytest.approx(exact, rel=1e-4)
    powers = [300 + 200 * math.sin(start + (end - start) * n / 1e5) for n in range(100_000)]
    assert found.p90_w == pytest.approx(statistics.quantiles(powers, n=10)[8], rel=1e-3)
    assert doubts(trace, int(start * S), int(end * S), exact) == []


def test_steps_have_the_ninth_tenth_of_their_time() -> None:
    """95 s at 100 W, 5 s at 900 W: nine tenths of the time is at 100 W."""
    trace = sampled(lambda t: 100 if t < 95 else 900, 100, 10)
    found = integrate(trace, 0, 100 * S)
    assert found is not None
    assert found.p90_w == 100


@given(TRACES, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_energy_adds_up_and_stays_within_the_readings(trace: Trace, a: float, b: float, c: float) -> None:
    first, last = trace.times[0], trace.times[-1]
    start, middle, end = sorted(int(first + (last - first) * share) for share in (a, b, c))
    if not start < middle < end:
        return
    whole, left, right = (integrate(trace, *w) for w in ((start, end), (start, middle), (middle, end)))
    assert whole is not None
    assert left is not None
    assert right is not None
    assert whole.joules == pytest.approx(left.joules + right.joules, rel=1e-9, abs=1e-9)
    low, high = min(trace.values), max(trace.values)
    assert low - 1e-9 <= whole.mean_w <= high + 1e-9
    assert low - 1e-9 <= whole.p90_w <= high + 1e-9
    assert whole.longest_gap <= max(b - a for a, b in zip(trace.times, trace.times[1:], strict=False)) / S


@given(TRACES)
def test_a_counter_of_the_same_power_agrees(trace: Trace) -> None:
    sums = [0.0]
    for n in range(1, len(trace.times)):
        found = integrate(trace, trace.times[0], trace.times[n])
        assert found is not None
        sums.append(found.joules)
    counter = Trace(trace.times, sums)
    start, end = trace.times[0], trace.times[-1]
    assert counted(counter, start, end) == pytest.approx(sums[-1])
    assert not [d for d in doubts(trace, start, end, sums[-1]) if d.startswith("disagreement")]


def test_a_counter_that_went_back_or_does_not_reach_says_nothing() -> None:
    assert counted(Trace([0, S, 2 * S], [100, 150, 10]), 0, 2 * S) is None
    assert counted(Trace([0, S], [100, 150]), 0, 2 * S) is None
    assert counted(Trace([0, 2 * S], [100, 200]), S, 2 * S) == pytest.approx(50)


def test_devices_add_where_all_were_read() -> None:
    both = total([Trace([0, 8, 10, 30], [100] * 4), Trace([5, 20], [0, 150])])
    assert list(both.times) == [8, 10]
    assert list(both.values) == pytest.approx([130, 150])
    assert total([Trace([0], [1.0]), Trace([], [])]).times == ()


def test_doubts_name_what_is_wrong() -> None:
    trace = sampled(lambda t: 100.0, 10, 20)
    assert doubts(trace, 0, 10 * S, 1000.0) == []
    assert [d.split(":")[0] for d in doubts(trace, -S, 10 * S)] == ["not covered"]
    assert [d.split(":")[0] for d in doubts(trace, 8 * S, 13 * S)] == ["not covered", "gap"]
    assert [d.split(":")[0] for d in doubts(trace, S, S + 10**8)] == ["few readings"]
    assert [d.split(":")[0] for d in doubts(trace, 0, 10 * S, 1_100.0)] == ["disagreement"]
    sparse = sampled(lambda t: 100.0, 60, 0.5)
    assert [d.split(":")[0] for d in doubts(sparse, 0, 60 * S)] == ["gap"]
    assert [d.split(":")[0] for d in doubts(Trace([], []), 0, S)] == ["no readings"]


def test_a_trace_goes_forward() -> None:
    with pytest.raises(ValueError, match="increase"):
        Trace([1, 1], [0, 0])
    with pytest.raises(ValueError, match="one value"):
        Trace([1], [])
