"""From a model to its ranking: choose data and lengths, fetch the points, read all configurations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from isoline.analyse.caveats import caveats, kinds_of
from isoline.analyse.filters import STORED_APART, limits_apart, offers, scope
from isoline.analyse.quantities import QUANTITIES, THROUGHPUT
from isoline.analyse.ranking import Ranking, at, is_known, rank, sentence, speeds
from isoline.analyse.rates import PriceTerms, rate
from isoline.analyse.sides import build
from isoline.analyse.terms import NO_FILTERS, Filters, View
from isoline.ask.answer import DEFAULT_TIER
from isoline.ask.counted import about_limits, about_repeats, counted, filtered
from isoline.ask.holdings import held
from isoline.ask.preference import PREFERENCE, preference, without_stand_ins
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
    names, lengths = _chosen(question, sources, datasets, catalog)
    quantity = QUANTITIES[question.metric]
    selection = replace(_selection(question), datasets=names, isl=lengths[0], osl=lengths[1])
    apart = question.metric in STORED_APART or limits_apart(question.filters)
    points, notes = counted(
        sources.points(selection, include_invalid=True, all_metrics=apart), None, datasets
    )
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
    narrowed = scope(question.filters, catalog)
    model = catalog.model_label(question.model)
    where = ", ".join([model + kinds_of(points), *narrowed])
    place = targets.index(by)
    none = not is_known(rows[0].readings[place])
    verdict = "nothing is known" if none else sentence(rows, place, told, built, quantity)
    rates = rated.rates
    # Printed figures were computed with the page's own prices, which are not known.
    printed = any(p.printed_cost is not None for p in points) and not (question.prices or terms.tier_chosen)
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
        price={} if printed else {h: r.usd_per_gpu_hour for h, r in rates.items() if r.usd_per_gpu_hour},
        price_date=rated.price_date,
        power={h: r.kw_per_gpu for h, r in rates.items() if r.kw_per_gpu},
        scope=narrowed,
        sources=provenance(points, datasets),
        notes=(*caveats(points, question.metric), *about_repeats(points), *notes, *rated.notes),
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
) -> tuple[tuple[str, ...], Lengths]:
    """One dataset, or those that are named, and one pair of lengths: where two configurations were measured,
    else published; where most are; then the preferred dataset, most points, the shorter lengths.
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
        model = catalog.model_label(question.model)
        there = f"; there is {held(every, catalog)}" if every else ""
        at_all = f" at {question.sequence}" if question.sequence and every else ""
        raise NoDataError(f"no data for {model}{at_all}{there}; `isoline list` shows what can be compared")

    def order(key: tuple[tuple[str, ...], Lengths]) -> tuple[object, ...]:
        own, lengths = fitting[key], tuple(n or 0 for n in key[1])
        places = {(row.hardware, row.precision) for row in own}
        liked = min(preference(name, datasets, question.as_of) for name in key[0])
        printed = any(datasets[name].kind == PUBLISHED for name in key[0] if name in datasets)
        points = sum(row.points for row in own)
        return len(places) < 2, printed, -len(places), liked, -points, lengths

    return min(fitting, key=order)


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
    targets = question.targets or default
    by = question.by or (targets[0] if question.targets else usual)
    return (targets if by in targets else (*targets, by)), by


def rankings(sources: Sources, catalog: Catalog) -> list[Ranking]:
    """Of every model with several configurations in one dataset, by default: measured ones first, then those
    with most configurations known.
    """
    found = []
    for model in sorted({row.model for row in sources.coverage(Selection())} & set(catalog.models)):
        with suppress(NoDataError):
            found.append(ranking(RankQuestion(model), sources, catalog))
    several = [one for one in found if len(one.rows) > 1]
    kinds = [*PREFERENCE]
    return sorted(several, key=lambda one: (kinds.index(one.sources[0].kind), -one.known, one.model))


def sequences(model: str, sources: Sources) -> tuple[str, ...]:
    """The lengths at which there are points of a model, sorted."""
    rows = sources.coverage(Selection(model=model))
    return tuple(sorted({name for row in rows if (name := sequence_name(row.isl, row.osl))}))
