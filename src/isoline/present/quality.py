"""Evaluation scores in words, for a comparison's page and its texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from isoline.ask.scores import Score

UNKNOWN = "No evaluation scores of these sides are in the store."


@dataclass(frozen=True, slots=True)
class Told:
    """One side's score on a task: `FP4`, `0.954` and what is said after it."""

    side: str
    rounded: str
    beside: str


def by_task(found: Sequence[Score]) -> list[tuple[str, str, list[Told]]]:
    """Task, metric and the scores of the sides."""
    tasks = groupby(found, key=lambda score: (score.task, score.metric))
    return [(task, metric, [_told(score) for score in rows]) for (task, metric), rows in tasks]


def quality(found: Sequence[Score]) -> str:
    """`Answer quality: gsm8k (em_strict): FP4 0.954 ± 0.006, n 1,319, 2026-06-01; FP8 …`, or that none is
    known."""
    told = [
        f"{task} ({metric}): {'; '.join(f'{row.side} {row.rounded}{row.beside}' for row in rows)}."
        for task, metric, rows in by_task(found)
    ]
    return f"Answer quality: {' '.join(told) or UNKNOWN}"


def _told(score: Score) -> Told:
    error = "" if score.standard_error is None else f" ± {score.standard_error:.3f}"
    n = f", n {score.n:,}" if score.n else ""
    return Told(score.side, f"{score.score:.3f}", f"{error}{n}, {score.date or 'undated'}")
