"""Two sides read at the same interactivity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from isoline.analyse import words
from isoline.analyse.budget import highest_within
from isoline.analyse.comparison import Comparison, Reading, Series, Side, Source, Target, Within
from isoline.analyse.defaults import common_range, default_targets, measured_range
from isoline.analyse.differences import Declared, differences, recipes
from isoline.analyse.dimensions import DIMENSIONS
from isoline.analyse.drawing import drawn_line
from isoline.analyse.line import Line, Rates, best_points
from isoline.analyse.narrative import narrative
from isoline.analyse.rates import PriceTerms, rate
from isoline.analyse.read import is_known, known_spans, read_envelope, read_pooled
from isoline.domain.catalog import Catalog
from isoline.domain.point import MEASURED, PUBLISHED, SIMULATED, Point
from isoline.domain.slugs import Slug

METHODS = ("envelope", "pooled")
AS_PUBLISHED = "as published"
ENOUGH = 9  # interactivities to try when looking for targets with a ratio
CUSTOM = "custom"  # every price is the reader's own


@dataclass(frozen=True, slots=True)
class Terms:
    """How to compare: everything a reader can switch. `None` targets mean the default ones."""

    sequence: str | None
    precision: str | None = None
    targets: tuple[float, ...] | None = None
    budgets: tuple[float, ...] = ()  # $/M tokens
    method: str = "envelope"
    pricing: PriceTerms = field(default_factory=lambda: PriceTerms("hyperscaler", False, {}, {}, None))


def compare(
    slug: Slug,
    points: Sequence[Point],
    terms: Terms,
    catalog: Catalog,
    *,
    sources: tuple[Source, ...] = (),
    declared: Sequence[Declared] = (),
    notes: tuple[str, ...] = (),
    draw: bool = False,
) -> Comparison:
    """Read both sides of `slug` at the targets. Pure; `draw` also samples the lines of a chart."""
    dimension = DIMENSIONS[slug.kind]
    groups = {key: [p for p in points if getattr(p.recipe, dimension.attribute) == key] for key in slug.sides}
    known = {
        key: [d for d in declared if getattr(d.recipe, dimension.attribute) == key] for key in slug.sides
    }
    built = [_side(slug, key, groups[key], known[key], terms, catalog) for key in slug.sides]
    rated = rate(slug.hardware, terms.pricing, catalog)
    rates = rated.rates
    sides = (_finish(built[0], draw), _finish(built[1], draw))
    span = common_range(sides[0].measured_range, sides[1].measured_range)
    targets = tuple(_target(x, built, rates, slug) for x in _targets(terms, span, [*groups.values()]))
    firm = () if any(t.throughput_ratio for t in targets) else _firm_targets(built)
    differing = differences(dimension, sides, (known[slug.sides[0]], known[slug.sides[1]]))
    # Printed figures were computed with the page's own prices and power, which are not known.
    printed = any(p.printed_cost is not None for p in points)
    as_published = printed and not any(r.explicit_price for r in rates.values())
    own_power = printed and not any(r.explicit_power for r in rates.values())
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
        sequence=terms.sequence,
        precision=slug.precision or terms.precision,
        method=terms.method,
        tier=AS_PUBLISHED if as_published else CUSTOM if len(own) == len(prices) else terms.pricing.tier,
        price={} if as_published else prices,
        own_prices=own,
        price_date=None if as_published else rated.price_date,
        power={} if own_power else power,
        common_range=span,
        sides=sides,
        targets=targets,
        within=tuple(_within(budget, built, rates) for budget in terms.budgets),
        differences=differing,
        narrative=narrative(
            dimension, sides, targets, differing, _where(slug, points, catalog), terms.sequence, span
        ),
        sources=sources,
        notes=(*notes, *firm, *(() if as_published else rated.notes)),
    )


@dataclass(slots=True)
class _Built:
    side: Side
    lines: list[Line]
    pooled: bool

    def read(self, x: float, rates: Rates) -> Reading:
        if self.pooled:
            return read_pooled(self.lines[0] if self.lines else None, x, rates)
        return read_envelope(self.lines, x, rates)

    def highest(self, budget: float, rates: Rates) -> float | None:
        if not self.lines:
            return None
        first = min(line.first.interactivity for line in self.lines)
        last = max(line.last.interactivity for line in self.lines)
        return highest_within(lambda x: self.read(x, rates).cost_per_mtok, first, last, budget)


def _within(budget: float, built: Sequence[_Built], rates: Mapping[str, Rates]) -> Within:
    a, b = (one.highest(budget, rates[one.side.hardware]) for one in built)
    how = [
        one.read(x, rates[one.side.hardware]).status if x is not None else "outside"
        for one, x in zip(built, (a, b), strict=True)
    ]
    return Within(budget, (a, b), (how[0], how[1]))


def _side(
    slug: Slug,
    key: str,
    points: list[Point],
    known: list[Declared],
    terms: Terms,
    catalog: Catalog,
) -> _Built:
    grouped = _by_series(points, catalog).items()
    series = tuple(Series(label, tuple(members), best_points(members)) for label, members in grouped)
    pooled = terms.method == "pooled"
    if pooled:
        one = Line.of(points, None, pooled=True)
        lines = [one] if one else []
    else:
        lines = [Line.through(one.frontier, one.label, pooled=False) for one in series]
        lines.sort(key=lambda line: line.first.throughput, reverse=True)  # the likeliest best one first
    side = Side(
        key=key,
        label=side_label(slug.kind, key, slug.model, catalog),
        hardware=key if slug.kind == "gpu" else slug.hardware[0],
        precision=key if slug.kind == "precision" else slug.precision or terms.precision,
        points=tuple(points),
        series=series,
        measured_range=measured_range([p.interactivity for p in points]),
        recipes=recipes(points, known),
    )
    return _Built(side, lines, pooled)


def _finish(built: _Built, draw: bool) -> Side:
    return replace(built.side, line=drawn_line(built.lines)) if draw else built.side


def _by_series(points: Sequence[Point], catalog: Catalog) -> dict[str, list[Point]]:
    groups: dict[tuple[str, str, bool, str], list[Point]] = {}
    for point in points:
        r = point.recipe
        groups.setdefault((r.engine, r.spec_method, r.disaggregated, point.status), []).append(point)
    labelled: dict[str, list[Point]] = {}
    for (engine, spec, disaggregated, status), members in groups.items():
        if status == PUBLISHED:
            labelled.setdefault("published readings", []).extend(members)
            continue
        parts = [catalog.engine_label(engine)]
        if spec != "none":
            parts.append(catalog.spec_label(spec))
        if disaggregated:
            parts.append("disaggregated")
        if status != MEASURED and status not in parts[0].lower():
            parts.append(status)
        labelled.setdefault(", ".join(parts), []).extend(members)
    return labelled


def _targets(
    terms: Terms, span: tuple[float, float] | None, groups: Sequence[Sequence[Point]]
) -> tuple[float, ...]:
    if terms.targets is not None:
        return terms.targets
    printed = [{p.interactivity for p in group if p.status == PUBLISHED} for group in groups]
    if all(printed) and (shared := sorted(set.intersection(*printed))):
        return tuple(shared)
    return default_targets(span)


def _firm_targets(built: Sequence[_Built]) -> tuple[str, ...]:
    """Where to look instead, if no target has a ratio: knots at which both sides are really known."""
    knots = [{p.interactivity for line in one.lines for p in line.points} for one in built]
    # A knot of one side is known there; the other side needs a knot there or close ones around it.
    near = knots[0] & knots[1]
    for own, other in zip(knots, reversed(built), strict=True):
        spans = known_spans(other.lines)
        near.update(x for x in own if any(low <= x <= high for low, high in spans))
    few = sorted(near)[:: len(near) // ENOUGH + 1]
    found = [x for x in few if all(is_known(one.lines, x, pooled=one.pooled) for one in built)]
    if not found:
        return ()
    spread = [found[len(found) * i // 6] for i in (1, 3, 5)]
    at = ",".join(dict.fromkeys(f"{x:.6g}" for x in spread))
    return (f"Both sides are known well enough to compare at, for example, --at {at}",)


def _target(x: float, built: Sequence[_Built], rates: Mapping[str, Rates], slug: Slug) -> Target:
    a, b = (one.read(x, rates[one.side.hardware]) for one in built)
    blocked = [one.side.label for one, r in zip(built, (a, b), strict=True) if r.status == "outside"]
    wide = [one.side.label for one, r in zip(built, (a, b), strict=True) if r.status == "wide gap"]
    if blocked or wide or not a.throughput_per_gpu or not b.throughput_per_gpu:
        reason = (
            f"{words.join(blocked)} not measured here"
            if blocked
            else f"wide gap between the measured points of {words.join(wide)}"
            if wide
            else "no throughput"
        )
        return Target(x, (a, b), None, None, None, reason)
    cost = a.cost_per_mtok / b.cost_per_mtok if a.cost_per_mtok and b.cost_per_mtok else None
    reason = (
        "about equal (within 1 %)"
        if words.about_equal(a.throughput_per_gpu, b.throughput_per_gpu)
        else "single run, no interval"
    )
    return Target(x, (a, b), a.throughput_per_gpu / b.throughput_per_gpu, cost, None, reason)


def side_label(kind: str, key: str, model: str, catalog: Catalog) -> str:
    """What a side is called in tables, charts and sentences."""
    if kind == "precision":
        return catalog.precision_label(key)
    if kind == "gpu":
        return catalog.hardware_label(key)
    if kind == "engine":
        return catalog.engine_label(key)
    return "no spec decode" if key == "none" else catalog.spec_label(key, model)


def _where(slug: Slug, points: Sequence[Point], catalog: Catalog) -> str:
    """What the sentences are about; that any of it is simulated belongs in the first of them."""
    where = catalog.model_label(slug.model)
    if slug.kind != "gpu":
        precision = f" in {catalog.precision_label(slug.precision)}" if slug.precision else ""
        where += f"{precision} on {catalog.hardware_label(slug.hardware[0])}"
    return f"{where} (simulated)" if any(p.status == SIMULATED for p in points) else where
