"""From a question to a comparison: choose data and sequence, fetch the points, compare.

The one path for the command line and the page, so that both always say the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from isoline.analyse.budget import within
from isoline.analyse.caveats import caveats
from isoline.analyse.compare import read
from isoline.analyse.comparison import Comparison, Source, Within
from isoline.analyse.defaults import default_bucket
from isoline.analyse.differences import Declared
from isoline.analyse.dimensions import ATTRIBUTES
from isoline.analyse.filters import STORED_APART, Offers, keep, offers, scope
from isoline.analyse.prepared import Prepared, prepare
from isoline.analyse.published import implied_note
from isoline.analyse.rates import PriceTerms
from isoline.analyse.repeats import pool_repeats
from isoline.analyse.runs import latest_run_per_line, without_repeats
from isoline.analyse.strays import stray_notes
from isoline.analyse.terms import DEFAULT_VIEW, NO_FILTERS, Filters, Terms, View
from isoline.domain.catalog import Catalog
from isoline.domain.point import PUBLISHED, SIMULATED, Coverage, Dataset, Point, Selection
from isoline.domain.sequence import parse_sequence, sequence_name
from isoline.domain.slugs import Slug
from isoline.errors import NoDataError, UsageError, unknown
from isoline.present.absence import absence, narrowing
from isoline.present.buckets import sides_of
from isoline.present.preference import preference, without_stand_ins
from isoline.store.sources import Sources

DEFAULT_TIER = "hyperscaler"


@dataclass(frozen=True, slots=True)
class Question:
    """What `isoline compare` and the page's query parameters ask; `None` means the default."""

    slug: Slug
    sequence: str | None = None
    precision: str | None = None
    targets: tuple[float, ...] | None = None
    budgets: tuple[float, ...] = ()
    method: str = "envelope"
    tier: str | None = None
    prices: Mapping[str, float] = field(default_factory=dict)
    powers: Mapping[str, float] = field(default_factory=dict)
    datasets: tuple[str, ...] | None = None
    as_of: str | None = None
    filters: Filters = NO_FILTERS
    view: View = DEFAULT_VIEW


@dataclass(frozen=True, slots=True)
class Ready:
    """A question fetched and prepared: all but its targets and budgets."""

    prepared: Prepared
    catalog: Catalog
    sources: tuple[Source, ...]
    notes: tuple[str, ...]
    offers: Offers

    def within(self, budgets: tuple[float, ...]) -> tuple[Within, ...]:
        """The highest speeds for these budgets, which no target changes."""
        return within(self.prepared.built, budgets)

    def at(
        self, targets: tuple[float, ...] | None, found: tuple[Within, ...] = (), *, draw: bool = False
    ) -> Comparison:
        """The comparison at these targets, with what `within` found; `draw` also makes what a chart shows."""
        return read(
            *(self.prepared, targets, found, self.catalog),
            sources=self.sources,
            notes=self.notes,
            offers=self.offers,
            draw=draw,
        )


def answer(question: Question, sources: Sources, catalog: Catalog, *, draw: bool = False) -> Comparison:
    """The comparison that answers `question`; `NoDataError` if neither side has a point.

    What had to be skipped on the way is said: in the notes, or in the error.
    """
    held = ready(question, sources, catalog)
    return held.at(question.targets, held.within(question.budgets), draw=draw)


def ready(question: Question, sources: Sources, catalog: Catalog) -> Ready:
    """What `question` needs whatever its targets are; errors as in `answer`."""
    try:
        return _ready(question, sources, catalog)
    except NoDataError as error:
        if skipped := _skipped(sources):
            raise NoDataError(f"{error}. {skipped[0]}", error.suggestions) from None
        raise


def _ready(question: Question, sources: Sources, catalog: Catalog) -> Ready:
    slug = question.slug
    datasets = {d.name: d for d in sources.datasets()}
    wanted = _selection(question, datasets)
    coverage = [row for row in sources.coverage(wanted) if _on_a_side(row, slug)]
    if question.datasets is None:
        coverage = without_stand_ins(coverage, datasets)
    if not any(_lengths_fit(row, question) for row in coverage):
        raise absence(question, _whatever(question, sources, datasets), catalog, sources)
    names = question.datasets or (_choose(coverage, question, datasets),)
    coverage = [row for row in coverage if row.dataset in names]
    sequence, precision = _bucket(question, coverage, catalog)
    selection = _selection(question, datasets, names, parse_sequence(sequence), precision)
    stored_apart = question.view.metric in STORED_APART
    points, notes = _of_one_run(sources.points(selection, all_metrics=stored_apart), datasets)
    points, repeated = without_repeats(_of_one_page(points, slug))
    if repeated:
        notes = (*notes, f"{repeated} points stood in more than one dataset and are counted once")
    if question.as_of and question.datasets is None:
        notes = (*notes, f"As of {question.as_of}, read from dataset {', '.join(names)}")
    if not points:
        raise absence(question, _whatever(question, sources, datasets), catalog, sources)
    offered = offers(points, slug.hardware, catalog)
    points = _narrowed(points, question, offered, catalog)
    declared = (
        [Declared(known.built(), known.concurrencies) for known in sources.recipes(selection)]
        if all(p.status == PUBLISHED for p in points)
        else []
    )
    prepared = prepare(slug, points, _terms(question, sequence, precision), catalog, declared)
    implied = implied_note(points)
    notes = (*caveats(points), *notes, *_skipped(sources), *([implied] if implied else []))
    return Ready(prepared, catalog, _sources(points, datasets), notes, offered)


def _terms(question: Question, sequence: str, precision: str | None) -> Terms:
    pricing = PriceTerms(
        tier=question.tier or DEFAULT_TIER,
        tier_chosen=question.tier is not None,
        prices=question.prices,
        powers=question.powers,
        until=question.as_of,
    )
    return Terms(
        sequence=sequence,
        precision=precision,
        method=question.method,
        pricing=pricing,
        filters=question.filters,
        view=question.view,
    )


def _narrowed(points: Sequence[Point], question: Question, offered: Offers, catalog: Catalog) -> list[Point]:
    """The points that pass the filters, which must be able to show what is asked for."""
    what, view = question.slug.canonical, question.view
    kept = keep(points, question.filters, catalog)
    if not kept:
        if all(p.status == PUBLISHED for p in points) and not question.filters.vendor:
            raise NoDataError(
                "published readings do not say how they were served, so they cannot be filtered"
            )
        words = ", ".join(scope(question.filters, catalog))
        raise NoDataError(f"no data for {what} with {words}")
    for asked, known, label in ((view.metric, offered.metrics, "metric"), (view.x, offered.x, "x")):
        if asked not in known:
            raise NoDataError(
                f"the points of {what} do not report {label} {asked}; there is {', '.join(known)}"
            )
    return kept


def _skipped(sources: Sources) -> tuple[str, ...]:
    names = sources.skipped()
    if not names:
        return ()
    return (f"Damaged run folders were skipped: {', '.join(names)}; `isoline store check` says more",)


def _selection(
    question: Question,
    datasets: Mapping[str, Dataset],
    names: tuple[str, ...] | None = None,
    lengths: tuple[int | None, int | None] = (None, None),
    precision: str | None = None,
) -> Selection:
    slug = question.slug
    for name in question.datasets or ():
        if name not in datasets:
            raise UsageError(*unknown("dataset", name, datasets))
    fixed = slug.precision or precision or question.precision
    sides = {ATTRIBUTES[slug.kind]: slug.sides}
    return Selection(
        model=slug.model,
        hardware=slug.hardware,
        precision=sides.get("precision", (fixed,) if fixed else None),
        engine=sides.get("engine"),
        spec_method=sides.get("spec_method"),
        isl=lengths[0],
        osl=lengths[1],
        datasets=names or question.datasets,
        until=question.as_of,
    )


def _whatever(question: Question, sources: Sources, datasets: Mapping[str, Dataset]) -> list[Coverage]:
    """What there is on either side of the comparison, whatever else was asked."""
    bare = replace(question, sequence=None, precision=None, datasets=None, as_of=None)
    rows = sources.coverage(_selection(bare, datasets))
    return [row for row in rows if _on_a_side(row, question.slug)]


def _lengths_fit(row: Coverage, question: Question) -> bool:
    return question.sequence in (None, sequence_name(row.isl, row.osl))


def _on_a_side(row: Coverage, slug: Slug) -> bool:
    return getattr(row, ATTRIBUTES[slug.kind]) in slug.sides and row.isl is not None


def _choose(coverage: Sequence[Coverage], question: Question, datasets: Mapping[str, Dataset]) -> str:
    """The dataset that serves both sides at the same lengths, by preference of its kind; never a mixture."""
    fitting = [row for row in coverage if _lengths_fit(row, question)]
    most: dict[str, int] = {}
    for (name, *_), sides in sides_of(fitting, question.slug.kind).items():
        most[name] = max(most.get(name, 0), len(sides))
    return min(most, key=lambda name: (-most[name], preference(name, datasets, question.as_of)))


def _bucket(question: Question, coverage: Sequence[Coverage], catalog: Catalog) -> tuple[str, str | None]:
    slug = question.slug
    rows = [row for row in coverage if _lengths_fit(row, question)]
    bucket = default_bucket(rows, slug.kind, slug.sides, catalog.precision_rank)
    if bucket is None:
        raise NoDataError(f"no data for {slug.canonical}{narrowing(question)} with known lengths")
    return bucket[0], question.precision or bucket[1] or None


def _of_one_run(
    points: Sequence[Point], datasets: Mapping[str, Dataset]
) -> tuple[list[Point], tuple[str, ...]]:
    """Datasets that keep every run give the newest run of each line; others are taken as served.

    Numbered repeats of a point are pooled over all sweeps of its recipe, within `--as-of` and `--dataset`.
    """
    many = {name for name, d in datasets.items() if d.selection == "latest-run"}
    chosen = latest_run_per_line([p for p in points if p.dataset in many])
    pooled, told = pool_repeats([*(p for p in points if p.dataset not in many), *chosen.points])
    return pooled, (*chosen.notes, *told, *stray_notes(pooled))


def _of_one_page(points: list[Point], slug: Slug) -> list[Point]:
    """Of published readings those of the comparison's own page, if it has one: pages round differently."""
    own = f"/{slug.canonical}"
    if not any(p.status == PUBLISHED and (p.run_url or "").endswith(own) for p in points):
        return points
    return [p for p in points if p.status != PUBLISHED or (p.run_url or "").endswith(own)]


def _sources(points: Sequence[Point], datasets: Mapping[str, Dataset]) -> tuple[Source, ...]:
    found: list[Source] = []
    for name in dict.fromkeys(p.dataset for p in points):
        own = [p for p in points if p.dataset == name]
        dates = sorted(run.date for p in own for run in p.runs or (p,) if run.date)
        pages = sorted({p.run_url for p in own if p.status == PUBLISHED and p.run_url})
        about = datasets.get(name)
        found.append(
            Source(
                dataset=name,
                kind=about.kind if about else "",
                source=", ".join(pages) or _place(about),
                points=len(own),
                first_date=dates[0] if dates else None,
                last_date=dates[-1] if dates else None,
            )
        )
    return tuple(found)


def _place(about: Dataset | None) -> str:
    """Addresses and words as they are; of a path on the importing machine only its end, which tells most."""
    if about is None:
        return ""
    if "://" in about.source or about.kind in (SIMULATED, "study"):
        return about.source
    return about.source.rstrip("/").rpartition("/")[2]
