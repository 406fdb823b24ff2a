"""The rows a comparison chart draws: points, lines, targets and readings, with harmless text."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from isoline.analyse.read import is_wide
from isoline.domain.point import PUBLISHED, SIMULATED, Point
from isoline.present.chart_scale import number, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isoline.analyse.comparison import Comparison, Reading, Series, Side
    from isoline.domain.recipe import Recipe

Row = dict[str, object]
Sample = tuple[float, float]

UNKNOWN = "not known"
STEPS = 8  # samples of a thin line between two neighbours


def clean(text: str, limit: int = 60) -> str:
    """One printable line: control characters break SVG, and direction marks reorder labels."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(printable.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def side_names(comparison: Comparison) -> tuple[str, str]:
    """The labels of both sides, told apart even where they are the same."""
    first, second = (clean(side.label or side.key, 28) for side in comparison.sides)
    return (first, second) if first != second else (f"{first} (1)", f"{second} (2)")


def point_rows(side: Side, name: str) -> list[Row]:
    """One row per point, those on a frontier last so that they are drawn on top."""
    series_of = {point.key: series.label for series in side.series for point in series.points}
    frontier = {point.key for series in side.series for point in series.frontier}
    line = {sample for segment in side.line for sample in segment.samples}
    rows = [
        _point_row(point, name, series_of.get(point.key), point.key in frontier)
        | {"on_line": not line or (point.interactivity, point.throughput) in line}
        for point in side.points
    ]
    return sorted(rows, key=lambda row: (row["on_frontier"] is True, row["x"]))


def line_rows(side: Side, name: str) -> list[Row]:
    """The drawn line of a side. Stretches that continue each other become one path, for even dashes."""
    rows: list[Row] = []
    path, before = -1, None
    for segment in side.line:
        if not segment.samples:
            continue
        start = (segment.series, segment.style, segment.samples[0])
        if start != before:
            path += 1
        for x, y in segment.samples:
            rows.append({"side": name, "path": f"{name} {path}", "style": segment.style, "x": x, "y": y})
        before = (segment.series, segment.style, segment.samples[-1])
    return rows


def frontier_rows(side: Side, name: str) -> list[Row]:
    """The frontier of every series, where a side has several; a wide gap breaks the line."""
    if len(side.series) < 2:
        return []
    return [
        {"side": name, "path": f"{name} {index} {run}", "series": clean(series.label), "x": x, "y": y}
        for index, series in enumerate(side.series)
        for run, samples in enumerate(_runs(series))
        for x, y in samples
    ]


def target_rows(comparison: Comparison, names: tuple[str, str]) -> list[Row]:
    """The matched interactivities, with the ratio of both sides where there is one to state."""
    return [
        {
            "x": target.interactivity,
            "text": plain(target.interactivity),
            "ratio": _ratio(target.readings, names),
        }
        for target in comparison.targets
    ]


def reading_rows(comparison: Comparison, names: tuple[str, str]) -> list[Row]:
    """The readings that lie on a drawn line; a value outside its measured range is never drawn."""
    rows: list[Row] = []
    for target in comparison.targets:
        for side, name, reading in zip(comparison.sides, names, target.readings, strict=True):
            value, known = reading.throughput_per_gpu, side.measured_range
            if value is None or known is None or not known[0] <= target.interactivity <= known[1]:
                continue
            sign = {"wide gap": "≈ ", "dominated": "≥ "}.get(reading.status, "")
            rows.append(
                {
                    "side": name,
                    "x": target.interactivity,
                    "y": value,
                    "status": reading.status,
                    "text": sign + number(value),
                }
            )
    return rows


def samples_of(rows: list[Row]) -> Iterator[Sample]:
    for row in rows:
        x, y = row["x"], row["y"]
        if isinstance(x, int | float) and isinstance(y, int | float):
            yield float(x), float(y)


def _point_row(point: Point, side: str, series: str | None, on_frontier: bool) -> Row:
    recipe = point.recipe
    role = point.status if point.status in (PUBLISHED, SIMULATED) else "frontier" if on_frontier else "other"
    return {
        "key": point.key,
        "side": side,
        "x": point.interactivity,
        "y": point.throughput,
        "role": role,
        "on_frontier": on_frontier,
        "series": clean(series) if series else UNKNOWN,
        "engine": clean(" ".join(part for part in (recipe.engine, recipe.engine_version) if part)) or UNKNOWN,
        "gpus": _count(recipe.gpus),
        "parallel": _parallel(recipe),
        "spec": clean(recipe.spec_method) or UNKNOWN,
        "concurrency": _count(point.concurrency),
        "date": clean(point.date) if point.date else UNKNOWN,
        "status": clean(point.status),
    }


def _parallel(recipe: Recipe) -> str:
    decode = _degrees(recipe.decode_tp, recipe.decode_pp, recipe.decode_ep, recipe.decode_dp_attention)
    if not recipe.disaggregated:
        return decode or UNKNOWN
    prefill = _degrees(recipe.prefill_tp, recipe.prefill_pp, recipe.prefill_ep, recipe.prefill_dp_attention)
    return f"prefill {prefill or UNKNOWN}; decode {decode or UNKNOWN}"


def _degrees(tp: int | None, pp: int | None, ep: int | None, dp_attention: bool | None) -> str:
    named = [
        f"{name}{n}" for name, n in (("TP", tp), ("PP", pp), ("EP", ep)) if n and (n > 1 or name == "TP")
    ]
    return " ".join(named + ["DP attention"] * bool(dp_attention))


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def _ratio(readings: tuple[Reading, Reading], names: tuple[str, str]) -> str:
    """`FP4 3.1×`: how much higher the higher side is; nothing where either value is weak or missing."""
    a, b = (
        None if reading.status in ("outside", "wide gap") else reading.throughput_per_gpu
        for reading in readings
    )
    if not a or not b:
        return ""
    ratio = max(a, b) / min(a, b)
    if ratio < 1.01:
        return "about equal"
    digits = 0 if ratio >= 10 else 1 if ratio >= 1.2 else 2
    return f"{names[a < b]} {ratio:,.{digits}f}×"


def _runs(series: Series) -> Iterator[list[Sample]]:
    """The curve of a series in stretches without a wide gap; a stretch of one point has no line."""
    run: list[Sample] = []
    curve = series.curve()
    for left, right in pairwise(series.frontier):
        if is_wide(left, right):
            if run:
                yield run
            run = []
            continue
        width = right.interactivity - left.interactivity
        run = run or [(left.interactivity, left.throughput)]
        inner = (left.interactivity + width * step / STEPS for step in range(1, STEPS))
        run += [(x, curve(x)) for x in inner]
        run.append((right.interactivity, right.throughput))
    if run:
        yield run
