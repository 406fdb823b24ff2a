from __future__ import annotations

import statistics
from itertools import pairwise

import pytest

from isoline.errors import UsageError
from isoline.measure.loads import Load, processes_for


@pytest.mark.parametrize(
    ("arrivals", "shape", "spread"), [("constant", 1.0, 0.0), ("poisson", 1.0, 1.0), ("gamma", 0.25, 2.0)]
)
def test_arrivals_keep_their_rate_and_spread(arrivals: str, shape: float, spread: float) -> None:
    load = Load(rate=50.0, requests=20_000, arrivals=arrivals, shape=shape)
    dues = list(load.starts())
    gaps = [later - earlier for earlier, later in pairwise(dues)]
    mean = statistics.fmean(gaps)
    assert len(dues) == 20_000
    assert mean == pytest.approx(1 / 50, rel=0.05)
    assert statistics.pstdev(gaps) / mean == pytest.approx(spread, abs=0.1)


def test_arrivals_are_seeded() -> None:
    first, again, other = (list(Load(rate=9.0, requests=50, seed=seed).starts()) for seed in (1, 1, 2))
    assert first == again != other


def test_a_duration_ends_arrivals() -> None:
    dues = list(Load(rate=100.0, duration=2.0, arrivals="constant").starts())
    assert len(dues) in (200, 201)
    assert dues[-1] < 2.0


def test_processes_share_every_request_once() -> None:
    load = Load(concurrency=8, requests=103)
    shares = [index for worker in range(3) for index in load.indices(worker, 3)]
    assert sorted(shares) == list(range(103))


def test_first_requests_are_staggered() -> None:
    assert list(Load(concurrency=4, requests=9, stagger=2.0).starts()) == [0.0, 0.5, 1.0, 1.5]
    assert list(Load(concurrency=2, requests=9, stagger=0).starts()) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("streams", "cores", "expected"), [(1, 64, 1), (1024, 64, 1), (1025, 64, 2), (8192, 64, 8), (8192, 2, 1)]
)
def test_processes_follow_the_load(streams: int, cores: int, expected: int) -> None:
    assert processes_for(Load(concurrency=streams, requests=1), cores) == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"requests": 1},
        {"concurrency": 1, "rate": 1.0, "requests": 1},
        {"concurrency": 1},
        {"concurrency": 0, "requests": 1},
        {"rate": -1.0, "requests": 1},
        {"rate": 1.0, "requests": 1, "arrivals": "sometimes"},
        {"rate": 1.0, "requests": 1, "ramp_to": 2.0},
        {"concurrency": 1, "duration": 1.0, "ramp_to": 2.0},
        {"rate": float("inf"), "requests": 1},
        {"times": ()},
        {"times": (1.0, 0.5)},
        {"times": (0.0,), "rate": 1.0},
    ],
)
def test_what_is_no_load_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Load(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(("first", "last"), [(10.0, 90.0), (90.0, 10.0), (40.0, 40.0)])
def test_a_ramp_is_the_integral_of_its_rate(first: float, last: float) -> None:
    """By time t of a linear ramp over d seconds, first*t + (last-first)*t*t/2d requests have come."""
    load = Load(rate=first, ramp_to=last, duration=100.0, arrivals="constant")
    dues = list(load.starts())
    assert len(dues) == pytest.approx((first + last) / 2 * 100, abs=1)
    for number in range(0, len(dues), 97):
        at = dues[number]
        assert first * at + (last - first) * at * at / 200 == pytest.approx(number, abs=1e-6)


def test_poisson_gaps_follow_a_ramp() -> None:
    dues = list(Load(rate=10.0, ramp_to=90.0, duration=200.0).starts())
    early = sum(due < 100 for due in dues)
    assert early / (len(dues) - early) == pytest.approx(30 / 70, rel=0.1)
    assert dues[-1] < 200


def test_a_trace_s_times_are_the_arrivals() -> None:
    times = (0.0, 0.5, 0.5, 3.0)
    assert list(Load(times=times).starts()) == list(times)
    assert Load(times=times).requests == 4
    assert list(Load(times=times, requests=2).starts()) == [0.0, 0.5]
    assert Load(times=times, duration=3.0).requests == 3


def test_a_warm_up_round_is_a_piece_of_the_load() -> None:
    assert Load(concurrency=64, duration=9.0).round().requests == 64
    ramp = Load(rate=1.0, ramp_to=100.0, duration=9.0).round()
    assert (ramp.requests, ramp.rate, ramp.ramp_to) == (200, 100.0, None)
    assert Load(times=(0.0, 1.0, 2.0)).round().requests == 3
