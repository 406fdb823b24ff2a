"""Evaluation scores known for the sides of a comparison, those of the recipes that are read first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import hypot

from isoline.analyse.comparison import Comparison
from isoline.analyse.dimensions import side_of
from isoline.analyse.told import selected_target
from isoline.domain.point import Evaluation, Selection
from isoline.domain.recipe import Recipe
from isoline.store.sources import Sources

TWO_SIDED = 1.96  # standard errors that 95 % of a normal distribution lie within

# What of a recipe a score is matched by. How GPUs are split into roles is not: InferenceX's evaluations call
# one engine on eight GPUs disaggregated.
MATCHED: dict[str, Callable[[Recipe], str]] = {
    "engine": lambda recipe: recipe.engine,
    "spec_method": lambda recipe: recipe.spec_method,
    "parallelism": lambda recipe: recipe.parallelism,
}
Kind = tuple[str, ...]  # a text per field of MATCHED; empty is not recorded


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one side on one task: of the recipe read beside the target `at`, where one is known, else
    of the nearest to it; of that the newest day.

    Several scores of that day (`pooled`) are one mean, weighted by `n`, between `low` and `high`. They answer
    the same questions, so the mean keeps the standard error of one. `differs` are the fields of `MATCHED` in
    which it is another recipe than the one read; `None` where that is not known. `others` more are in the
    store.
    """

    side: str
    task: str
    metric: str
    score: float
    standard_error: float | None
    n: int | None
    date: str | None
    run_url: str | None
    others: int
    engine: str = ""
    spec_method: str = "none"
    parallelism: str = ""
    concurrency: tuple[int, ...] = ()
    pooled: int = 1
    low: float = 0.0
    high: float = 0.0
    at: float | None = None
    differs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ScoreDifference:
    """First side − second on one task; the standard error is that of independent scores, which is too wide
    rather than too narrow where both answered the same questions. `measurable`: 95 % exclude 0.
    """

    task: str
    metric: str
    difference: float
    standard_error: float | None
    measurable: bool | None


@dataclass(frozen=True, slots=True)
class Told:
    """Which recipes (ids, a tuple per side) are read where the verdict tells, `at` tok/s/user."""

    at: float | None
    recipes: tuple[tuple[str, ...], ...]


def told(comparison: Comparison) -> Told:
    """All of a comparison's targets that its scores depend on."""
    target = selected_target(comparison.targets)
    if target is None:
        return Told(None, ((), ()))
    return Told(
        target.interactivity,
        tuple(
            tuple(dict.fromkeys(near.recipe for near in reading.neighbours if near.recipe))
            for reading in target.readings
        ),
    )


def scores(comparison: Comparison, sources: Sources, until: str | None = None) -> list[Score]:
    """By task, then side: a speed is worth nothing if the answers are wrong."""
    return matched(comparison, evaluations(comparison, sources, until))


def evaluations(comparison: Comparison, sources: Sources, until: str | None = None) -> list[Evaluation]:
    """All of this model and these GPUs, whatever the targets."""
    return sources.evaluations(
        Selection(
            model=comparison.model,
            hardware=comparison.hardware,
            precision=(comparison.precision,) if comparison.precision else None,
            until=until,
        )
    )


def matched(comparison: Comparison, held: Sequence[Evaluation]) -> list[Score]:
    """The scores of both sides among `held`."""
    read = told(comparison)
    groups: dict[tuple[str, str, int], list[Evaluation]] = {}
    for evaluation in held:
        for i, side in enumerate(comparison.sides):
            if side_of(comparison.kind, evaluation.recipe) == side.key:
                groups.setdefault((evaluation.task, evaluation.metric, i), []).append(evaluation)
    found = []
    for (_, _, i), group in sorted(groups.items(), key=lambda item: item[0]):
        side = comparison.sides[i]
        kinds = [_kind(recipe) for recipe in side.recipes if recipe.id in read.recipes[i]]
        found.append(_score(side.label, group, kinds, read.at))
    return found


def read_at(found: Sequence[Score], at: float | None) -> list[Score]:
    """The same scores beside another target that reads the same recipes."""
    return [replace(score, at=at) if score.differs is not None else score for score in found]


def differences(found: Sequence[Score]) -> list[ScoreDifference]:
    """Of the tasks that both sides have a score on."""
    result = []
    for (task, metric), rows in groupby(found, key=lambda score: (score.task, score.metric)):
        pair = list(rows)
        if len(pair) != 2:
            continue
        a, b = pair
        known = a.standard_error is not None and b.standard_error is not None
        error = hypot(a.standard_error or 0.0, b.standard_error or 0.0) if known else None
        apart = a.score - b.score
        measurable = None if error is None else abs(apart) > TWO_SIDED * error
        result.append(ScoreDifference(task, metric, apart, error, measurable))
    return result


def _kind(recipe: Recipe) -> Kind:
    return tuple(of(recipe) for of in MATCHED.values())


def _differs(kind: Kind, read: Kind) -> tuple[str, ...]:
    """What neither leaves out and both have otherwise."""
    return tuple(name for name, a, b in zip(MATCHED, kind, read, strict=True) if a and b and a != b)


def _score(side: str, group: Sequence[Evaluation], read: Sequence[Kind], at: float | None) -> Score:
    """The mean of the newest day's scores of the kind of recipe nearest to those read."""
    kinds: dict[Kind, list[Evaluation]] = {}
    for evaluation in group:
        kinds.setdefault(_kind(evaluation.recipe), []).append(evaluation)

    def nearest(kind: Kind) -> tuple[str, ...]:
        return min((_differs(kind, other) for other in read), key=_distance, default=())

    # Newest first; of one day the one with more scores, and then by name, so that no order of rows decides.
    ordered = sorted(kinds, key=lambda kind: (-len(kinds[kind]), kind))
    ordered.sort(key=lambda kind: max(e.date or "" for e in kinds[kind]), reverse=True)
    kind = min(ordered, key=lambda kind: _distance(nearest(kind)))
    day = max(e.date or "" for e in kinds[kind])
    pooled = sorted(
        (e for e in kinds[kind] if (e.date or "") == day), key=lambda e: (e.concurrency or 0, e.key)
    )
    engine, spec_method, parallelism = kind
    counts, values = [e.n for e in pooled], [e.score for e in pooled]
    errors = [e.standard_error for e in pooled if e.standard_error is not None]
    addresses = {e.run_url for e in pooled}
    return Score(
        side=side,
        task=pooled[0].task,
        metric=pooled[0].metric,
        score=_mean(values, counts),
        standard_error=_mean(errors, counts) if len(errors) == len(pooled) else None,
        n=max((n for n in counts if n), default=None),
        date=day or None,
        run_url=addresses.pop() if len(addresses) == 1 else None,
        others=len(group) - len(pooled),
        engine=engine,
        spec_method=spec_method,
        parallelism=parallelism,
        concurrency=tuple(sorted({e.concurrency for e in pooled if e.concurrency})),
        pooled=len(pooled),
        low=min(values),
        high=max(values),
        at=at if read else None,
        differs=nearest(kind) if read else None,
    )


def _distance(differs: Sequence[str]) -> tuple[bool, ...]:
    """Another engine is farther off than anything else, then another spec decode."""
    return tuple(name in differs for name in MATCHED)


def _mean(values: Sequence[float], counts: Sequence[int | None]) -> float:
    """Weighted by the questions asked, where all say how many."""
    if len(values) == 1:
        return values[0]
    known = [n for n in counts if n]
    weights = known if len(known) == len(values) else [1] * len(values)
    return sum(value * n for value, n in zip(values, weights, strict=True)) / sum(weights)
