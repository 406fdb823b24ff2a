"""Which run of a line counts, where a dataset holds several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isoline.domain.point import Point

_RUN_ID = re.compile(r"/runs/(\d+)(?:/attempts/(\d+))?")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The points that count of each line, and what that hid."""

    points: tuple[Point, ...]
    notes: tuple[str, ...]


def latest_run_per_line(points: Iterable[Point], *, versions: bool = False) -> Chosen:
    """Per line (recipe without its image, workload) the newest run, with all its concurrencies.

    Newest by date, then start time, then run id and attempt, as the reference chooses (feature map
    d.1); runs are never stitched together. A newer run with fewer concurrencies than an older one
    is still chosen, and the notes say so. Where the newest run has numbered repeats, the repeats of the
    same recipe in older sweeps count as well: they are what its spread is known from.

    `versions`: each version of an engine has lines of its own, where they are what is compared; else a newer
    one takes the place of the one before.
    """
    lines: dict[tuple[object, ...], dict[tuple[object, ...], list[Point]]] = {}
    for point in points:
        line = (*_line(point), point.recipe.engine_version if versions else None)
        lines.setdefault(line, {}).setdefault(_run(point), []).append(point)
    chosen: list[Point] = []
    notes: list[str] = []
    for runs in lines.values():
        newest = max(runs)
        older = [run for key, run in runs.items() if key != newest]
        counted = [*runs[newest], *_repeated(runs[newest], older)]
        chosen.extend(counted)
        if note := _narrowed(counted, older):
            notes.append(note)
    return Chosen(tuple(chosen), tuple(notes))


def _repeated(newest: Sequence[Point], older: Sequence[Sequence[Point]]) -> list[Point]:
    """Repeats in older sweeps of what the newest sweep measured."""
    recipes = {point.recipe for point in newest if point.repeat is not None}
    return (
        [p for run in older for p in run if p.repeat is not None and p.recipe in recipes] if recipes else []
    )


def without_repeats(points: Sequence[Point]) -> tuple[list[Point], int]:
    """Points of several datasets with each operating point of a run once, and how many that left out."""
    kept: dict[tuple[object, ...], Point] = {}
    for point in points:
        same = (_line(point), point.concurrency, point.date, point.run_url) if point.run_url else point.key
        kept.setdefault((same, point.interactivity), point)
    return list(kept.values()), len(points) - len(kept)


def _line(point: Point) -> tuple[object, ...]:
    r, w = point.recipe, point.workload
    return (
        *(r.model, r.hardware, r.engine, r.precision, r.spec_method, r.disaggregated, r.multinode),
        *(r.prefill_tp, r.prefill_ep, r.prefill_dp_attention, r.prefill_workers, r.prefill_gpus),
        *(r.decode_tp, r.decode_ep, r.decode_dp_attention, r.decode_workers, r.decode_gpus),
        *(r.offload, w.isl, w.osl, w.kind),
    )


def _run(point: Point) -> tuple[str, str, int, int, str]:
    url = point.run_url or ""
    match = _RUN_ID.search(url)
    run_id, attempt = (int(match[1]), int(match[2] or 0)) if match else (0, 0)
    known = match or point.run_started_at  # else the folder tells runs apart: one may hold a part of a run
    return (point.date or "", point.run_started_at or "", run_id, attempt, "" if known else point.run or "")


def _narrowed(newest: Sequence[Point], older: Sequence[Sequence[Point]]) -> str | None:
    now = {p.concurrency for p in newest}
    fullest = max(older, key=lambda run: len({p.concurrency for p in run}), default=None)
    if fullest is None or len(now) >= len({p.concurrency for p in fullest}):
        return None
    recipe = newest[0].recipe
    gpus = f", {recipe.gpus} GPUs" if recipe.gpus else ""
    unit = "concurrency" if len(now) == 1 else "concurrencies"
    return (
        f"{recipe.engine} {recipe.precision} (spec decode {recipe.spec_method}{gpus}): the newest run "
        f"({newest[0].date}) covers {len(now)} {unit}, an older one ({fullest[0].date}) "
        f"{len({p.concurrency for p in fullest})}"
    )
