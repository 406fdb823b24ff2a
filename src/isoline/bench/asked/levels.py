"""Numbers a sweep goes through: `1,8,64`, `1..64`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from isoline.bench.asked.spec import SpecProblem

N = TypeVar("N", int, float)
_MOST_LEVELS = 64


def levels(value: object, kind: type[N], name: str) -> list[N]:
    """A number, a list, `1,8,64`, or `1..64`, which doubles."""
    if isinstance(value, (int, float)):
        return [kind(value)]
    if isinstance(value, list):
        return [kind(item) for item in value]
    found: list[N] = []
    for part in str(value).split(","):
        low, dots, high = part.strip().partition("..")
        first = _number(low, kind, name, part)
        found.append(first)
        last = _number(high, kind, name, part) if dots else first
        while found[-1] * 2 <= last and len(found) < _MOST_LEVELS:
            found.append(found[-1] * 2)
        if dots and found[-1] < last:
            found.append(last)
    return found


def once(values: Sequence[N], name: str) -> Sequence[N]:
    """The values; one that is given twice is a mistake."""
    if twice := [level for level in values if values.count(level) > 1]:
        words = f"{twice[0]:g} is given twice; repeats measure a load more than once"
        raise SpecProblem((name,), words)
    return values


def _number(text: str, kind: type[N], name: str, part: str) -> N:
    try:
        number = kind(text)
    except ValueError:
        number = kind(0)
    if not 0 < number < 1e6:
        raise SpecProblem((name,), f"{part.strip()!r} is not a number above 0, nor a range like 1..64")
    return number
