"""Two sides read at the same interactivity."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from isoline.analyse import firm
from isoline.analyse.budget import within
from isoline.analyse.caveats import kinds_of
from isoline.analyse.comparison import Comparison, Source, Within
from isoline.analyse.differences import Declared
from isoline.analyse.dimensions import dimension_of, one_engine
from isoline.analyse.filters import Offers, scope
from isoline.analyse.matched import target
from isoline.analyse.narrative import narrative
from isoline.analyse.prepared import Prepared, prepare
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.targets import chosen
from isoline.analyse.terms import Terms
from isoline.analyse.verdict import About
from isoline.domain.catalog import Catalog
from isoline.domain.point import Point
from isoline.domain.slugs import Slug

AS_PUBLISHED = "as published"
CUSTOM = "custom"  # every price is the reader's own

Targets = tuple[float, ...]


def compare(
    slug: Slug,
    points: Sequence[Point],
    terms: Terms,
    catalog: Catalog,
    *,
    sources: tuple[Source, ...] = (),
    declared: Sequence[Declared] = (),
    notes: tuple[str, ...] = (),
    offers: Offers | None = None,
    draw: bool = False,
) -> Comparison:
    """Read both sides of `slug` at the targets of `terms`. Pure; `draw` also makes what a chart shows."""
    ready = prepare(slug, points, terms, catalog, declared)
    return read(
        *(ready, terms.targets, within(ready.built, terms.budgets), catalog),
        sources=sources,
        notes=notes,
        offers=offers,
        draw=draw,
    )


def read(
    ready: Prepared,
    asked: Targets | None,
    within: tuple[Within, ...],
    catalog: Catalog,
    *,
    sources: tuple[Source, ...] = (),
    notes: tuple[str, ...] = (),
    offers: Offers | None = None,
    draw: bool = False,
) -> Comparison:
    """Prepared sides at targets (`None`: the default ones); see `compare`."""
    slug, terms, built, rates = ready.slug, ready.terms, ready.built, ready.rated.rates
    quantity = QUANTITIES[terms.view.metric]
    a, b = (one.plotted(terms.view) if draw else one.side for one in built)
    at, moved = (asked, ()) if asked is not None else _default(ready)
    targets = tuple(target(x, built, quantity) for x in at)
    # Default targets that may move have looked at every knot: there is no better one to name.
    searched = asked is None and _movable(ready)
    better = () if searched or any(t.throughput_ratio for t in targets) else _firm_targets(ready)
    narrowed = scope(terms.filters, catalog, terms.matching)
    where = _where(slug, [point for group in ready.groups for point in group], catalog)
    about = About(dimension_of(slug), quantity, where, terms.sequence, narrowed, bool(terms.matching.fields))
    engine = one_engine(slug)
    # Printed figures were computed with the page's own prices and power, which are not known.
    as_published = ready.printed and not any(r.explicit_price for r in rates.values())
    own_power = ready.printed and not any(r.explicit_power for r in rates.values())
    own = tuple(key for key in slug.hardware if key in terms.pricing.prices)
    prices = {h: r.usd_per_gpu_hour for h, r in rates.items() if r.usd_per_gpu_hour is not None}
    power = {h: r.kw_per_gpu for h, r in rates.items() if r.kw_per_gpu is not None}
    return Comparison(
        kind=slug.kind,
        slug=slug.canonical,
        model=slug.model,
        model_label=catalog.model_label(slug.model),
        hardware=slug.hardware,
        hardware_labels=tuple(catalog.hardware_label(key) for key in slug.hardware),
        engine_label=catalog.engine_label(engine) if engine else None,
        sequence=terms.sequence,
        precision=slug.precision or terms.precision,
        method=terms.method,
        tier=AS_PUBLISHED if as_published else CUSTOM if len(own) == len(prices) else terms.pricing.tier,
        price={} if as_published else prices,
        own_prices=own,
        price_date=None if as_published else ready.rated.price_date,
        power={} if own_power else power,
        common_range=ready.span,
        sides=(a, b),
        targets=targets,
        within=within,
        differences=ready.differing,
        narrative=narrative(about, (a, b), targets, ready.differing, ready.span),
        sources=sources,
        notes=(*notes, *moved, *better, *(() if as_published else ready.rated.notes)),
        view=terms.view,
        filters=terms.filters,
        offers=offers or Offers(),
        scope=narrowed,
        where=where,
        matching=terms.matching,
        held=ready.held,
    )


def _default(ready: Prepared) -> tuple[Targets, tuple[str, ...]]:
    if not _movable(ready):
        return chosen(ready.span, ready.groups, tuple, None)
    return chosen(
        ready.span,
        ready.groups,
        partial(firm.candidates, ready.built),
        partial(firm.both_known, ready.built),
    )


def _movable(ready: Prepared) -> bool:
    """`pooled` keeps the reference's targets, whatever is known there."""
    return ready.terms.method != "pooled" and all(one.lines for one in ready.built)


def _firm_targets(ready: Prepared) -> tuple[str, ...]:
    """Where to look instead, if no target has a ratio."""
    if not ready.firm:
        return ()
    at = ",".join(dict.fromkeys(f"{x:.6g}" for x in ready.firm))
    return (f"Both sides are known well enough to compare at, for example, --at {at}",)


def _where(slug: Slug, points: Sequence[Point], catalog: Catalog) -> str:
    """What the sentences are about; that any of it is simulated, or drawn at random, belongs in the first."""
    where = catalog.model_label(slug.model)
    if not slug.across:
        precision = f" in {catalog.precision_label(slug.precision)}" if slug.precision else ""
        where += f"{precision} on {catalog.hardware_label(slug.hardware[0])}"
    if engine := one_engine(slug):
        where += f" with {catalog.engine_label(engine)}"
    return where + kinds_of(points)
