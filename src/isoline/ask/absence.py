"""Why no data answers a question: there is none of this comparison, or none of what was asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from isoline import errors
from isoline.analyse.dimensions import side_of
from isoline.ask.buckets import Place, on_both, place
from isoline.ask.covered import covered
from isoline.ask.holdings import places
from isoline.ask.pairs import closest, comparable_pairs
from isoline.ask.preference import without_stand_ins
from isoline.ask.question import Question
from isoline.domain.catalog import Catalog
from isoline.domain.point import Coverage, Dataset, Selection
from isoline.domain.sequence import sequence_name
from isoline.domain.slugs import Slug
from isoline.errors import NoDataError
from isoline.store.sources import Sources

SHOWN = 5  # datasets


def absence(
    question: Question, sources: Sources, datasets: Mapping[str, Dataset], catalog: Catalog
) -> NoDataError:
    """The error of a question that no data answers, with what could be asked instead: of all that there is
    on either side, whatever else was asked, what both have. Only where there is nothing of the kind other
    comparisons are suggested.
    """
    slug = question.slug.canonical
    bare = replace(question, sequence=None, precision=None, datasets=None, as_of=None)
    rows = covered(bare, sources, datasets)
    both = on_both(rows, question.slug.kind)
    if not both:
        apart = f"{narrowing(question)}, and nothing that both sides have" if rows else ""
        known = without_stand_ins(sources.coverage(Selection(model=question.slug.model)), datasets)
        model = catalog.model_label(question.slug.model)
        there = f"of {model} there is {places(known, catalog)}; " if known else ""
        return NoDataError(
            f"no data for {slug}{apart}; {there}`isoline list` shows what can be compared",
            _others(question.slug, catalog, sources),
        )
    held: dict[str, list[Coverage]] = {}
    for row in both:
        held.setdefault(row.dataset, []).append(row)
    said = [_held(name, group, question) for name, group in held.items()]
    more = [f"and {len(said) - SHOWN} more datasets"] if len(said) > SHOWN else []
    return NoDataError(f"no data for {slug}{narrowing(question)}; there is {'; '.join(said[:SHOWN] + more)}")


def _others(slug: Slug, catalog: Catalog, sources: Sources) -> tuple[str, ...]:
    """Comparisons that look like `slug` and have data, those of its model first."""
    close = [other for other in closest(slug.canonical, catalog, sources) if other != slug.canonical]
    own = {pair.slug for pair in comparable_pairs(sources, catalog, slug.model)}
    alike = [other for other in errors.closest(slug.canonical, own) if other != slug.canonical]
    return tuple(dict.fromkeys([*alike, *close]))


def narrowing(question: Question) -> str:
    """What was asked of the comparison besides itself, in words, with a space before them."""
    return narrowed(question.sequence, question.precision, question.datasets, question.as_of)


def narrowed(
    sequence: str | None, precision: str | None, datasets: Sequence[str] | None, as_of: str | None
) -> str:
    """` at 1k/1k in fp8 in dataset test as of 2026-01-01`: of these what was asked for."""
    parts = {"at": sequence, "in": precision, "in dataset": ", ".join(datasets or ()), "as of": as_of}
    return "".join(f" {word} {value}" for word, value in parts.items() if value)


def _since(rows: Sequence[Coverage], kind: str) -> str:
    """The day from which on both sides have points of something; empty where they have no dates."""
    days: dict[Place, dict[str, str]] = {}
    for row in rows:
        if row.first_date:
            sides, side = days.setdefault(place(kind, row), {}), side_of(kind, row)
            sides[side] = min(sides.get(side, row.first_date), row.first_date)
    return min((max(sides.values()) for sides in days.values() if len(sides) > 1), default="")


def _held(dataset: str, rows: Sequence[Coverage], question: Question) -> str:
    sequences = sorted({name for row in rows if (name := sequence_name(row.isl, row.osl))})
    precisions = f" in {', '.join(sorted({row.precision for row in rows}))}" if question.precision else ""
    first, last = _since(rows, question.slug.kind), max(row.last_date or "" for row in rows)
    span = " to ".join(dict.fromkeys((first, last))) if first else "undated"
    return f"{', '.join(sequences)}{precisions} ({span}, dataset {dataset})"
