"""From a question to a comparison: choose data and sequence, fetch the points, compare.

The one path for the command line and the page, so that both always say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from msgspec import structs

from isoline.analyse.attribution import attribution
from isoline.analyse.budget import within
from isoline.analyse.caveats import caveats
from isoline.analyse.compare import read
from isoline.analyse.comparison import Comparison, Source, Undated, Within
from isoline.analyse.differences import Declared
from isoline.analyse.dimensions import dimension_of, side_of
from isoline.analyse.filters import STORED_APART, Offers, limits_apart, offers
from isoline.analyse.matching import Matching
from isoline.analyse.prepared import Prepared, prepare
from isoline.analyse.published import implied_note
from isoline.analyse.rates import PriceTerms
from isoline.analyse.terms import Terms
from isoline.ask.absence import absence
from isoline.ask.chosen import chosen
from isoline.ask.counted import about_limits, about_repeats, counted, filtered
from isoline.ask.equal import equal_points, held_equal, possible
from isoline.ask.hiding import check
from isoline.ask.one_side import one_side_note
from isoline.ask.provenance import provenance
from isoline.ask.question import Question
from isoline.ask.undated import undated
from isoline.domain.catalog import Catalog
from isoline.domain.point import PUBLISHED, Selection
from isoline.domain.sequence import sequence_name
from isoline.errors import NoDataError
from isoline.store.sources import Sources

DEFAULT_TIER = "hyperscaler"


@dataclass(frozen=True)
class Ready:
    """A question fetched and prepared: all but its targets, its budgets and what its chart leaves out.

    `best` has the best configuration of each side, and is `prepared` itself unless both are held equal.
    """

    prepared: Prepared
    best: Prepared
    catalog: Catalog
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    offers: Offers
    undated: Undated | None = None

    def to(self, question: Question, *, draw: bool = False, split: bool = True) -> Comparison:
        """The answer to the question that it was made for, or to one that differs in nothing else."""
        found = self.within(question.budgets)
        return self.at(question.targets, found, hide=question.view.hide, draw=draw, split=split)

    def within(self, budgets: tuple[float, ...]) -> tuple[Within, ...]:
        """The highest speeds for these budgets, which no target changes."""
        return within(self.prepared.built, budgets)

    def at(
        self,
        targets: tuple[float, ...] | None,
        found: tuple[Within, ...] = (),
        *,
        hide: tuple[str, ...] = (),
        draw: bool = False,
        split: bool = True,
    ) -> Comparison:
        """The comparison at these targets, with what `within` found; `draw` also makes what a chart shows,
        which leaves out what `hide` names, and `split` what of a ratio goes with what.
        """
        comparison = read(
            *(self.prepared, targets, found, self.catalog),
            sources=self.sources,
            notes=self.notes,
            offers=self.offers,
            draw=draw,
        )
        check(hide, comparison.sides)
        view = structs.replace(comparison.view, hide=hide)
        comparison = structs.replace(comparison, view=view, undated=self.undated)
        return self._split(comparison) if split else comparison

    def _split(self, comparison: Comparison) -> Comparison:
        matching, equal = self._equal
        noun = dimension_of(self.prepared.slug).noun
        return structs.replace(
            comparison,
            offers=structs.replace(comparison.offers, match=self._possible.fields),
            attribution=attribution(comparison, self.best, equal, matching, noun),
        )

    @cached_property
    def _possible(self) -> Matching:
        return possible(self.best)

    @cached_property
    def _equal(self) -> tuple[Matching, Prepared | None]:
        """In what the sides are held equal, or could be, and what they are then."""
        if self.prepared is not self.best:
            return self.prepared.terms.matching, self.prepared
        if not self._possible.fields:
            return self._possible, None
        return self._possible, _held(self.best, self._possible, self.catalog)


def answer(
    question: Question, sources: Sources, catalog: Catalog, *, draw: bool = False, split: bool = True
) -> Comparison:
    """The comparison that answers `question`; `NoDataError` if neither side has a point.

    What had to be skipped on the way is said: in the notes, or in the error.
    """
    return ready(question, sources, catalog).to(question, draw=draw, split=split)


def ready(question: Question, sources: Sources, catalog: Catalog, *, whole: bool = False) -> Ready:
    """What `question` needs whatever its targets are; errors as in `answer`.

    `whole`: its points have every metric, not only those that a comparison reads.
    """
    try:
        return _ready(question, sources, catalog, whole)
    except NoDataError as error:
        if skipped := _skipped(sources):
            raise NoDataError(f"{error}. {skipped[0]}", error.suggestions) from None
        raise


def _ready(question: Question, sources: Sources, catalog: Catalog, whole: bool) -> Ready:
    slug = question.slug
    datasets = {d.name: d for d in sources.datasets()}
    selection = chosen(question, sources, datasets, catalog)
    apart = whole or question.view.metric in STORED_APART or limits_apart(question.filters)
    # INVALID ones come with the same query, which costs less than counting them.
    found = sources.points(selection, include_invalid=True, all_metrics=apart)
    if slug.precisions or slug.engines:
        found = [point for point in found if side_of(slug.kind, point.recipe) in slug.sides]
    points, notes = counted(found, slug, datasets)
    if not points:
        raise absence(question, sources, datasets, catalog)
    if question.as_of and question.datasets is None:
        named = ", ".join(selection.datasets or ())
        notes = (*notes, f"As of {question.as_of}, read from dataset {named}")
    lonely = one_side_note(slug, points, sources, datasets, catalog)
    notes = (*about_limits(points, question.filters), *notes)
    offered = offers(points, slug.hardware, catalog)
    points = filtered(points, slug.canonical, question.filters, question.view, offered, catalog)
    declared = (
        [Declared(known.built(), known.concurrencies) for known in sources.recipes(selection)]
        if all(p.status == PUBLISHED for p in points)
        else []
    )
    prepared = best = prepare(slug, points, _terms(question, selection), catalog, declared)
    if question.filters.match and (matching := held_equal(question.filters.match, best)).fields:
        prepared = _held(best, matching, catalog)
        points = [point for group in prepared.groups for point in group]
    implied = implied_note(points)
    notes = (
        *caveats(points, question.view.metric),
        *lonely,
        *about_repeats(points),
        *notes,
        *_skipped(sources),
        *([implied] if implied else []),
    )
    other = undated(question, selection, sources, datasets, catalog)
    return Ready(prepared, best, catalog, provenance(points, datasets), notes, offered, other)


def _held(best: Prepared, matching: Matching, catalog: Catalog) -> Prepared:
    """The same sides, held equal."""
    terms = replace(best.terms, matching=matching)
    return prepare(best.slug, equal_points(best, matching), terms, catalog)


def _terms(question: Question, selection: Selection) -> Terms:
    precisions = selection.precision or (None,)  # one, where GPUs are compared
    pricing = PriceTerms(
        tier=question.tier or DEFAULT_TIER,
        tier_chosen=question.tier is not None,
        prices=question.prices,
        powers=question.powers,
        until=question.as_of,
    )
    return Terms(
        sequence=sequence_name(selection.isl, selection.osl),
        precision=precisions[0] if question.slug.kind == "gpu" else None,
        method=question.method,
        pricing=pricing,
        filters=question.filters,
        view=structs.replace(question.view, hide=()),  # which changes nothing that is prepared
    )


def _skipped(sources: Sources) -> tuple[str, ...]:
    names = sources.skipped()
    if not names:
        return ()
    return (f"Damaged run folders were skipped: {', '.join(names)}; `isoline store check` says more",)
