"""Evaluation scores in words, for a comparison's page and its texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from isoline.analyse.words import counted, interactivity, join
from isoline.ask.scores import Score, ScoreDifference, differences

UNKNOWN = "No evaluation scores of these sides are in the store."
FEW_LOADS = 4  # that are named one by one
FIELDS = {"engine": "engine", "spec_method": "spec decode", "parallelism": "parallelism"}


@dataclass(frozen=True, slots=True)
class Told:
    """One side's score on a task: `FP4`, `0.954` and what is said after it."""

    side: str
    rounded: str
    beside: str


@dataclass(frozen=True, slots=True)
class Task:
    """Scores on one task and what is said after them: of their difference, and of the recipes read."""

    task: str
    metric: str
    rows: tuple[Told, ...]
    after: str


def by_task(found: Sequence[Score]) -> list[Task]:
    """The scores of the sides, task by task."""
    apart = {(one.task, one.metric): one for one in differences(found)}
    tasks = []
    for (task, metric), group in groupby(found, key=lambda score: (score.task, score.metric)):
        rows = list(group)
        difference = _apart(rows, apart[task, metric]) if (task, metric) in apart else ""
        tasks.append(Task(task, metric, tuple(map(_told, rows)), difference))
    if tasks and (read := _read(found)):
        tasks[-1] = replace(tasks[-1], after=f"{tasks[-1].after} {read}".strip())
    return tasks


def quality(found: Sequence[Score]) -> str:
    """`Answer quality: gsm8k (em_strict): FP4 0.954 ± 0.006 (n 1,319, 2026-06-01; sglang …); FP8 …`, or that
    none is known."""
    told = [
        f"{one.task} ({one.metric}): {'; '.join(f'{s.side} {s.rounded}{s.beside}' for s in one.rows)}."
        + (f" {one.after}" if one.after else "")
        for one in by_task(found)
    ]
    return f"Answer quality: {' '.join(told) or UNKNOWN}"


def _told(score: Score) -> Told:
    error = "" if score.standard_error is None else f" ± {score.standard_error:.3f}"
    known = [f"n {score.n:,}"] if score.n else []
    if score.pooled > 1:
        low, high = f"{score.low:.3f}", f"{score.high:.3f}"
        known.append(f"mean of {score.pooled}{f' from {low} to {high}' if low != high else ''}")
    known.append(score.date or "undated")
    return Told(score.side, f"{score.score:.3f}", f"{error} ({', '.join(known)}; {_recipe(score)})")


def _recipe(score: Score) -> str:
    """`of another engine than read: sglang, with MTP, TP8, 64 streams`."""
    spec = "without spec decode" if score.spec_method == "none" else f"with {score.spec_method.upper()}"
    parts = [part for part in (score.engine, spec, score.parallelism, _loads(score.concurrency)) if part]
    text = ", ".join(parts)
    if score.differs is None:
        return text
    if not score.differs:
        return f"of the recipe read: {text}"
    return f"of another {join([FIELDS[name] for name in score.differs])} than read: {text}"


def _read(found: Sequence[Score]) -> str:
    """Which recipes are called the ones read."""
    speeds = [score.at for score in found if score.at is not None]
    return f"Read are the recipes beside {interactivity(speeds[0])} tok/s/user." if speeds else ""


def _loads(streams: Sequence[int]) -> str:
    if not streams:
        return ""
    if len(streams) > FEW_LOADS:
        return f"{streams[0]:,} to {streams[-1]:,} streams"
    return join([*(f"{n:,}" for n in streams[:-1]), counted(streams[-1], "stream")])


def _apart(rows: Sequence[Score], found: ScoreDifference) -> str:
    """`Difference FP4 − FP8: 0.003 ± 0.005 (standard error), not measurable.`"""
    text = f"Difference {rows[0].side} − {rows[1].side}: {found.difference:+.3f}".replace("-", "−")
    if found.standard_error is None:
        return f"{text}, how sure is not known."
    ahead = rows[0 if found.difference > 0 else 1].side
    verdict = f"{ahead} scores higher" if found.measurable else "not measurable"
    return f"{text} ± {found.standard_error:.3f} (standard error): {verdict}."
