"""What a reader typed, as a question: the same words on the command line and in an address.

Only the name of a thing differs: `--at` there, `at` here. `name` says how an error calls it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from isoline.analyse.compare import METHODS
from isoline.domain.catalog import TIERS, Catalog
from isoline.domain.sequence import parse_sequence, sequence_name
from isoline.domain.slugs import Slug
from isoline.errors import UsageError
from isoline.present.answer import Question

MAX_NUMBERS = 100
LARGEST = 1e6  # tok/s per user or $ per M tokens; nothing is or will soon be asked above it

Name = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The raw texts; `None` and empty mean the default."""

    at: str | None = None
    within: str | None = None
    sequence: str | None = None
    precision: str | None = None
    method: str | None = None
    tier: str | None = None
    price: tuple[str, ...] = ()
    power: tuple[str, ...] = ()
    dataset: tuple[str, ...] = ()
    as_of: str | None = None


def question(slug: Slug, asked: Asked, catalog: Catalog, name: Name = str) -> Question:
    """The question behind `asked`; `UsageError` says which value is wrong and how to write it."""
    prices, powers = pairs(name("price"), asked.price), pairs(name("power"), asked.power)
    for key in {*prices, *powers} - set(slug.hardware):
        raise UsageError(f"{key!r} is not part of {slug.canonical}; there is {', '.join(slug.hardware)}")
    if asked.precision and slug.kind != "gpu":
        raise UsageError(f"{name('precision')} is for comparisons of GPUs; {slug.canonical} names its own")
    if asked.precision and catalog.resolve_precision(asked.precision) not in catalog.precisions:
        raise UsageError(f"there is no precision {asked.precision!r}", tuple(catalog.precisions))
    return Question(
        slug=slug,
        sequence=sequence_name(*parse_sequence(asked.sequence)) if asked.sequence else None,
        precision=catalog.resolve_precision(asked.precision) if asked.precision else None,
        targets=numbers(name("at"), asked.at or None),
        budgets=numbers(name("within"), asked.within or None) or (),
        method=choice(name("method"), asked.method, METHODS) or METHODS[0],
        tier=choice(name("tier"), asked.tier, TIERS),
        prices=prices,
        powers=powers,
        datasets=tuple(split(asked.dataset)) or None,
        as_of=day(name("as_of"), asked.as_of or None),
    )


def pairs(option: str, values: Sequence[str] | None) -> dict[str, float]:
    """`["b300=2.26,h100=1.5"]` -> `{"b300": 2.26, "h100": 1.5}`; values are positive and finite."""
    found: dict[str, float] = {}
    for item in split(values):
        key, sign, text = item.partition("=")
        value = number(text)
        if not sign or not key or value is None or value <= 0:
            raise UsageError(
                f"{option} {item!r} is not HARDWARE=NUMBER with a number above 0, like b300=2.26"
            )
        found[key.strip().lower()] = value
    return found


def numbers(option: str, text: str | None) -> tuple[float, ...] | None:
    """`"102,160,218"` -> numbers above 0, in the order asked."""
    if text is None:
        return None
    values = [number(part) for part in text.split(",")]
    if len(values) > MAX_NUMBERS:
        raise UsageError(f"{option} takes at most {MAX_NUMBERS} numbers")
    if any(value is None or not 0 < value <= LARGEST for value in values):
        raise UsageError(
            f"{option} {text!r} is not a list of numbers above 0 (and at most {LARGEST:,.0f}), "
            "like 102,160,218"
        )
    return tuple(value for value in values if value is not None)


def choice(option: str, text: str | None, known: Sequence[str]) -> str | None:
    """One of `known`, or `None` where nothing was asked."""
    if text and text not in known:
        raise UsageError(f"{option} {text!r} is not one of {', '.join(known)}", tuple(known))
    return text or None


def split(values: Sequence[str] | None) -> list[str]:
    """Repeated and comma-separated values as one list."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]


def number(text: str) -> float | None:
    """A finite number, or `None`."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def day(option: str, value: str | None) -> str | None:
    """An ISO date, checked."""
    from datetime import date

    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise UsageError(f"{option} {value!r} is not a date like 2026-06-14") from None
