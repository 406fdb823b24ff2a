"""Evaluation scores known for the sides of a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isoline.analyse.comparison import Comparison
from isoline.analyse.dimensions import ATTRIBUTES
from isoline.domain.point import Evaluation, Selection
from isoline.store.sources import Sources


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
