"""Finding the concurrencies of a sweep, against servers that are formulas."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from isoline.measure.sweep.explore import Explore, Seen

Server = Callable[[int], Seen | None]


def explored(explore: Explore, server: Server) -> dict[int, Seen | None]:
    seen: dict[int, Seen | None] = {}
    while (level := explore.next_level(seen)) is not None:
        assert level not in seen
        assert 1 <= level <= explore.most
        seen[level] = server(level)
    return seen


def batching(knee: float, speed: float = 100.0) -> Server:
    """A step costs the same up to `knee` streams, then grows with them."""

    def server(streams: int) -> Seen:
        user = speed / max(1.0, streams / knee)
        return Seen(user, user * streams)

    return server


def test_it_doubles_until_throughput_no_longer_grows() -> None:
    assert sorted(explored(Explore(extra=0), batching(20.0))) == [1, 2, 4, 8, 16, 32, 64]
    assert sorted(explored(Explore(most=24, extra=0), batching(1e9))) == [1, 2, 4, 8, 16, 24]


def test_it_stops_where_requests_fail_or_nothing_is_answered() -> None:
    def failing(streams: int) -> Seen:
        return Seen(100.0, 100.0 * streams, full=streams >= 8)

    assert sorted(explored(Explore(extra=0), failing)) == [1, 2, 4, 8]
    assert sorted(explored(Explore(extra=0), lambda streams: None)) == [1]


def test_it_adds_levels_where_the_curve_bends_or_leaves_a_gap() -> None:
    added = sorted(set(explored(Explore(), batching(24.0))) - {2**n for n in range(11)})
    assert added
    assert all(16 <= level <= 64 for level in added)  # the knee, and the wide gap behind it


def test_a_curve_without_a_bend_needs_no_more_levels() -> None:
    def plain(streams: int) -> Seen:
        return Seen(100.0 * streams**-0.2, 100.0 * streams**0.8)  # a straight line on logarithmic axes

    def flat(streams: int) -> Seen:
        noise = 1e-3 * (streams % 3)
        return Seen(100.0 + noise, 100.0 * streams)  # all at the same interactivity, but for noise

    for server in (plain, flat):
        assert sorted(explored(Explore(most=64, gain=0.0), server)) == [1, 2, 4, 8, 16, 32, 64]


@given(st.floats(0.5, 5_000), st.integers(1, 5_000), st.integers(0, 10))
def test_it_always_ends(knee: float, most: int, extra: int) -> None:
    seen = explored(Explore(most=most, extra=extra), batching(knee))
    assert len(seen) <= most.bit_length() + 1 + extra
