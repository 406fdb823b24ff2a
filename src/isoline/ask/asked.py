"""What a reader typed, as a question: the same words on the command line and in an address.

Only the name of a thing differs: `--at` there, `at` here. `name` says how an error calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isoline.analyse.dimensions import DIMENSIONS
from isoline.analyse.filters import vendors
from isoline.analyse.matching import ALL, FIELDS, matchable
from isoline.analyse.quantities import COST, QUANTITIES, THROUGHPUT
from isoline.analyse.terms import AGGREGATIONS, AXES, METHODS, STATISTICS, VIEWS, Filters, View
from isoline.ask import values
from isoline.ask.question import Question
from isoline.domain.catalog import TIERS, Catalog
from isoline.domain.sequence import parse_sequence, sequence_name
from isoline.domain.slugs import Slug
from isoline.errors import UsageError, unknown

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
    hide: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    max_ttft: str | None = None
    max_e2e: str | None = None
    limit_on: str | None = None


def question(slug: Slug, asked: Asked, catalog: Catalog, name: Name = str) -> Question:
    """The question behind `asked`; `UsageError` says which value is wrong and how to write it."""
    prices, powers = (
        values.by_hardware(name("price"), asked.price),
        values.by_hardware(name("power"), asked.power),
    )
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
        targets=values.numbers(name("at"), asked.at or None),
        budgets=values.numbers(name("within"), asked.within or None, like="0.05,0.5") or (),
        method=values.choice(name("method"), asked.method, METHODS) or METHODS[0],
        tier=values.choice(name("tier"), asked.tier, TIERS),
        prices=prices,
        powers=powers,
        datasets=tuple(values.split(asked.dataset)) or None,
        as_of=values.day(name("as_of"), asked.as_of or None),
        filters=_filters_of(slug, asked, catalog, name),
        view=_view(asked, name),
    )


def _view(asked: Asked, name: Name) -> View:
    view = values.choice(name("view"), asked.view, VIEWS) or VIEWS[0]
    metric = values.choice(name("metric"), asked.metric, tuple(QUANTITIES))
    return View(
        name=view,
        metric=metric or (COST if view == "per-dollar" else THROUGHPUT),
        x=values.choice(name("x"), asked.x, tuple(AXES)) or "interactivity",
        log=values.switch(name("log"), asked.log) if asked.log else None,
        optimal=values.switch(name("optimal"), asked.optimal),
        hide=tuple(dict.fromkeys(text.lower() for text in values.split(asked.hide))),
    )


def _match(slug: Slug, asked: Asked, name: Name) -> tuple[str, ...]:
    known = (ALL, *matchable(DIMENSIONS[slug.kind]))
    for text in values.split(asked.match):
        if text.lower() in FIELDS and text.lower() not in known:
            raise UsageError(
                f"{name('match')} {text}: that, or what goes with it, is what {slug.canonical} compares"
            )
    found = values.several(name("match"), asked.match, known)
    return (ALL,) if ALL in found else found


def _filters_of(slug: Slug, asked: Asked, catalog: Catalog, name: Name) -> Filters:
    if asked.spec_decode and slug.kind == "spec-decode":
        raise UsageError(f"{name('spec_decode')}: speculative decoding is what {slug.canonical} compares")
    return filters(asked, catalog, name, _match(slug, asked, name))


def filters(asked: Asked, catalog: Catalog, name: Name, match: tuple[str, ...] = ()) -> Filters:
    """Which points count; `match` is what sides are held equal in."""
    return Filters(
        vendor=values.several(name("vendor"), asked.vendor, vendors(catalog)),
        aggregation=values.choice(name("aggregation"), asked.aggregation, AGGREGATIONS),
        spec_decode=values.several(name("spec_decode"), asked.spec_decode, tuple(catalog.spec_methods)),
        match=match,
        max_ttft=values.limit(name("max_ttft"), asked.max_ttft),
        max_e2e=values.limit(name("max_e2e"), asked.max_e2e),
        limit_on=values.choice(name("limit_on"), asked.limit_on, STATISTICS) or STATISTICS[0],
    )
