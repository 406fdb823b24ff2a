"""How much of a ratio goes with the thing compared, and how much with what else differs between the sides."""

from __future__ import annotations

from isoline.analyse import words
from isoline.analyse.comparison import Attribution, Comparison, Target
from isoline.analyse.matched import target
from isoline.analyse.matching import Matching, named, same
from isoline.analyse.prepared import Prepared
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.told import headline_target


def attribution(
    comparison: Comparison, best: Prepared, equal: Prepared | None, matching: Matching, noun: str
) -> Attribution | None:
    """Of what is read of `comparison`; `None` where no ratio is known or no field could be held equal.

    `equal` is `None` where the sides have no configuration in common; `noun`: what is compared.
    """
    x = _where(comparison, equal)
    if x is None or not (matching.fields or matching.apart):
        return None
    quantity = QUANTITIES[comparison.view.metric]
    wide = target(x, best.built, quantity)
    narrow = target(x, equal.built, quantity) if equal else None
    a, b = (side.label for side in comparison.sides)
    rest = wide.ratio / narrow.ratio if narrow and narrow.ratio and wide.ratio else None
    return Attribution(
        interactivity=x,
        fields=matching.fields,
        apart=matching.apart,
        points=(len(equal.groups[0]), len(equal.groups[1])) if equal else (0, 0),
        best=wide.ratio,
        equal=narrow.ratio if narrow else None,
        interval=narrow.interval if narrow else None,
        rest=rest,
        reason=None if narrow is None or narrow.ratio else narrow.winner_reason,
        sentence=_sentence(f"{a} ÷ {b}", noun, wide, narrow, rest, matching),
    )


def _where(comparison: Comparison, equal: Prepared | None) -> float | None:
    """The headline target; where there is none, a speed at which equal configurations are known."""
    if told := headline_target(comparison.targets):
        return told.interactivity
    return equal.firm[len(equal.firm) // 2] if equal and equal.firm else None


def _sentence(
    what: str, noun: str, wide: Target, narrow: Target | None, rest: float | None, matching: Matching
) -> str:
    at = f"At {words.interactivity(wide.interactivity)} tok/s/user"
    apart = named(matching.apart, matching.fields) if matching.apart else ""
    best = f"{what} is {_ratio(wide)} with the best configuration of each side"
    if narrow is None:
        return (
            f"The sides have no {apart} in common, so what of the ratio goes with the {noun} "
            "cannot be told from what goes with those."
        )
    where = f"where both have {same(matching.fields, matching.apart)}"
    still = f" They still differ in {apart}." if apart else ""
    if narrow.ratio is None:
        return f"{at} {best}; {where}, no ratio can be claimed there ({narrow.winner_reason}).{still}"
    if wide.ratio is None or rest is None:
        return (
            f"{at} {what} is {_ratio(narrow)} {where}; with the best of each side none can be claimed.{still}"
        )
    both = f"{at} {best} and {_ratio(narrow)} {where}"
    if words.about_equal(rest, 1.0):
        return f"{both}: what else differs changes nothing there.{still}"
    return f"{both}: {_plain(narrow.ratio)} goes with the {noun}, {_plain(rest)} with the rest.{still}"


def _ratio(found: Target) -> str:
    """With its interval, if it has one."""
    if found.ratio is None:
        return "not known"
    if found.interval is None:
        return _plain(found.ratio)
    low, high = found.interval.low, found.interval.high
    beside = words.bracketed(words.between(low, high), found.interval.runs)
    return f"{words.factor(found.ratio, low, high)}{beside}"


def _plain(ratio: float) -> str:
    return words.factor(ratio, 0.0, 2.0)
