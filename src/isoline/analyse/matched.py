"""One matched interactivity: both readings, their ratios with intervals, and who wins."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from isoline.analyse import words
from isoline.analyse.built import Built
from isoline.analyse.comparison import Interval, Reading, Target
from isoline.analyse.intervals import Apart, Spread, apart, of_ratio, of_reading
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT, Base, Quantity
from isoline.analyse.read import best_from
from isoline.domain.point import SIMULATED

SINGLE = "single run, no interval"
FEWEST = 2  # runs of every point that a winner rests on
Spreads = list[Spread | None]


class _Spreads:
    """How far what is read at `x` may be off on both sides, by base, each found once."""

    def __init__(self, x: float, built: Sequence[Built]) -> None:
        self._x, self._built = x, built
        self._known: dict[str, Spreads] = {}
        self._apart: dict[str, Apart | None] = {}

    def of(self, base: Base) -> Spreads:
        if base.name not in self._known:
            self._known[base.name] = [one.spread(self._x, base) for one in self._built]
        return self._known[base.name]

    def apart(self, base: Base) -> Apart | None:
        """`None` where a side has no repeats."""
        if base.name not in self._apart:
            a, b = self.of(base)
            self._apart[base.name] = apart(a, b) if a and b else None
        return self._apart[base.name]

    def ratio(self, ratio: float | None, quantity: Quantity) -> Interval | None:
        """The interval of a ratio; `None` where a side has no repeats."""
        found = self.apart(quantity.base) if ratio else None
        return of_ratio(ratio, quantity.inverse, found) if ratio and found else None


def target(x: float, built: Sequence[Built], quantity: Quantity) -> Target:
    """Both sides at `x`; ratios only where both are really known there."""
    a, b = (one.read(x, quantity) for one in built)
    repeated = [one.noise is not None for one in built]
    spreads = _Spreads(x, built)
    if any(repeated):
        found = spreads.of(quantity.base)
        a, b = (_with_interval(r, s, quantity) for r, s in zip((a, b), found, strict=True))
    labels = [one.side.label for one in built]
    reason = _why_no_ratio(labels, (a, b))
    if "wide gap" in (a.status, b.status):
        a, b = (
            replace(r, best=best_from(one.lines, x, one.rates)) for r, one in zip((a, b), built, strict=True)
        )
    if reason or not a.throughput_per_gpu or not b.throughput_per_gpu:
        return Target(x, (a, b), None, None, None, reason or "no throughput")
    cost = a.cost_per_mtok / b.cost_per_mtok if a.cost_per_mtok and b.cost_per_mtok else None
    equal = words.about_equal(a.throughput_per_gpu, b.throughput_per_gpu)
    plain = Target(
        x,
        (a, b),
        a.throughput_per_gpu / b.throughput_per_gpu,
        cost,
        None,
        "about equal (within 1 %)" if equal else SINGLE,
        a.value / b.value if a.value and b.value else None,
    )
    return _judged(_with_intervals(plain, spreads, quantity), labels, quantity) if all(repeated) else plain


def _with_interval(reading: Reading, found: Spread | None, quantity: Quantity) -> Reading:
    if not found or not reading.value or reading.status in ("outside", "wide gap"):
        return reading
    return replace(reading, interval=of_reading(reading.value, quantity, found))


def _with_intervals(found: Target, spreads: _Spreads, quantity: Quantity) -> Target:
    throughput = QUANTITIES[THROUGHPUT]
    first = spreads.ratio(found.throughput_ratio, throughput)
    return replace(
        found,
        throughput_interval=first,
        cost_interval=spreads.ratio(found.cost_ratio, QUANTITIES[COST]),
        interval=first if quantity is throughput else spreads.ratio(found.ratio, quantity),
    )


def _judged(found: Target, labels: Sequence[str], quantity: Quantity) -> Target:
    """With the side whose interval of the ratio excludes 1, if there is one, and why."""
    interval = found.interval
    if interval is None or found.ratio is None:
        return found
    basis = f", {SIMULATED}" if any(r.basis == SIMULATED for r in found.readings) else ""
    text = f"interval of the ratio {words.between(interval.low, interval.high)}"
    runs = words.runs(interval.runs)
    if interval.low <= 1 <= interval.high:
        return replace(found, winner_reason=f"no measurable difference: {text} includes 1, {runs}{basis}")
    if min(interval.runs) < FEWEST:
        reason = f"a point beside it was measured once: {text} rests on the spread at other loads{basis}"
        return replace(found, winner_reason=reason)
    better = (found.ratio < 1) != quantity.lower_is_better
    if found.readings[not better].status == "dominated":
        reason = f"{labels[not better]} is faster than asked: its value is only a bound"
        return replace(found, winner_reason=reason)
    return replace(found, winner=labels[better], winner_reason=f"{text} excludes 1, {runs}{basis}")


def _why_no_ratio(labels: Sequence[str], readings: Sequence[Reading]) -> str:
    def those(status: str) -> list[str]:
        return [label for label, r in zip(labels, readings, strict=True) if r.status == status]

    if blocked := those("outside"):
        return f"{words.join(blocked)} not measured here"
    if wide := those("wide gap"):
        return f"wide gap between the measured points of {words.join(wide)}"
    if len(those("dominated")) == len(labels):
        return "both are faster than asked: a ratio of two bounds says nothing"
    return ""
