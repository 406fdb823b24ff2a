"""The difference of two runs as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from isoline.analyse.figure import Figure
from isoline.analyse.moves import measurable, move
from isoline.analyse.repeats import ONE_SERVER
from isoline.analyse.run_difference import Load, LoadDifference, RunDifference
from isoline.analyse.same_speed import SameSpeed
from isoline.domain.run import StoredRun
from isoline.present.grid import grid, wrapped
from isoline.present.moved import moved
from isoline.present.numbers import changed, figure, named, plain
from isoline.present.run_text import USUAL, load_words

LINE = 100  # characters of a sentence's line where nothing else says its width
INTERVAL = (
    "95 % intervals are those of the change between repeats (Welch's t, logarithms); * marks those "
    "without 0. Of figures that did not change, one in twenty lies beside its interval by chance."
)
SPEEDS = (
    "At the same speed each run is read on the line through its own best points, whatever their loads, where "
    "it was measured or points are close, as `isoline compare` reads a side"
)
SINGLE = "One repeat on a side has no interval, so a change may be noise."
# How many requests there were is no figure of the server.
SHOWN = tuple(name for name in USUAL if name != "total_requests_completed")


def difference(
    a: StoredRun, b: StoredRun, value: RunDifference, *, every: bool = False, width: int | None = None
) -> str:
    """Fields that differ (lines at most `width` long), a block per load of both, what only one has, and
    where that moved the runs.
    """
    blocks = [f"a  {a.id}  {a.dataset.name}\nb  {b.id}  {b.dataset.name}", _fields(value, width)]
    blocks += [_load(load, every) for load in value.loads]
    blocks += [_speeds(what, found) for what, found in value.speeds]
    for side, loads in zip("ab", value.only, strict=True):
        if loads:
            blocks.append(f"only {side} has: " + "; ".join(map(load_words, loads)))
    said = [
        *_left_out(value),
        *_limits(value),
        *moved([found for load in value.loads if (found := move(load))]),
    ]
    return "\n\n".join([*blocks, *(fill(text, width or LINE, break_on_hyphens=False) for text in said)])


def _fields(value: RunDifference, width: int | None) -> str:
    if not value.fields:
        return "no field differs"
    rows = [(d.field, plain(d.a), plain(d.b)) for d in value.fields]
    return wrapped([("fields that differ", "a", "b"), *rows], width)


def _load(load: LoadDifference, every: bool) -> str:
    figures = [(named(f.name), f) for f in load.figures if every or f.name in SHOWN]
    repeats = "" if load.repeats == (1, 1) else f" (mean of {load.repeats[0]} and {load.repeats[1]})"
    return f"at {load_words(load.load)}{repeats}\n{_figures(figures)}"


def _speeds(what: Load, found: Sequence[SameSpeed]) -> str:
    figures = [(f"tok/s/GPU at {plain(round(one.interactivity, 1))} tok/s/user", one.figure) for one in found]
    return f"at the same speed per user, {load_words(what)}\n{_figures(figures)}"


def _figures(found: Sequence[tuple[str, Figure]]) -> str:
    """A row each, by its name; with intervals where any has one."""
    known = any(f.interval for _, f in found)
    rows = [
        (
            *(name, figure(f.name, f.a), figure(f.name, f.b), changed(f.change)),
            *((_between(f.interval), "*" if measurable(f) else "") if known else ()),
        )
        for name, f in found
    ]
    return grid([("", "a", "b", "change", *(("95 % interval", "") if known else ())), *rows])


def _between(interval: tuple[float, float] | None) -> str:
    return f"{changed(interval[0])} to {changed(interval[1])}" if interval else ""


def _left_out(value: RunDifference) -> Iterator[str]:
    """`1 INVALID left out of b: 1 at 1024/512 concurrency 16.`"""
    for side, loads in zip("ab", value.invalid, strict=True):
        if loads:
            where = "; ".join(f"{count} at {load_words(load)}" for load, count in loads.items())
            yield f"{sum(loads.values())} INVALID left out of {side}: {where}."


def _limits(value: RunDifference) -> Iterator[str]:
    """What the figures do not say."""
    if not value.loads:
        yield "No load is in both runs, so no figures are compared at one."
    if value.speeds:
        known = any(one.figure.interval for _, found in value.speeds for one in found)
        yield (
            f"{SPEEDS}, with the intervals of its ratios; * marks those without 0." if known else f"{SPEEDS}."
        )
    if any(figure.interval for load in value.loads for figure in load.figures):
        servers = [min(load.servers) for load in value.loads if min(load.repeats) > 1]
        yield f"{INTERVAL} {ONE_SERVER}." if 1 in servers else INTERVAL
    if any(min(load.repeats) < 2 for load in value.loads):
        yield SINGLE
