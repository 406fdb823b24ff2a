"""What a comparison says: plain values, ready to be printed, drawn or sent."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from isoline.analyse.filters import NO_OFFERS, Offers
from isoline.analyse.matching import NO_MATCHING, Matching
from isoline.analyse.terms import DEFAULT_VIEW, NO_FILTERS, Filters, View
from isoline.domain.point import Point
from isoline.domain.recipe import Recipe


class Series(msgspec.Struct, frozen=True):
    """One line of a chart: an engine with its speculative decoding and aggregation.

    `points` are all of its points, `frontier` those no other of the series beats (x ascending).
    """

    label: str
    points: tuple[Point, ...]
    frontier: tuple[Point, ...]


class Neighbour(msgspec.Struct, frozen=True):
    """A measured (or published) point beside a reading.

    What a published page does not say of its recipe is `None`, and so are its `runs`.
    """

    interactivity: float
    throughput_per_gpu: float
    concurrency: int | None
    engine: str | None
    spec_method: str | None
    gpus: int | None
    date: str | None
    run_url: str | None
    recipe: str | None
    ttft: float | None = None  # median, seconds
    e2e: float | None = None  # median, seconds
    parallelism: str | None = None  # of the decode role where disaggregated
    prefill_parallelism: str | None = None
    disaggregated: bool | None = None
    runs: int | None = None  # it stands for; 1 is measured once


class Best(Neighbour, frozen=True):
    """The known point of most throughput at a target or faster, with its cost ($ per M tokens)."""

    cost_per_mtok: float | None = None


class Bound(msgspec.Struct, frozen=True):
    """The nearest edge of what is known, where a reading has no value."""

    edge: str  # "first" or "last"
    interactivity: float
    throughput_per_gpu: float


class Interval(msgspec.Struct, frozen=True):
    """Between which values a reading, or a ratio of two, lies with probability `level`, between runs.

    `runs`, `starts`, `rivals` and `bias` have an entry per side. `runs` are those of the neighbouring point
    that has fewest, on `starts` server starts. `rivals` recipes of the side cannot be told from the one
    that is read, itself included; were they all equal, its reading would be too high by the fraction `bias`.
    """

    low: float
    high: float
    level: float
    runs: tuple[int, ...]
    starts: tuple[int, ...]
    freedom: float
    rivals: tuple[int, ...]
    bias: tuple[float, ...]


class Reading(msgspec.Struct, frozen=True):
    """The metrics of one side at one target; every metric is `None` where `status` is `outside`.

    `status` is one of measured, interpolated, wide gap, dominated, outside, published,
    simulated. `basis` is `None`, `published` or `simulated`: what the neighbours are. `value` is that
    of the metric which the comparison is about. Throughputs are tok/s over all GPUs. `best` is the
    known point of most throughput at or above the target, on both sides where a wide gap of either lets no
    ratio be claimed.
    """

    status: str
    value: float | None = None
    throughput_per_gpu: float | None = None
    output_throughput_per_gpu: float | None = None
    input_throughput_per_gpu: float | None = None
    cost_per_mtok: float | None = None
    tokens_per_s_per_mw: float | None = None
    concurrency: int | None = None
    bound: Bound | None = None
    series: str | None = None
    neighbours: tuple[Neighbour, ...] = ()
    basis: str | None = None
    recomputed: tuple[str, ...] = ()  # metrics whose printed value the user's price or power replaced
    interval: Interval | None = None  # of `value`
    best: Best | None = None


class Side(msgspec.Struct, frozen=True):
    """One value of the compared dimension, with all of its points.

    `plot` is what a chart draws; it is made only on demand.
    `recipes` are those of its points, or those known to stand behind published readings.
    """

    key: str
    label: str
    hardware: str
    precision: str | None
    points: tuple[Point, ...]
    series: tuple[Series, ...]
    measured_range: tuple[float, float] | None
    plot: Plot | None = None
    recipes: tuple[Recipe, ...] = ()


class LineSegment(msgspec.Struct, frozen=True):
    """A stretch of a drawn line, sampled in units of the chart's axes.

    `style` is `curve`, `gap` (bridges a wide gap), `reach` (given by a faster point only) or
    `published` (between printed readings).
    """

    series: str | None
    style: str
    samples: tuple[tuple[float, float], ...]


class Band(msgspec.Struct, frozen=True):
    """Where the line of a side, here that of a `series`, may lie between its knots: (x, low, high) in units
    of the axes.
    """

    samples: tuple[tuple[float, float, float], ...]
    series: str | None


class Plotted(msgspec.Struct, frozen=True):
    """A point as it is drawn: in units of the chart's axes, with its series; of repeats on the line of its
    side with the interval of `y`.
    """

    point: Point
    x: float
    y: float
    series: str | None
    on_frontier: bool
    on_line: bool
    interval: Interval | None = None


class Plot(msgspec.Struct, frozen=True):
    """What a chart draws of one side.

    `line` is exactly what the readings say, `frontiers` the lines of its series where there are
    several. `bands` are the intervals along the line, where its points were repeated. `untold` counts
    points that do not report what the axes show.
    """

    points: tuple[Plotted, ...] = ()
    line: tuple[LineSegment, ...] = ()
    frontiers: tuple[LineSegment, ...] = ()
    untold: int = 0
    bands: tuple[Band, ...] = ()


class Target(msgspec.Struct, frozen=True):
    """One matched interactivity: a reading per side, in side order. `ratio` is that of the metric chosen."""

    interactivity: float
    readings: tuple[Reading, Reading]
    throughput_ratio: float | None
    cost_ratio: float | None
    winner: str | None
    winner_reason: str | None
    ratio: float | None = None
    throughput_interval: Interval | None = None
    cost_interval: Interval | None = None
    interval: Interval | None = None  # of `ratio`


class Within(msgspec.Struct, frozen=True):
    """The inverse reading: the highest interactivity (tok/s/user) whose cost is within a budget.

    One value per side; `None` where no known cost is. `statuses` says how each is known; `points` are the
    speeds of the fastest known points within the budget, which across a wide gap is all that is known.
    """

    cost_per_mtok: float
    interactivity: tuple[float | None, float | None]
    statuses: tuple[str, str]
    points: tuple[float | None, float | None] = (None, None)


class Difference(msgspec.Struct, frozen=True):
    """A recipe or workload field that differs between the sides besides the compared one.

    `compared`: it carries what is compared, as a checkpoint does its precision, and is no confounder.
    `shared`: both sides have some value of it, so that they can be held equal in it.
    """

    field: str
    a: str
    b: str
    compared: bool = False
    shared: bool = False


class Attribution(msgspec.Struct, frozen=True):
    """Ratios of the metric chosen, first side ÷ second, at one speed (tok/s/user): the headline target, or
    the first found at which both are known.

    `best`: of the best configuration of each side; `equal`: of one that both sides have, the same in `fields`
    and perhaps different in `apart`; `rest` is `best` ÷ `equal`. `None` is a ratio that cannot be claimed;
    `reason` says why `equal` is. `points` of each side are equal ones.
    """

    interactivity: float
    fields: tuple[str, ...]
    apart: tuple[str, ...]
    points: tuple[int, int]
    best: float | None
    equal: float | None
    interval: Interval | None  # of `equal`
    rest: float | None
    reason: str | None
    sentence: str


class Source(msgspec.Struct, frozen=True):
    """Where the points of a comparison come from."""

    dataset: str
    kind: str
    source: str
    points: int
    first_date: str | None
    last_date: str | None


class Undated(msgspec.Struct, frozen=True):
    """The sequence that would be read had no last `day` been asked for, where it is another than the one
    that is; `known`: whether both sides have data of it up to that day.
    """

    day: str
    sequence: str
    known: bool


class Comparison(msgspec.Struct, frozen=True):
    """Two sides read at the same targets."""

    kind: str
    slug: str
    model: str
    model_label: str
    hardware: tuple[str, ...]
    hardware_labels: tuple[str, ...]
    sequence: str | None
    precision: str | None
    method: str
    tier: str
    price: Mapping[str, float]  # $/GPU-hour by hardware key
    own_prices: tuple[str, ...]  # hardware keys whose price is the user's
    price_date: str | None
    power: Mapping[str, float]  # all-in kW per GPU by hardware key
    common_range: tuple[float, float] | None
    sides: tuple[Side, Side]
    targets: tuple[Target, ...]
    within: tuple[Within, ...]
    differences: tuple[Difference, ...]
    narrative: tuple[str, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()
    view: View = DEFAULT_VIEW
    filters: Filters = NO_FILTERS
    offers: Offers = NO_OFFERS
    scope: tuple[str, ...] = ()  # the filters in words
    where: str = ""  # what the sides have in common, in words
    engine_label: str | None = None  # of the one engine whose versions are compared
    undated: Undated | None = None
    matching: Matching = NO_MATCHING  # what both sides are held equal in, where that was asked
    held: tuple[Difference, ...] = ()  # the values of that, the same on both sides
    attribution: Attribution | None = None

    @property
    def has_both(self) -> bool:
        """Whether there are points of both sides; else there is nothing to compare."""
        return all(side.points for side in self.sides)
