"""Power samples and energy counters -> energy and power of one window, and whether to believe them.

Pure. Times are nanoseconds of one clock, powers watts, energies joules. A `Trace` is what one device
said over time; a window's ends need not be moments at which it was asked.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

NS = 1e9
LONGEST_GAP = 1.0  # seconds without a sample: more than that is a guess
FEWEST = 10  # samples inside a window
AGREEMENT = 0.05  # counter against integral


@dataclass(frozen=True, slots=True)
class Trace:
    """Readings of one device in order of time. `times` strictly increase; `values` belong to them."""

    times: Sequence[int]
    values: Sequence[float]

    def __post_init__(self) -> None:
        if len(self.times) != len(self.values):
            raise ValueError("a trace needs one value for each time")
        if any(later <= earlier for earlier, later in pairwise(self.times)):
            raise ValueError("the times of a trace must increase")

    def at(self, time: float) -> float:
        """Linear between readings; the first or last reading beyond them."""
        after = bisect_left(self.times, time)
        if after == 0:
            return self.values[0]
        if after == len(self.times):
            return self.values[-1]
        t0, t1 = self.times[after - 1], self.times[after]
        share = (time - t0) / (t1 - t0)
        return self.values[after - 1] * (1 - share) + self.values[after] * share

    def within(self, start: int, end: int) -> Trace:
        """The readings inside, and interpolated ones at both ends."""
        first, last = bisect_right(self.times, start), bisect_left(self.times, end)
        return Trace(
            (start, *self.times[first:last], end),
            (self.at(start), *self.values[first:last], self.at(end)),
        )

    def covers(self, start: int, end: int) -> bool:
        """There is a reading at or before the start, and one at or after the end."""
        return bool(self.times) and self.times[0] <= start and self.times[-1] >= end


@dataclass(frozen=True, slots=True)
class PowerFigures:
    """Power of one window, in watts and joules; `p90_w` is exceeded a tenth of the time."""

    joules: float
    mean_w: float
    p90_w: float
    readings: int  # inside the window
    longest_gap: float  # seconds between two readings, of those that the window needs


def integrate(trace: Trace, start: int, end: int) -> PowerFigures | None:
    """By trapezoids from `start` to `end`, both interpolated; `None` without readings or window."""
    if end <= start or not trace.times:
        return None
    cut = trace.within(start, end)
    spans = list(pairwise(zip(cut.times, cut.values, strict=True)))
    joules = sum((t1 - t0) * (w0 + w1) / 2 for (t0, w0), (t1, w1) in spans) / NS
    inside = bisect_right(trace.times, end) - bisect_left(trace.times, start)
    return PowerFigures(
        joules=joules,
        mean_w=joules * NS / (end - start),
        p90_w=_exceeded_a_tenth([((t1 - t0), w0, w1) for (t0, w0), (t1, w1) in spans]),
        readings=inside,
        longest_gap=_longest_gap(trace, start, end),
    )


def counted(trace: Trace, start: int, end: int) -> float | None:
    """Energy by a counter's difference, interpolated at both ends; `None` if it was reset or falls short."""
    if end <= start or not trace.covers(start, end):
        return None
    needed = trace.values[bisect_right(trace.times, start) - 1 : bisect_left(trace.times, end) + 1]
    if any(later < earlier for earlier, later in pairwise(needed)):
        return None
    return trace.at(end) - trace.at(start)


def total(traces: Sequence[Trace]) -> Trace:
    """The sum of several devices, at the times the first was read while all were."""
    if not traces or any(not trace.times for trace in traces):
        return Trace((), ())
    low = max(trace.times[0] for trace in traces)
    high = min(trace.times[-1] for trace in traces)
    times = [time for time in traces[0].times if low <= time <= high]
    return Trace(times, [sum(trace.at(time) for trace in traces) for time in times])


def doubts(trace: Trace, start: int, end: int, counter: float | None = None) -> list[str]:
    """Why the figures of a window should not be believed, each as `code: words`; empty: no reason."""
    figures = integrate(trace, start, end)
    if figures is None:
        return ["no readings: the source said nothing"]
    found = []
    if not trace.covers(start, end):
        found.append("not covered: the window begins before the first reading or ends after the last")
    if figures.readings < FEWEST:
        found.append(f"few readings: {figures.readings} in the window, at least {FEWEST} are needed")
    if figures.longest_gap > LONGEST_GAP:
        found.append(f"gap: {figures.longest_gap:.1f} s without a reading, at most {LONGEST_GAP:g} s is fine")
    if counter is not None and abs(counter - figures.joules) > AGREEMENT * max(counter, figures.joules):
        found.append(f"disagreement: {counter:.0f} J by the counter, {figures.joules:.0f} J by the readings")
    return found


def _longest_gap(trace: Trace, start: int, end: int) -> float:
    """Also from the window's ends to the nearest reading, where it is not covered."""
    first, last = bisect_right(trace.times, start) - 1, bisect_left(trace.times, end)
    needed = list(trace.times[max(0, first) : last + 1])
    ends = [start, *needed] if first < 0 else needed
    ends = [*ends, end] if last == len(trace.times) else ends
    return max((b - a for a, b in pairwise(sorted(ends))), default=0) / NS


def _exceeded_a_tenth(spans: Sequence[tuple[float, float, float]]) -> float:
    """The power below which it was for nine tenths of the time, linear within each (time, from, to).

    Time below w is a piecewise linear function of w with knots at the ends of the spans; found by
    bisection over the knots, then between two of them.
    """
    knots = sorted({w for _, low, high in spans for w in (low, high)})
    wanted = 0.9 * sum(time for time, *_ in spans)
    low, high = 0, len(knots) - 1
    while low < high:
        middle = (low + high) // 2
        if _time_up_to(knots[middle], spans) >= wanted:
            high = middle
        else:
            low = middle + 1
    if low == 0:
        return knots[0]
    before = sum(time * _share_below(knots[low - 1], a, b, strictly=False) for time, a, b in spans)
    until = sum(time * _share_below(knots[low], a, b, strictly=True) for time, a, b in spans)
    if until <= before:
        return knots[low]
    share = min(1.0, (wanted - before) / (until - before))
    return knots[low - 1] + share * (knots[low] - knots[low - 1])


def _time_up_to(power: float, spans: Sequence[tuple[float, float, float]]) -> float:
    return sum(time * _share_below(power, a, b, strictly=False) for time, a, b in spans)


def _share_below(power: float, a: float, b: float, *, strictly: bool) -> float:
    """Share of a span's time at or below a power (`strictly`: below it)."""
    low, high = min(a, b), max(a, b)
    if power > high or (power == high and not strictly):
        return 1.0
    if power <= low:
        return 0.0 if power < low or low < high or strictly else 1.0
    return (power - low) / (high - low)
