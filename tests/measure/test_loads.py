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
    ],
)
def test_what_is_no_load_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Load(**wrong)  # type: ignore[arg-type]
