"""How far another host's clock is from this one's, without trusting either to tell the time.

A host is asked for its clock and answers at some moment between the question and the answer's arrival.
The quickest of many exchanges bounds that moment best: the estimate is its middle, and the truth lies
within half of its length (the argument of NTP, RFC 5905).
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import NamedTuple

ROUNDS = 30


class Offset(NamedTuple):
    """That host's `perf_counter_ns` less this one's, and by how much that may be wrong, in ns."""

    ns: int
    error: int

    def moved(self, later: Offset) -> int:
        """The most by which times between two measurements of the offset may be wrong."""
        return max(self.error, later.error) + abs(later.ns - self.ns)


def measure_offset(
    ask: Callable[[], int], rounds: int = ROUNDS, now: Callable[[], int] = perf_counter_ns
) -> Offset:
    """Ask for the other clock `rounds` times; the quickest exchange counts."""
    return min((_exchange(ask, now) for _ in range(rounds)), key=lambda offset: offset.error)


def _exchange(ask: Callable[[], int], now: Callable[[], int]) -> Offset:
    asked = now()
    told = ask()
    length = now() - asked
    return Offset(told - asked - length // 2, (length + 1) // 2)
