"""Whether a last day changes which lengths are read by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from isoline.analyse.comparison import Undated
from isoline.ask.buckets import on_both
from isoline.ask.chosen import chosen
from isoline.ask.covered import candidates
from isoline.ask.question import Question
from isoline.domain.catalog import Catalog
from isoline.domain.point import Dataset, Selection
from isoline.domain.sequence import sequence_name
from isoline.store.sources import Sources


def undated(
    question: Question,
    selection: Selection,
    sources: Sources,
    datasets: Mapping[str, Dataset],
    catalog: Catalog,
) -> Undated | None:
    """The sequence that would be read without `as_of`, where it is another than that of `selection`."""
    if question.as_of is None or question.sequence is not None:
        return None
    other = chosen(replace(question, as_of=None), sources, datasets, catalog)
    name = sequence_name(other.isl, other.osl)
    if name is None or name == sequence_name(selection.isl, selection.osl):
        return None
    rows = candidates(question, sources, datasets)
    held = [row for row in rows if (row.isl, row.osl) == (other.isl, other.osl)]
    return Undated(question.as_of, name, known=bool(on_both(held, question.slug.kind)))
