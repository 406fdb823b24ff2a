"""From a model to its ranking: choose data and lengths, fetch the points, read all configurations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from isoline.analyse.caveats import caveats, kinds_of
from isoline.analyse.comparison import Reading
from isoline.analyse.filters import STORED_APART, limits_apart, offers, scope
from isoline.analyse.quantities import QUANTITIES, THROUGHPUT, Quantity
from isoline.analyse.ranking import Ranked, Ranking, at, is_known, rank, sentence, speeds
from isoline.analyse.rates import PriceTerms, rate
from isoline.analyse.sides import build
from isoline.analyse.terms import NO_FILTERS, Filters, View
from isoline.analyse.words import join
from isoline.ask.absence import narrowed
from isoline.ask.answer import DEFAULT_TIER
from isoline.ask.counted import about_limits, about_repeats, counted, filtered
from isoline.ask.holdings import held
from isoline.ask.preference import preference, without_stand_ins
from isoline.ask.provenance import provenance
from isoline.domain.catalog import Catalog
from isoline.domain.point import PUBLISHED, Coverage, Dataset, Point, Selection
from isoline.domain.sequence import sequence_name
from isoline.errors import NoDataError, UsageError, unknown
from isoline.store.sources import Sources

Lengths = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class RankQuestion:
    """What `isoline rank` and its page ask; `None` means the default. `by` is one of `targets`."""

    model: str
    sequence: str | None = None
    targets: tuple[float, ...] | None = None
    by: float | None = None
    metric: str = THROUGHPUT
    precisions: tuple[str, ...] = ()
    tier: str | None = None
    prices: Mapping[str, float] = field(default_factory=dict)
    powers: Mapping[str, float] = field(default_factory=dict)
    datasets: tuple[str, ...] | None = None
    as_of: str | None = None
    filters: Filters = NO_FILTERS


def ranking(question: RankQuestion, sources: Sources, catalog: Catalog) -> Ranking:
    """All configurations of a model; `NoDataError` without any, `UsageError` for unknown datasets."""
    datasets = {d.name: d for d in sources.datasets()}
    names, lengths, _ = _chosen(question, sources, datasets, catalog)
    quantity = QUANTITIES[question.metric]
    selection = replace(_selection(question), datasets=names, isl=lengths[0], osl=lengths[1])
    apart = question.metric in STORED_APART or limits_apart(question.filters)
    points, notes = counted(
        sources.points(selection, include_invalid=True, all_metrics=apart), None, datasets
    )
    if not points:  # what was counted has gone meanwhile
        raise _nothing(question, sources, catalog)
    hardware = tuple(sorted({point.recipe.hardware for point in points}))
    offered = offers(points, hardware, catalog)
    notes = (*about_limits(points, question.filters), *notes)
    view = View(metric=question.metric)
    points = filtered(points, catalog.model_label(question.model), question.filters, view, offered, catalog)
    terms = PriceTerms(
        question.tier or DEFAULT_TIER,
        question.tier is not None,
        question.prices,
        question.powers,
        question.as_of,
    )
    rated = rate(hardware, terms, catalog)
    built = [
        build(
            "-".join(place),
            f"{catalog.hardware_label(place[0])} {catalog.precision_label(place[1])}",
            place,
            own,
            rated.rates[place[0]],
            catalog,
            pooled=False,
        )
        for place, own in _by_place(points).items()
    ]
    targets, by = _speeds(question, *speeds(built, quantity))
    rows, told = rank(built, targets, by, quantity)
    sequence = sequence_name(*lengths)
    filters = scope(question.filters, catalog)
    model = catalog.model_label(question.model)
    where = ", ".join([model + kinds_of(points), *filters])
    place = targets.index(by)
    none = not is_known(rows[0].readings[place])
    verdict = "nothing is known" if none else sentence(rows, place, told, built, quantity)
    own = tuple(key for key in hardware if key in question.prices)
    prices = {h: r.usd_per_gpu_hour for h, r in rated.rates.items() if r.usd_per_gpu_hour}
    powers = {h: r.kw_per_gpu for h, r in rated.rates.items() if r.kw_per_gpu}
    # Printed figures were computed with the page's own prices and power, which are not known.
    printed = any(p.printed_cost is not None for p in points)
    if printed and not terms.tier_chosen:
        prices = {key: prices[key] for key in own}
    if printed:
        powers = {key: powers[key] for key in powers if key in question.powers}
    return Ranking(
        model=question.model,
        model_label=model,
        where=where,
        sequence=sequence,
        metric=question.metric,
        targets=targets,
        by=by,
        rows=rows,
        sentence=f"{where}, {at(by)}: {verdict}.",
        tier=terms.tier,
        own_prices=own,
        price=prices,
        price_date=rated.price_date if len(prices) > len(own) else None,
        power=powers,
        scope=filters,
        sources=provenance(points, datasets),
        notes=(
            *_silent(rows, place, quantity),
            *(_mixed(rows, own) if printed and not terms.tier_chosen else ()),
            *caveats(points, question.metric),
            *about_repeats(points),
            *notes,
            *rated.notes,
        ),
    )


def _selection(question: RankQuestion) -> Selection:
    """The points that a question is about, of any lengths."""
    return Selection(
        model=question.model,
        precision=question.precisions or None,
        datasets=question.datasets,
        until=question.as_of,
    )


def _chosen(
    question: RankQuestion, sources: Sources, datasets: Mapping[str, Dataset], catalog: Catalog
) -> tuple[tuple[str, ...], Lengths, list[Coverage]]:
    """One dataset, or those that are named, and one pair of lengths, with what there is of them: where two
    configurations were measured, else published; where most are; then the preferred dataset, most points, the
    shorter lengths.
    """
    for name in question.datasets or ():
        if name not in datasets:
            raise UsageError(*unknown("dataset", name, datasets))
    every = [row for row in sources.coverage(_selection(question)) if row.isl is not None]
    rows = every if question.datasets else without_stand_ins(every, datasets)
    fitting: dict[tuple[tuple[str, ...], Lengths], list[Coverage]] = {}
    for row in rows:
        if question.sequence in (None, sequence_name(row.isl, row.osl)):
            names = question.datasets or (row.dataset,)
            fitting.setdefault((names, (row.isl, row.osl)), []).append(row)
    if not fitting:
        raise _nothing(question, sources, catalog)

    def order(key: tuple[tuple[str, ...], Lengths]) -> tuple[object, ...]:
        own, lengths = fitting[key], tuple(n or 0 for n in key[1])
        places = {(row.hardware, row.precision) for row in own}
        liked = min(preference(name, datasets, question.as_of) for name in key[0])
        printed = any(datasets[name].kind == PUBLISHED for name in key[0] if name in datasets)
        points = sum(row.points for row in own)
        return len(places) < 2, printed, -len(places), liked, -points, lengths

    names, lengths = best = min(fitting, key=order)
    return names, lengths, fitting[best]


def _nothing(question: RankQuestion, sources: Sources, catalog: Catalog) -> NoDataError:
    """With what was asked besides the model, and what there is of it."""
    precisions = " or ".join(map(catalog.precision_label, question.precisions))
    asked = narrowed(question.sequence, precisions, question.datasets, question.as_of)
    every = sources.coverage(Selection(model=question.model))
    there = f"; there is {held(every, catalog)}" if every and asked else ""
    model = catalog.model_label(question.model)
    return NoDataError(f"no data for {model}{asked}{there}; `isoline list` shows what can be compared")


def _silent(rows: Sequence[Ranked], place: int, quantity: Quantity) -> tuple[str, ...]:
    """Configurations that were measured at the speed, but say nothing of the metric."""
    those = [row.label for row in rows if _is_silent(row.readings[place])]
    if not those:
        return ()
    if quantity.verb == "costs":
        return (f"No price of {join(those)} is known",)
    verb = "are" if quantity.noun.partition(" per ")[0].endswith("s") else "is"
    return (f"Of {join(those)} {quantity.noun} {verb} not reported",)


def _is_silent(reading: Reading) -> bool:
    return reading.value is None and reading.bound is None


def _mixed(rows: Sequence[Ranked], own: Sequence[str]) -> tuple[str, ...]:
    """That some costs are printed ones and others the reader's own."""
    if not own or all(row.hardware in own for row in rows):
        return ()
    return (f"Costs are as printed, but at your prices on {join(list(own))}: a tier makes them comparable",)


def _by_place(points: Sequence[Point]) -> dict[tuple[str, str], list[Point]]:
    """By GPU and precision."""
    found: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        found.setdefault((point.recipe.hardware, point.recipe.precision), []).append(point)
    return found


def _speeds(
    question: RankQuestion, default: tuple[float, ...], usual: float
) -> tuple[tuple[float, ...], float]:
    """Those asked for and the one to order by: the first of them unless another is named."""
    targets = tuple(dict.fromkeys(question.targets)) if question.targets else default
    by = question.by or (targets[0] if question.targets else usual)
    return (targets if by in targets else (*targets, by)), by


@dataclass(frozen=True, slots=True)
class Listed:
    """What a model's default ranking is of: so many configurations and points, of these datasets."""

    model: str
    datasets: tuple[str, ...]
    sequence: str | None
    configurations: int
    points: int
    newest: str | None


def listed(sources: Sources, catalog: Catalog) -> list[Listed]:
    """Every model with several configurations in one dataset, from counts alone: measured ones first, then
    those with most configurations.
    """
    datasets = {d.name: d for d in sources.datasets()}
    found = []
    for model in sorted({row.model for row in sources.coverage(Selection())} & set(catalog.models)):
        try:
            names, lengths, rows = _chosen(RankQuestion(model), sources, datasets, catalog)
        except NoDataError:  # of lengths that are not known
            continue
        places = {(row.hardware, row.precision) for row in rows}
        newest = max((row.last_date for row in rows if row.last_date), default=None)
        points = sum(row.points for row in rows)
        found.append(Listed(model, names, sequence_name(*lengths), len(places), points, newest))
    several = [one for one in found if one.configurations > 1]
    return sorted(
        several, key=lambda one: (preference(one.datasets[0], datasets)[0], -one.configurations, one.model)
    )


def sequences(model: str, sources: Sources) -> tuple[str, ...]:
    """The lengths at which there are points of a model, sorted."""
    rows = sources.coverage(Selection(model=model))
    return tuple(sorted({name for row in rows if (name := sequence_name(row.isl, row.osl))}))
