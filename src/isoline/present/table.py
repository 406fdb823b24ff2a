"""The comparison as rows of text: what the terminal, Markdown and the page's table show."""

from __future__ import annotations

from dataclasses import dataclass

from isoline.analyse.comparison import Comparison, Interval, Reading, Target
from isoline.analyse.gain import upwards
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.read import reaches_into_a_gap
from isoline.analyse.told import headline_target
from isoline.analyse.words import FEW, amount, between, factor, interactivity, range_of, runs, seconds
from isoline.domain.point import PUBLISHED, SIMULATED

NONE = "—"
INTERVALS = {"ratio": "interval", "throughput_ratio": "throughput_interval", "cost_ratio": "cost_interval"}
GUESS, STAND_IN = " ?", " s"
RECOMPUTED = {"cost_per_mtok": "cost", "tokens_per_s_per_mw": "power"}
LEGEND = {
    "dominated": "≥ ≤ the side is faster than asked: its slowest point gives this already",
    "wide gap": "? across a wide gap: neighbours more than 1.5× apart in interactivity or 4× in throughput",
    "close": "interpolated within 0.5 % of a measured point, beside a gap that is wide farther off",
    SIMULATED: "s simulated: computed, not measured",
    "outside": "— nothing known there",
    "interval": "[ ] 95 % interval between runs (Student's t); the curve between points is taken as true",
    "ahead": "bold × a side wins there",
    "alone": "× without [ ]: not repeated on both sides, so how far it may be off is not known",
    "once": "1 run: a point beside was measured once; its interval rests on the spread at other loads",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `metric` is repeated on every row of its group.

    `ahead` says of each ratio whether it is that of a winner.
    """

    metric: str
    unit: str
    label: str
    cells: tuple[str, ...]
    is_ratio: bool = False
    ahead: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """The rows of one metric: `key` is a field of a reading, `ratio` one of a target.

    `digits` after the point; `None`: three significant ones. `bound` is how a dominated reading bounds the
    metric: the side gives at least, costs at most this.
    """

    key: str
    name: str
    unit: str
    sign: str = ""
    digits: int | None = None
    ratio: str = ""
    bound: str = ""

    def write(self, value: float) -> str:
        """The value in a cell."""
        return amount(value, self.sign) if self.digits is None else f"{self.sign}{value:,.{self.digits}f}"


_METRICS = (
    Metric("throughput_per_gpu", "Throughput", "total tok/s/GPU", "", None, "throughput_ratio", " ≥"),
    Metric("cost_per_mtok", "Cost", "$ per M tokens", "$", None, "cost_ratio", " ≤"),
    Metric("tokens_per_s_per_mw", "Power", "tok/s per MW all-in", "", None, "", " ≥"),
    Metric("concurrency", "Concurrency", "in flight", "~", 0),
)
PRINTED = tuple(metric.key for metric in _METRICS[:3])  # what published pages print themselves
LATENCIES = {"ttft": "TTFT", "e2e": "End-to-end latency"}  # fields of a neighbour
LATENCY_UNIT = "s, median, of the points beside"
KNOWN = "How known"
INTERVAL = "95 % interval"
MANY = 4  # targets; beyond, a page gives the table its whole width
BEST = "Best known point at or above"
BEST_UNIT = "tok/s/GPU at its own tok/s/user; not matched"


def header(comparison: Comparison) -> tuple[str, ...]:
    """The targets, tok/s/user."""
    return tuple(interactivity(target.interactivity) for target in comparison.targets)


def rows(comparison: Comparison) -> list[Row]:
    """Per metric a row for each side and, where it has a meaning, their ratio; then how each is known."""
    a, b = comparison.sides
    found: list[Row] = []
    shown = metrics(comparison)
    for metric in shown:
        for i, side in enumerate(comparison.sides):
            cells = tuple(cell(metric, target.readings[i]) for target in comparison.targets)
            found.append(Row(metric.name, metric.unit, side.label, cells))
        if metric.ratio:
            turned = _turned(comparison, metric.ratio)
            cells = tuple(_ratio(target, metric.ratio, turned) for target in comparison.targets)
            label = f"{b.label} ÷ {a.label}" if turned else f"{a.label} ÷ {b.label}"
            ahead = tuple(_is_ahead(target, metric.ratio) for target in comparison.targets)
            found.append(Row(metric.name, metric.unit, label, cells, is_ratio=True, ahead=ahead))
        if metric.key == shown[0].key:
            found += _intervals(comparison, metric)
            found += _best(comparison)
    found += _latencies(comparison)
    for i, side in enumerate(comparison.sides):
        cells = tuple(status(target.readings[i]) for target in comparison.targets)
        found.append(Row(KNOWN, "", side.label, cells))
    return found


def metrics(comparison: Comparison) -> list[Metric]:
    """The metric that the comparison is about, then the others."""
    key = comparison.view.metric
    return [metric_of(key), *(metric for metric in _METRICS if metric.key != key)]


def metric_of(key: str) -> Metric:
    """How the metric `key` of a reading is written."""
    about = QUANTITIES[key]
    bound = " ≤" if about.lower_is_better else " ≥"
    own = Metric("value", about.name, about.unit, about.sign, None, "ratio", bound)
    return next((metric for metric in _METRICS if metric.key == key), own)


def _intervals(comparison: Comparison, metric: Metric) -> list[Row]:
    """Of the metric that the comparison is about; nothing for a side without repeats."""
    found = []
    for i, side in enumerate(comparison.sides):
        cells = tuple(_interval(target.readings[i].interval, metric) for target in comparison.targets)
        if any(cell != NONE for cell in cells):
            found.append(Row(INTERVAL, f"{metric.unit}, between runs", side.label, cells))
    return found


def _best(comparison: Comparison) -> list[Row]:
    """Where no ratio can be claimed, what is known without a curve."""
    if not any(reading.best for target in comparison.targets for reading in target.readings):
        return []
    return [
        Row(BEST, BEST_UNIT, side.label, tuple(_reached(target.readings[i]) for target in comparison.targets))
        for i, side in enumerate(comparison.sides)
    ]


def _reached(reading: Reading) -> str:
    best = reading.best
    if best is None:
        return NONE
    mark = STAND_IN if reading.basis == SIMULATED else ""
    return f"{amount(best.throughput_per_gpu)} at {interactivity(round(best.interactivity, 1))}{mark}"


def _interval(interval: Interval | None, metric: Metric) -> str:
    if interval is None:
        return NONE
    text = range_of(interval.low, interval.high, metric.sign)
    return f"{text} ({runs(interval.runs)})" if min(interval.runs) < FEW else text


def _latencies(comparison: Comparison) -> list[Row]:
    """What the points beside each target took, slower speed first; nothing where none says."""
    found = []
    for field, name in LATENCIES.items():
        cells = [tuple(_beside(target.readings[i], field) for target in comparison.targets) for i in (0, 1)]
        if any(cell != NONE for row in cells for cell in row):
            found += [
                Row(name, LATENCY_UNIT, side.label, row)
                for side, row in zip(comparison.sides, cells, strict=True)
            ]
    return found


def _beside(reading: Reading, field: str) -> str:
    values: list[float | None] = [getattr(neighbour, field) for neighbour in reading.neighbours]
    if all(value is None for value in values):
        return NONE
    mark = STAND_IN if reading.basis == SIMULATED else ""
    return " · ".join(NONE if value is None else seconds(value) + mark for value in values)


def status(reading: Reading) -> str:
    """How a reading is known, with the nearest edge where there is none."""
    if reading.status == "outside" and reading.bound is not None:
        word = "to" if reading.bound.edge == "last" else "from"
        known = SIMULATED if reading.basis == SIMULATED else "known"
        return f"outside ({known} {word} {interactivity(round(reading.bound.interactivity, 1))})"
    words = reading.status
    if reading.status == "interpolated" and reading.basis == "published":
        words = "between published"
    if reading.basis == SIMULATED and reading.status != SIMULATED:
        words += ", simulated"
    return words + "".join(f", {RECOMPUTED[name]} recomputed" for name in reading.recomputed)


def legend(comparison: Comparison, *, bold: bool = False) -> list[str]:
    """What the marks in the cells mean, for those that occur; `bold` where ratios of winners are."""
    readings = [reading for target in comparison.targets for reading in target.readings]
    used = {reading.status for reading in readings} | {reading.basis for reading in readings}
    if any(target.interval for target in comparison.targets):
        used.add("interval")
    if bold and any(
        _is_ahead(t, m.ratio) for m in metrics(comparison) if m.ratio for t in comparison.targets
    ):
        used.add("ahead")
    if any(target.throughput_ratio and not target.throughput_interval for target in comparison.targets):
        used.add("alone")
    if any(r.interval and min(r.interval.runs) == 1 for r in readings):
        used.add("once")
    if any(map(reaches_into_a_gap, readings)):
        used.add("close")
    return [text for name, text in LEGEND.items() if name in used]


def cell(metric: Metric, reading: Reading) -> str:
    """The metric of a reading with the mark of how it is known."""
    value: float | None = getattr(reading, metric.key)
    if value is None:
        return NONE
    mark = metric.bound if reading.status == "dominated" else GUESS if reading.status == "wide gap" else ""
    printed = reading.status == PUBLISHED and metric.key in PRINTED and metric.key not in reading.recomputed
    text = _printed(value, metric.sign) if printed else metric.write(value)
    return text + mark + (STAND_IN if reading.basis == SIMULATED else "")


def _printed(value: float, sign: str) -> str:
    """All digits that were printed; of dollars at least three after the point, as pages print them."""
    whole, _, rest = f"{value:,.10g}".partition(".")
    rest = rest.ljust(3, "0") if sign == "$" else rest
    return f"{sign}{whole}{'.' if rest else ''}{rest}"


def _turned(comparison: Comparison, key: str) -> bool:
    """Whether ratios are those of the second side to the first, so that the one at the target which the
    verdict tells is above 1, as there; not where there is no measurable difference."""
    told = headline_target(comparison.targets)
    value: float | None = getattr(told, key) if told else None
    interval: Interval | None = getattr(told, INTERVALS[key]) if told else None
    return value is not None and value < 1 and not (interval and interval.high >= 1)


def _ratio(target: Target, key: str, turned: bool) -> str:
    value: float | None = getattr(target, key)
    if value is None:
        return NONE
    interval: Interval | None = getattr(target, INTERVALS[key])
    if turned:
        value = 1 / value
    if interval is None:
        return f"{value:,.{0 if value >= 10 else 2}f}×"
    low, high = upwards(interval, turned)
    return f"{factor(value, low, high)} [{between(low, high)}]"


def _is_ahead(target: Target, key: str) -> bool:
    """Whether a side wins at the target and this ratio, too, differs from 1."""
    interval: Interval | None = getattr(target, INTERVALS[key])
    return target.winner is not None and interval is not None and not interval.low <= 1 <= interval.high
