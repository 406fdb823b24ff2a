"""Which of the data answers: one dataset, one pair of lengths and, between GPUs, one precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from isoline.ask.absence import absence, narrowing
from isoline.ask.buckets import default_bucket, sides_of
from isoline.ask.covered import candidates, fits, selection_of
from isoline.ask.preference import preference
from isoline.ask.question import Question
from isoline.domain.catalog import Catalog
from isoline.domain.point import Coverage, Dataset, Selection
from isoline.errors import NoDataError
from isoline.store.sources import Sources


def chosen(
    question: Question, sources: Sources, datasets: Mapping[str, Dataset], catalog: Catalog
) -> Selection:
    """The points that answer; `NoDataError` where there are none, `UsageError` where a dataset is unknown.

    Several datasets only where the question names them.
    """
    slug = question.slug
    rows = [row for row in candidates(question, sources, datasets) if fits(row, question)]
    if not rows:
        raise absence(question, sources, datasets, catalog)
    names = question.datasets or (_dataset(rows, question, datasets),)
    held = [row for row in rows if row.dataset in names]
    bucket = default_bucket(held, slug.kind, slug.sides, catalog.precision_rank)
    if bucket is None:
        raise NoDataError(f"no data for {slug.canonical}{narrowing(question)} with known lengths")
    isl, osl, precision = bucket
    asked = replace(question, precision=question.precision or precision or None)
    return replace(selection_of(asked, datasets), isl=isl, osl=osl, datasets=names)


def _dataset(rows: Sequence[Coverage], question: Question, datasets: Mapping[str, Dataset]) -> str:
    """The one that serves both sides at the same lengths, by preference of its kind; never a mixture."""
    most: dict[str, int] = {}
    for (name, _), sides in sides_of(rows, question.slug.kind).items():
        most[name] = max(most.get(name, 0), len(sides))
    return min(most, key=lambda name: (-most[name], preference(name, datasets, question.as_of)))
