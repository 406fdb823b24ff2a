"""The sentence that splits a ratio: with the best configuration of each side, and with both held equal."""

from __future__ import annotations

from isoline.analyse import words
from isoline.analyse.comparison import Interval, Target
from isoline.analyse.gain import upwards
from isoline.analyse.matching import Matching, named, same
from isoline.analyse.quantities import COST, Quantity
from isoline.domain.point import SIMULATED

Both = tuple[Target, Target]  # the best of each side, and held equal


def nothing_equal(matching: Matching, noun: str) -> str:
    """Where nothing that differs can be held equal."""
    return (
        f"The sides share no speeds at equal {named(matching.apart)}, so what of the ratio goes with the "
        f"{noun} cannot be told from what goes with the rest."
    )


def sentence(labels: tuple[str, str], noun: str, quantity: Quantity, both: Both, matching: Matching) -> str:
    """Of two targets at one speed, of which one at least has a ratio.

    It is about the side that is ahead where both are held equal, if that is known. Factors are given where
    both ratios are measurable differences; what the points that are held equal may still differ in goes with
    the thing compared.
    """
    wide, narrow = both
    say = _Side(labels, quantity, narrow.ratio or wide.ratio or 1.0)
    at = f"At {words.interactivity(wide.interactivity)} tok/s/user"
    if any(reading.basis == SIMULATED for reading in wide.readings):
        at += ", simulated,"
    apart = named(matching.apart, matching.fields) if matching.apart else ""
    still = f" They can still differ in {apart}." if apart else ""
    where = f"where both have {same(matching.fields, matching.apart)}"
    if narrow.ratio is None:
        told = f"{at} {say.all_of(wide)} with the best configuration of each side"
        return f"{told}; {where}, no ratio can be claimed there ({narrow.winner_reason}).{still}"
    if wide.ratio is None:
        return f"{at} {say.all_of(narrow)} {where}; with the best of each side none can be claimed.{still}"
    told = f"{at} {say.all_of(wide)} with the best configuration of each side and {say.ratio(narrow)} {where}"
    if _undecided(narrow.interval):
        return f"{told}, no measurable difference.{still}"
    if _undecided(wide.interval):
        return f"{told}: only there a difference is measurable.{still}"
    equal, rest = say.turned(narrow.ratio), say.turned(wide.ratio) / say.turned(narrow.ratio)
    if words.about_equal(rest, 1.0):
        return f"{told}: holding that equal changes nothing.{still}"
    beside = f" and {apart}" if apart else ""
    return f"{told}: {_factor(equal)} goes with the {noun}{beside}, {_factor(rest)} with the rest."


class _Side:
    """Ratios about the side that has more by `known`, first ÷ second; of costs, as tokens per dollar."""

    def __init__(self, labels: tuple[str, str], quantity: Quantity, known: float) -> None:
        dollars = quantity.key == COST
        other = known > 1 if dollars else known < 1
        self._flip = other != dollars
        self._first, self._second = labels[::-1] if other else labels
        self._verb = "gives" if dollars else quantity.verb or "gives"
        self._noun = "tokens per dollar" if dollars else quantity.noun

    def all_of(self, found: Target) -> str:
        """`FP8 gives 1.33× the tokens per GPU of BF16`"""
        if self._verb == "costs":
            return f"{self._first} costs {self.ratio(found)} of {self._second} {self._noun}"
        return f"{self._first} {self._verb} {self.ratio(found)} the {self._noun} of {self._second}"

    def ratio(self, found: Target) -> str:
        """With its interval, if it has one."""
        if found.ratio is None:
            return "an unknown part of"
        if found.interval is None:
            return _factor(self.turned(found.ratio))
        low, high = upwards(found.interval, self._flip)
        beside = words.bracketed(words.between(low, high), found.interval.runs)
        return f"{words.factor(self.turned(found.ratio), low, high)}{beside}"

    def turned(self, ratio: float) -> float:
        return 1 / ratio if self._flip else ratio


def _undecided(interval: Interval | None) -> bool:
    return interval is not None and interval.low <= 1 <= interval.high


def _factor(ratio: float) -> str:
    """Three significant digits: readers multiply factors."""
    return f"{words.amount(ratio)}×"
