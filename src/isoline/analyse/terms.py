"""How to compare: everything a reader can switch."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from isoline.analyse.matching import NO_MATCHING, Matching
from isoline.analyse.quantities import THROUGHPUT
from isoline.analyse.rates import PriceTerms

METHODS = ("envelope", "pooled")
AXES = {
    "interactivity": "Interactivity (tok/s/user at median TPOT)",
    "e2e": "End-to-end latency (s, median)",
    "ttft": "Time to first token (s, median)",
}
LATENCIES = {"e2e": "e2el", "ttft": "ttft"}  # by axis, as metrics of a point end; seconds
STATISTICS = ("median", "p90", "p99")  # of the requests of a point, as metrics begin
AXIS_METRICS = {axis: f"{STATISTICS[0]}_{name}" for axis, name in LATENCIES.items()}
VIEWS = ("throughput", "per-dollar")
AGGREGATIONS = ("aggregated", "disaggregated")


class Filters(msgspec.Struct, frozen=True):
    """Which points count besides those of both sides; empty means all. Vendors are lower-case names.

    `match` names fields in which both sides are held equal, or is `all`: as many as can be. `max_ttft` and
    `max_e2e` are the longest latencies that count, in seconds, of the statistic `limit_on`.
    """

    vendor: tuple[str, ...] = ()
    aggregation: str | None = None
    spec_decode: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    max_ttft: float | None = None
    max_e2e: float | None = None
    limit_on: str = STATISTICS[0]


class View(msgspec.Struct, frozen=True):
    """What is shown of a comparison: the metric it is about, and how the chart is drawn.

    `name` is one of VIEWS, `metric` a key of `QUANTITIES`, `x` one of AXES; `log` is for the y axis
    (`None`: as the data ask), `optimal` leaves out the points that another of their series beats, `hide`
    the sides and series of these names, which are read all the same.
    """

    name: str = VIEWS[0]
    metric: str = THROUGHPUT
    x: str = "interactivity"
    log: bool | None = None
    optimal: bool = False
    hide: tuple[str, ...] = ()


NO_FILTERS = Filters()
DEFAULT_VIEW = View()


@dataclass(frozen=True, slots=True)
class Terms:
    """How to compare. `None` targets mean the default ones."""

    sequence: str | None
    precision: str | None = None
    targets: tuple[float, ...] | None = None
    budgets: tuple[float, ...] = ()  # $/M tokens
    method: str = METHODS[0]
    pricing: PriceTerms = field(default_factory=lambda: PriceTerms("hyperscaler", False, {}, {}, None))
    filters: Filters = NO_FILTERS
    view: View = DEFAULT_VIEW
    matching: Matching = NO_MATCHING  # what the filters' `match` came to
