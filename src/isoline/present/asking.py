"""What a reader typed, as a question: the same words on the command line and in an address.

Only the name of a thing differs: `--at` there, `at` here. `name` says how an error calls it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from isoline.analyse.filters import vendors
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT
from isoline.analyse.terms import AGGREGATIONS, AXES, METHODS, VIEWS, Filters, View
from isoline.domain.catalog import TIERS, Catalog
from isoline.domain.sequence import parse_sequence, sequence_name
from isoline.domain.slugs import Slug
from isoline.errors import UsageError, unknown
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
    metric: str | None = None
    x: str | None = None
    log: str | None = None
    optimal: str | None = None
    vendor: tuple[str, ...] = ()
    aggregation: str | None = None
    spec_decode: tuple[str, ...] = ()
    view: str | None = None


def question(slug: Slug, asked: Asked, catalog: Catalog, name: Name = str) -> Question:
    """The question behind `asked`; `UsageError` says which value is wrong and how to write it."""
    prices, powers = pairs(name("price"), asked.price), pairs(name("power"), asked.power)
    for key in sorted({*prices, *powers} - set(slug.hardware)):
        raise UsageError(*unknown("GPU", key, slug.hardware, f"it must be one of {slug.canonical}"))
    if asked.precision and slug.kind != "gpu":
        raise UsageError(f"{name('precision')} is for comparisons of GPUs; {slug.canonical} names its own")
    if asked.precision and catalog.resolve_precision(asked.precision) not in catalog.precisions:
        raise UsageError(*unknown("precision", asked.precision, catalog.precisions))
    return Question(
        slug=slug,
        sequence=sequence_name(*parse_sequence(asked.sequence)) if asked.sequence else None,
        precision=catalog.resolve_precision(asked.precision) if asked.precision else None,
        targets=numbers(name("at"), asked.at or None),
        budgets=numbers(name("within"), asked.within or None, like="0.05,0.5") or (),
        method=choice(name("method"), asked.method, METHODS) or METHODS[0],
        tier=choice(name("tier"), asked.tier, TIERS),
        prices=prices,
        powers=powers,
        datasets=tuple(split(asked.dataset)) or None,
        as_of=day(name("as_of"), asked.as_of or None),
        filters=_filters(slug, asked, catalog, name),
        view=_view(asked, name),
    )


def _view(asked: Asked, name: Name) -> View:
    view = choice(name("view"), asked.view, VIEWS) or VIEWS[0]
    metric = choice(name("metric"), asked.metric, tuple(QUANTITIES))
    return View(
        name=view,
        metric=metric or (COST if view == "per-dollar" else THROUGHPUT),
        x=choice(name("x"), asked.x, tuple(AXES)) or "interactivity",
        log=switch(name("log"), asked.log) if asked.log else None,
        optimal=switch(name("optimal"), asked.optimal),
    )


def _filters(slug: Slug, asked: Asked, catalog: Catalog, name: Name) -> Filters:
    if asked.spec_decode and slug.kind == "spec-decode":
        raise UsageError(f"{name('spec_decode')}: speculative decoding is what {slug.canonical} compares")
    return Filters(
        vendor=several(name("vendor"), asked.vendor, vendors(catalog)),
        aggregation=choice(name("aggregation"), asked.aggregation, AGGREGATIONS),
        spec_decode=several(name("spec_decode"), asked.spec_decode, tuple(catalog.spec_methods)),
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


def numbers(option: str, text: str | None, like: str = "102,160,218") -> tuple[float, ...] | None:
    """`"102,160,218"` -> numbers above 0, in the order asked."""
    if text is None:
        return None
    values = [number(part) for part in text.split(",")]
    if len(values) > MAX_NUMBERS:
        raise UsageError(f"{option} takes at most {MAX_NUMBERS} numbers")
    if any(value is None or not 0 < value <= LARGEST for value in values):
        raise UsageError(
            f"{option} {text!r} is not a list of numbers above 0 (and at most {LARGEST:,.0f}), like {like}"
        )
    return tuple(value for value in values if value is not None)


def choice(option: str, text: str | None, known: Sequence[str]) -> str | None:
    """One of `known`, or `None` where nothing was asked."""
    if text and text not in known:
        raise UsageError(*unknown(option, text, known))
    return text or None


def several(option: str, values: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Some of `known`, in its order, in any case."""
    asked = {text.lower() for text in split(values)}
    for text in sorted(asked - set(known)):
        raise UsageError(*unknown(option, text, known))
    return tuple(text for text in known if text in asked)


def switch(option: str, text: str | None) -> bool:
    """`1` is on; absent, empty or `0` is off."""
    if text not in (None, "", "0", "1"):
        raise UsageError(f"{option} {text!r} is neither 1 (on) nor 0 (off)", ("1", "0"))
    return text == "1"


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
