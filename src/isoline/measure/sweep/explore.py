"""Which concurrency a sweep measures next if it is to find them: up to saturation, then where it bends."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Seen:
    """What one level gave: tok/s/user and tok/s. `full`: the server failed requests there."""

    interactivity: float
    throughput: float
    full: bool = False


@dataclass(frozen=True, slots=True)
class Explore:
    """Doubles from 1 until throughput gains less than `gain`, requests fail, or `most` is reached.

    Then adds up to `extra` levels, each the geometric middle of two neighbours: where the curve leaves
    the chord of its neighbours by more than `bend`, or their interactivities differ by more than `gap`.
    """

    most: int = 1_024
    extra: int = 6
    gain: float = 0.05
    bend: float = 0.03
    gap: float = 1.4

    def next_level(self, seen: Mapping[int, Seen | None]) -> int | None:
        """The next level after those that were measured (`None`: without an answer), or `None`."""
        ladder = self._ladder(seen)
        if ladder[-1] not in seen:
            return ladder[-1]
        known = {level: found for level, found in seen.items() if found is not None}
        if len(seen) - len(ladder) >= self.extra:
            return None
        pairs = [(self._need(low, high, known), low, high) for low, high in _neighbours(known)]
        need, low, high = max(pairs, default=(0.0, 0, 0))
        return round(math.sqrt(low * high)) if need > 1.0 else None

    def _ladder(self, seen: Mapping[int, Seen | None]) -> list[int]:
        """The doubling levels so far; the last one is not measured yet unless the ladder has ended."""
        levels = [1]
        while levels[-1] in seen and not self._saturated(levels, seen) and levels[-1] < self.most:
            levels.append(min(2 * levels[-1], self.most))
        return levels

    def _saturated(self, levels: list[int], seen: Mapping[int, Seen | None]) -> bool:
        now = seen[levels[-1]]
        before = seen[levels[-2]] if len(levels) > 1 else None
        if now is None or now.full:
            return True
        return before is not None and now.throughput < (1.0 + self.gain) * before.throughput

    def _need(self, low: int, high: int, known: Mapping[int, Seen]) -> float:
        """Above 1: something between two neighbours should be measured."""
        if not low < round(math.sqrt(low * high)) < high:
            return 0.0
        fast, slow = known[low].interactivity, known[high].interactivity
        apart = math.log(fast / slow) / math.log(self.gap) if fast > slow > 0 else 0.0
        return max(apart, *(_bend(level, known) / self.bend for level in (low, high)))


def _neighbours(known: Mapping[int, Seen]) -> list[tuple[int, int]]:
    levels = sorted(known)
    return list(pairwise(levels))


def _bend(level: int, known: Mapping[int, Seen]) -> float:
    """How far a level lies from the chord of its neighbours, both axes logarithmic: 0.03 is about 3 %.

    The distance is perpendicular, so that two nearly equal interactivities are no bend.
    """
    levels = sorted(known)
    place = levels.index(level)
    if place in (0, len(levels) - 1):
        return 0.0
    (ax, ay), (x, y), (bx, by) = (_logs(known[levels[place + step]]) for step in (-1, 0, 1))
    length = math.hypot(bx - ax, by - ay)
    return abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length if length else 0.0


def _logs(seen: Seen) -> tuple[float, float]:
    return math.log(max(seen.interactivity, 1e-9)), math.log(max(seen.throughput, 1e-9))
