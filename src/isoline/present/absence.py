"""Why no data answers a question: there is none of this comparison, or none of what was asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isoline.domain.point import Coverage
from isoline.domain.sequence import sequence_name
from isoline.errors import NoDataError
from isoline.present.pairs import closest

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog
    from isoline.present.answer import Question
    from isoline.store.sources import Sources

SHOWN = 5  # datasets


def absence(question: Question, rows: Sequence[Coverage], catalog: Catalog, sources: Sources) -> NoDataError:
    """`rows` are all there are on either side, whatever else was asked: they say what could be asked
    instead. Only where there are none other comparisons are suggested."""
    slug = question.slug.canonical
    if not rows:
        close = [other for other in closest(slug, catalog, sources) if other != slug]
        return NoDataError(f"no data for {slug}; `isoline list` shows what can be compared", tuple(close))
    held: dict[str, list[Coverage]] = {}
    for row in rows:
        held.setdefault(row.dataset, []).append(row)
    said = [_held(name, group, question) for name, group in held.items()]
    more = [f"and {len(said) - SHOWN} more datasets"] if len(said) > SHOWN else []
    return NoDataError(f"no data for {slug}{narrowing(question)}; there is {'; '.join(said[:SHOWN] + more)}")


def narrowing(question: Question) -> str:
    """What was asked of the comparison besides itself, in words, with a space before them."""
    parts = {
        "at": question.sequence,
        "in": question.precision,
        "in dataset": ", ".join(question.datasets or ()),
        "as of": question.as_of,
    }
    return "".join(f" {word} {value}" for word, value in parts.items() if value)


def _held(dataset: str, rows: Sequence[Coverage], question: Question) -> str:
    sequences = sorted({name for row in rows if (name := sequence_name(row.isl, row.osl))})
    precisions = f" in {', '.join(sorted({row.precision for row in rows}))}" if question.precision else ""
    dates = sorted(date for row in rows for date in (row.first_date, row.last_date) if date)
    span = " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else "undated"
    return f"{', '.join(sequences)}{precisions} ({span}, dataset {dataset})"
