"""In what both sides of a comparison are held equal, as asked or as far as can be."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.analyse.differences import has_published
from isoline.analyse.dimensions import DIMENSIONS
from isoline.analyse.matching import (
    ALL,
    NO_MATCHING,
    ORDER,
    Matching,
    left,
    matchable,
    matched,
    most,
    named,
    shares_values,
)
from isoline.analyse.prepared import Prepared
from isoline.domain.point import Point
from isoline.errors import NoDataError


def possible(best: Prepared) -> Matching:
    """All that the sides can be held equal in, one field after the other. Published readings do not say how
    they were served.
    """
    if has_published(one.side for one in best.built):
        return NO_MATCHING
    return _matching(best, most(best.groups, _order(best)))


def held_equal(asked: Sequence[str], best: Prepared) -> Matching:
    """What `match` comes to; `NoDataError` where the sides have nothing in common then."""
    if not all(best.groups):
        return NO_MATCHING
    if has_published(one.side for one in best.built):
        raise NoDataError("published readings do not say how they were served, so nothing can be held equal")
    if ALL not in asked:
        if not shares_values(best.groups, asked):
            raise NoDataError(_nothing(best, asked))
        return _matching(best, tuple(asked))
    found = possible(best)
    if found.apart and not found.fields:
        raise NoDataError(_nothing(best, found.apart))
    return found


def equal_points(best: Prepared, matching: Matching) -> list[Point]:
    """The points of both sides that are left."""
    a, b = matched(best.groups, matching.fields)
    return [*a, *b]


def _matching(best: Prepared, fields: tuple[str, ...]) -> Matching:
    return Matching(fields, left(matched(best.groups, fields), _order(best)))


def _order(best: Prepared) -> list[str]:
    known = matchable(DIMENSIONS[best.slug.kind])
    return [name for name in ORDER if name in known]


def _nothing(best: Prepared, fields: Sequence[str]) -> str:
    """Values of each side are told where one field is what keeps them apart."""
    a, b = (one.side.label for one in best.built)
    several = any(shares_values(best.groups, (name,)) for name in fields)
    if several and len(fields) > 1:
        return f"{a} and {b} share no speeds at equal {named(fields)}"
    text = f"{a} and {b} have no {named(fields)} in common"
    values = next((one for one in best.differing if len(fields) == 1 and one.field == fields[0]), None)
    return f"{text} ({a}: {values.a}; {b}: {values.b})" if values else text
