"""The rows a comparison chart draws: points, lines, targets and readings, with harmless text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.analyse.gain import gain_of
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.told import headline_target
from isoline.analyse.words import amount, counted, percent_less, range_of, seconds
from isoline.domain.point import PUBLISHED, SIMULATED
from isoline.numerics.polyline import thinned
from isoline.present.chart_scale import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isoline.analyse.comparison import Comparison, Plotted, Reading, Side, Target
    from isoline.domain.recipe import Recipe

Row = dict[str, object]
Sample = tuple[float, float]

UNKNOWN = "not known"
FRONTIER = ("other", "frontier")
# Drawn full, hollow and pale.
ON_LINE, STANDINGS = "on the line", ("beaten in its series", "best of its series")
UNSEEN = 3e-4  # of a value: a tenth of a pixel in a chart 400 pixels high


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
    rows = [point_row(plotted, name) for plotted in side.plot.points] if side.plot else []
    return sorted(rows, key=lambda row: (row["on_frontier"] is True, row["x"]))


def line_rows(side: Side, name: str) -> list[Row]:
    """The drawn line of a side. Stretches that continue each other become one path, for even dashes."""
    rows: list[Row] = []
    path, before = -1, None
    for segment in side.plot.line if side.plot else ():
        start = (segment.series, segment.style, segment.samples[0])
        if start != before:
            path += 1
        shared: Row = {
            "side": name,
            "path": f"{name} {path}",
            "style": segment.style,
            "series": series_label(segment.series),
        }
        rows += [shared | {"x": x, "y": y} for x, y in _short(segment.samples)]
        before = (segment.series, segment.style, segment.samples[-1])
    return rows


def frontier_rows(side: Side, name: str) -> list[Row]:
    """The line of every series, where a side has several."""
    return [
        {"side": name, "path": f"{name} {run}", "series": series_label(segment.series), "x": x, "y": y}
        for run, segment in enumerate(side.plot.frontiers if side.plot else ())
        for x, y in _short(segment.samples)
    ]


def band_rows(side: Side, name: str) -> list[Row]:
    """The interval band of a side, where its points were repeated."""
    return [
        {
            "side": name,
            "path": f"{name} {run}",
            "series": series_label(band.series),
            "x": x,
            "y": _digits(low),
            "y2": _digits(high),
        }
        for run, band in enumerate(side.plot.bands if side.plot else ())
        for x, low, high in band.samples
    ]


def series_label(label: str | None) -> str:
    """What rows call a series; the one frontier of `pooled` has none."""
    return clean(label) if label else UNKNOWN


def _digits(value: float) -> float:
    return float(f"{value:.6g}")


def _short(samples: Sequence[Sample]) -> list[Sample]:
    """The samples and digits that a screen can show; both ends stay what they are."""
    first, *inner, last = thinned(samples, UNSEEN)
    return [first, *((_digits(x), _digits(y)) for x, y in inner), last]


def target_rows(comparison: Comparison, names: tuple[str, str]) -> list[Row]:
    """The matched interactivities, with the ratio of both sides where there is one to state; the one that
    the comparison is told by comes first.
    """
    told = headline_target(comparison.targets)
    return [
        {
            "x": target.interactivity,
            "text": plain(target.interactivity),
            "ratio": _ratio(target, comparison, names),
        }
        for target in sorted(comparison.targets, key=lambda t: (t is not told, t.interactivity))
    ]


def reading_rows(comparison: Comparison, names: tuple[str, str]) -> list[Row]:
    """The readings that lie on a drawn line; a value outside its measured range is never drawn."""
    sign = QUANTITIES[comparison.view.metric].sign
    rows: list[Row] = []
    for target in comparison.targets:
        for side, name, reading in zip(comparison.sides, names, target.readings, strict=True):
            value, known = reading.value, side.measured_range
            if value is None or known is None or not known[0] <= target.interactivity <= known[1]:
                continue
            rows.append(
                {
                    "side": name,
                    "series": series_label(reading.series),
                    "x": target.interactivity,
                    "y": value,
                    "status": reading.status,
                    "text": _bound(comparison, reading) + amount(value, sign),
                }
            )
    return rows


def beside_rows(comparison: Comparison, names: tuple[str, str]) -> list[Row]:
    """On other axes than interactivity: the measured points beside each target, which the table reads."""
    rows: list[Row] = []
    for i, (side, name) in enumerate(zip(comparison.sides, names, strict=True)):
        near = {
            (n.throughput_per_gpu, n.concurrency, n.recipe)
            for target in comparison.targets
            for n in target.readings[i].neighbours
        }
        rows += [
            {
                "side": name,
                "series": series_label(p.series),
                "x": p.x,
                "y": p.y,
                "status": "beside",
                "text": "",
            }
            for p in (side.plot.points if side.plot else ())
            if (p.point.throughput, p.point.concurrency, p.point.recipe.id) in near
        ]
    return rows


def _bound(comparison: Comparison, reading: Reading) -> str:
    if reading.status == "wide gap":
        return "≈ "
    if reading.status != "dominated":
        return ""
    return "≤ " if QUANTITIES[comparison.view.metric].lower_is_better else "≥ "


def samples_of(rows: list[Row]) -> Iterator[Sample]:
    for row in rows:
        x, y = row["x"], row["y"]
        if isinstance(x, int | float) and isinstance(y, int | float):
            yield float(x), float(y)


def point_row(plotted: Plotted, side: str) -> Row:
    """A point as it is drawn, with all that is known of it."""
    point, recipe = plotted.point, plotted.point.recipe
    printed = point.status == PUBLISHED
    role = point.status if point.status in (PUBLISHED, SIMULATED) else FRONTIER[plotted.on_frontier]
    engine = clean(" ".join(part for part in (recipe.engine, recipe.engine_version) if part))
    url = point.run_url or ""
    return {
        "key": point.key,
        "side": side,
        "x": plotted.x,
        "y": plotted.y,
        "role": role,
        "on_frontier": plotted.on_frontier,
        "on_line": plotted.on_line,
        "series": series_label(plotted.series),
        "interactivity": amount(point.interactivity) if plotted.x != point.interactivity else "",
        "engine": UNKNOWN if printed else engine or UNKNOWN,
        "image": clean(recipe.image or "", 90),
        "gpus": _count(recipe.gpus),
        "parallel": _parallel(recipe),
        "spec": UNKNOWN if printed else clean(recipe.spec_method) or UNKNOWN,
        "concurrency": _count(point.concurrency),
        "ttft": _seconds(point.metrics.get("median_ttft")),
        "e2e": _seconds(point.metrics.get("median_e2el")),
        "runs": "" if printed else counted(len(point.single_runs), "run"),
        "interval": range_of(plotted.interval.low, plotted.interval.high) if plotted.interval else "",
        "standing": ON_LINE if plotted.on_line else STANDINGS[plotted.on_frontier],
        "date": clean(point.date) if point.date else UNKNOWN,
        "status": clean(point.status),
        "url": url if url.startswith(("https://", "http://")) else "",
    }


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{seconds(value)} s"


def _parallel(recipe: Recipe) -> str:
    decode = recipe.parallelism or UNKNOWN
    if not recipe.disaggregated:
        return decode
    return f"prefill {recipe.prefill_parallelism or UNKNOWN}; decode {decode}"


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def _ratio(target: Target, comparison: Comparison, names: tuple[str, str]) -> str:
    """`FP4 3.1×`: by how much the better side is better, as the sentences say it; nothing without a ratio."""
    if target.ratio is None:
        return ""
    quantity = QUANTITIES[comparison.view.metric]
    found = gain_of(quantity, target)
    if found is None:
        return "no clear difference" if target.interval else "about equal"
    more = f"{percent_less(found.more)} less" if quantity.lower_is_better else found.factor
    return f"{names[found.side]} {found.bound}{' ' * bool(found.bound)}{more}"
