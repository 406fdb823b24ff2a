"""How much of a ratio goes with the thing compared, and how much with what else differs between the sides."""

from __future__ import annotations

from collections.abc import Iterator

from isoline.analyse.comparison import Attribution, Comparison
from isoline.analyse.matched import target
from isoline.analyse.matching import Matching
from isoline.analyse.prepared import Prepared
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.split_words import Both, nothing_equal, sentence
from isoline.analyse.told import headline_target


def attribution(
    comparison: Comparison, best: Prepared, equal: Prepared | None, matching: Matching, noun: str
) -> Attribution | None:
    """Of what is read of `comparison`; `None` where nothing else differs or no ratio is known.

    `equal` is `None` where the sides have no configuration in common; `noun`: what is compared.
    """
    if not (matching.fields or matching.apart):
        return None
    if equal is None:
        told = headline_target(comparison.targets)
        if told is None:
            return None
        return Attribution(
            *(told.interactivity, (), matching.apart, (0, 0), told.ratio),
            *(None, None, None, None, nothing_equal(matching, noun)),
        )
    wide, narrow = _found(comparison, best, equal)
    if wide.ratio is None and narrow.ratio is None:
        return None
    a, b = comparison.sides
    quantity = QUANTITIES[comparison.view.metric]
    return Attribution(
        interactivity=wide.interactivity,
        fields=matching.fields,
        apart=matching.apart,
        points=(len(equal.groups[0]), len(equal.groups[1])),
        best=wide.ratio,
        equal=narrow.ratio,
        interval=narrow.interval,
        rest=wide.ratio / narrow.ratio if wide.ratio and narrow.ratio else None,
        reason=None if narrow.ratio else narrow.winner_reason,
        sentence=sentence((a.label, b.label), noun, quantity, (wide, narrow), matching),
    )


def _found(comparison: Comparison, best: Prepared, equal: Prepared) -> Both:
    """Both ratios at the headline target or, where one is not known there, at the first speed where both are:
    another target, then where equal configurations are well known. Else at the first where one is.
    """
    quantity = QUANTITIES[comparison.view.metric]
    first: Both | None = None
    for x in _speeds(comparison, equal):
        both = (target(x, best.built, quantity), target(x, equal.built, quantity))
        if both[0].ratio and both[1].ratio:
            return both
        if first is None or not (first[0].ratio or first[1].ratio):
            first = both
    assert first is not None  # points on both sides have a range of speeds
    return first


def _speeds(comparison: Comparison, equal: Prepared) -> Iterator[float]:
    told = headline_target(comparison.targets)
    if told is not None:
        yield told.interactivity
    yield from (one.interactivity for one in comparison.targets if one is not told)
    firm = equal.firm
    yield from firm[len(firm) // 2 :] + firm[: len(firm) // 2]
    yield from equal.span or ()
