"""What there is on either side of a question, as counts."""

from __future__ import annotations

from collections.abc import Mapping

from isoline.analyse.dimensions import DIMENSIONS, side_of
from isoline.ask.preference import without_stand_ins
from isoline.ask.question import Question
from isoline.domain.point import Coverage, Dataset, Selection
from isoline.domain.sequence import sequence_name
from isoline.errors import UsageError, unknown
from isoline.store.sources import Sources


def selection_of(question: Question, datasets: Mapping[str, Dataset]) -> Selection:
    """The points that a question is about, of any lengths; `UsageError` where it names an unknown dataset."""
    for name in question.datasets or ():
        if name not in datasets:
            raise UsageError(*unknown("dataset", name, datasets))
    slug = question.slug
    fixed = slug.precision or question.precision
    sides: dict[str, tuple[str, ...]] = dict.fromkeys(DIMENSIONS[slug.kind].attributes, slug.sides)
    if slug.precisions:  # more than the sides: each GPU has points of the other's precision, too
        sides["precision"] = tuple(dict.fromkeys(slug.precisions))
    if slug.engines:
        sides["engine"] = tuple(dict.fromkeys(slug.engines))
    return Selection(
        model=slug.model,
        hardware=slug.hardware,
        precision=sides.get("precision", (fixed,) if fixed else None),
        engine=sides.get("engine"),
        spec_method=sides.get("spec_method"),
        datasets=question.datasets,
        until=question.as_of,
    )


def covered(question: Question, sources: Sources, datasets: Mapping[str, Dataset]) -> list[Coverage]:
    """Rows of its sides, of any lengths but of known ones; errors as in `selection_of`."""
    slug = question.slug
    return [
        row
        for row in sources.coverage(selection_of(question, datasets), versions=slug.kind == "version")
        if side_of(slug.kind, row) in slug.sides and row.isl is not None
    ]


def candidates(question: Question, sources: Sources, datasets: Mapping[str, Dataset]) -> list[Coverage]:
    """Those of them that may answer: simulated ones only where nothing else is there, or they are named."""
    rows = covered(question, sources, datasets)
    return rows if question.datasets is not None else without_stand_ins(rows, datasets)


def fits(row: Coverage, question: Question) -> bool:
    """Whether the lengths of a row are those asked for, if any are."""
    return question.sequence in (None, sequence_name(row.isl, row.osl))
