"""Evaluation scores known for the sides of a comparison, for its page, its document and its texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from isoline.analyse.comparison import Comparison
from isoline.analyse.dimensions import ATTRIBUTES
from isoline.domain.point import Evaluation, Selection
from isoline.store.sources import Sources

UNKNOWN = "No evaluation scores of these sides are in the store."


@dataclass(frozen=True, slots=True)
class Score:
    """The newest score of one side on one task; `others` more are in the store."""

    side: str
    task: str
    metric: str
    score: float
    standard_error: float | None
    n: int | None
    date: str | None
    run_url: str | None
    others: int

    @property
    def rounded(self) -> str:
        """The score itself, for a person."""
        return f"{self.score:.3f}"

    @property
    def beside(self) -> str:
        """` ± 0.006, n 1,319, 2026-06-01`: what is said after it."""
        error = "" if self.standard_error is None else f" ± {self.standard_error:.3f}"
        return f"{error}{f', n {self.n:,}' if self.n else ''}, {self.date or 'undated'}"


def scores(comparison: Comparison, sources: Sources, until: str | None = None) -> list[Score]:
    """By task, then side: a speed is worth nothing if the answers are wrong."""
    attribute = ATTRIBUTES[comparison.kind]
    held = sources.evaluations(
        Selection(
            model=comparison.model,
            hardware=comparison.hardware,
            precision=(comparison.precision,) if comparison.precision else None,
            until=until,
        )
    )
    groups: dict[tuple[str, str, int], list[Evaluation]] = {}
    for evaluation in held:
        for i, side in enumerate(comparison.sides):
            if getattr(evaluation.recipe, attribute) == side.key:
                groups.setdefault((evaluation.task, evaluation.metric, i), []).append(evaluation)
    return [
        _newest(comparison.sides[i].label, task, metric, groups[task, metric, i])
        for task, metric, i in sorted(groups)
    ]


def by_task(found: Sequence[Score]) -> list[tuple[str, str, list[Score]]]:
    """Task, metric and the scores of the sides."""
    tasks = groupby(found, key=lambda score: (score.task, score.metric))
    return [(task, metric, list(rows)) for (task, metric), rows in tasks]


def quality(found: Sequence[Score]) -> str:
    """`Answer quality: gsm8k (em_strict): FP4 0.954 ± 0.006, n 1,319, 2026-06-01; FP8 …`, or that none is
    known."""
    told = [
        f"{task} ({metric}): {'; '.join(f'{row.side} {row.rounded}{row.beside}' for row in rows)}."
        for task, metric, rows in by_task(found)
    ]
    return f"Answer quality: {' '.join(told) or UNKNOWN}"


def documents(found: Sequence[Score]) -> list[dict[str, object]]:
    """`scores` of the JSON document; null is not known."""
    return [
        {
            "task": score.task,
            "metric": score.metric,
            "side": score.side,
            "score": score.score,
            "standard_error": score.standard_error,
            "n": score.n,
            "date": score.date,
            "source": score.run_url,
            "others": score.others,
        }
        for score in found
    ]


def _newest(side: str, task: str, metric: str, group: Sequence[Evaluation]) -> Score:
    newest = max(group, key=lambda e: (e.date or "", e.n or 0, e.key))
    return Score(
        side=side,
        task=task,
        metric=metric,
        score=newest.score,
        standard_error=newest.standard_error,
        n=newest.n,
        date=newest.date,
        run_url=newest.run_url,
        others=len(group) - 1,
    )
