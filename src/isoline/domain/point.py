"""A point: what one recipe did under one workload and one load.

Points, workloads and recipes are msgspec structs: frozen like a dataclass, but made in 1 µs instead of
16 µs, which an import of a million rows and every query feel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from isoline.domain.recipe import Recipe

MEASURED = "measured"
PUBLISHED = "published"
SIMULATED = "simulated"

# Relative distance of output plus input from the total within which GPU counts agree with it: rates of one
# source agree to rounding, and the means of repeats to what their shares vary by.
AGREE = 0.01

# How lengths are drawn.
FIXED = "fixed"  # exactly L, or a source that does not say
UNIFORM = "uniform"  # over [0.8 L, L], InferenceX's shape
LOGNORMAL = "lognormal"  # around L


class Workload(msgspec.Struct, frozen=True, gc=False):
    """Input and output lengths in tokens, and how they and the prompts were drawn: points of different kinds
    are no repeats of one another.

    `kind` is `fixed`, `uniform` or `lognormal`; `text`, stretches of a text, with one of those behind it
    where lengths are not fixed; `agentic`, without lengths; or `list` or `sessions` with the beginning of a
    hash: only the very same requests are alike.
    """

    isl: int | None
    osl: int | None
    kind: str = FIXED


class Point(msgspec.Struct, frozen=True):
    """One operating point, in base units.

    `interactivity` is tok/s/user at the median TPOT. The throughputs are tok/s/GPU: total over
    all GPUs; output and input, where disaggregated, over those of their role, the decode and the prefill
    GPUs. `output_throughput_per_gpu` and `input_throughput_per_gpu` are over all GPUs, whatever the
    aggregation: only those compare. `metrics` holds everything else the source reported, under its own
    keys, latencies in seconds, powers in watts. `date` is ISO 8601 (YYYY-MM-DD).
    `printed_cost` ($/M tokens) and `printed_tokens_per_mw` exist on published points only.
    `runs` are the repeats that a pooled point stands for; elsewhere empty (see `single_runs`).
    """

    key: str
    recipe: Recipe
    workload: Workload
    interactivity: float
    throughput: float
    output_throughput: float | None
    input_throughput: float | None
    concurrency: int | None
    dataset: str
    status: str = MEASURED
    date: str | None = None
    request_rate: float | None = None
    run_url: str | None = None
    run_started_at: str | None = None
    run: str | None = None  # run folder that holds it
    repeat: int | None = None
    valid: bool = True
    printed_cost: float | None = None
    printed_tokens_per_mw: float | None = None
    metrics: Mapping[str, float] = msgspec.field(default_factory=dict)
    runs: tuple[Point, ...] = ()

    @property
    def output_throughput_per_gpu(self) -> float | None:
        """Output tok/s over all GPUs; `None` where not reported, or where GPU counts are absent or wrong."""
        if not self.recipe.disaggregated:
            return self.output_throughput
        return _over_all_gpus(self, self.output_throughput, self.recipe.decode_gpus)

    @property
    def input_throughput_per_gpu(self) -> float | None:
        """Input tok/s over all GPUs; `None` as for output."""
        if not self.recipe.disaggregated:
            return self.input_throughput
        return _over_all_gpus(self, self.input_throughput, self.recipe.prefill_gpus)

    @property
    def single_runs(self) -> tuple[Point, ...]:
        """The runs that it stands for: its repeats, or itself, measured once."""
        return self.runs or (self,)


def _over_all_gpus(point: Point, rate: float | None, gpus: int | None) -> float | None:
    """A disaggregated point's tok/s per GPU of a role that has `gpus`, over all GPUs.

    Output and input must add up to the total, and no part may exceed it, or the counts are not those of the
    run: sources have rows with other ones.
    """
    recipe, output, inputs = point.recipe, point.output_throughput, point.input_throughput
    decode, prefill = recipe.decode_gpus, recipe.prefill_gpus
    if rate is None or not gpus or not decode or not prefill:
        return None
    whole = (decode + prefill) * point.throughput
    over = (output or 0.0) * decode + (inputs or 0.0) * prefill - whole
    limit = AGREE * whole
    short = over < -limit and output is not None and inputs is not None
    return None if short or over > limit else rate * gpus / (decode + prefill)


class Evaluation(msgspec.Struct, frozen=True):
    """A score of one recipe on one task. `score` and `standard_error` are fractions."""

    key: str
    recipe: Recipe
    task: str
    score: float
    standard_error: float | None
    n: int | None
    dataset: str
    metric: str  # which of the task's scores, e.g. "exact match, strict"
    workload: Workload = Workload(None, None)
    concurrency: int | None = None
    date: str | None = None
    run_url: str | None = None
    run: str | None = None
    metrics: Mapping[str, float] = msgspec.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuarantinedRow:
    """A row that could not become a point, whole, with the reason, so that it can be retried."""

    importer: str
    dataset: str
    source: str  # file or URL
    position: str  # where in the source: row index, member name
    reason: str  # code: "unknown model", "unknown hardware", "broken field", "failed run", ...
    detail: str  # the offending field and value, in words
    raw: str  # the row as JSON text


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named body of points.

    `selection` says how its points form lines: `as-served` (already one run per line) or
    `latest-run` (the newest run of each line is chosen when it is read).
    `kind` is `benchmarks`, `history`, `evaluations`, `availability`, `artifacts`, `runs`,
    `study` (measured, and packaged), `published` or `simulated`.
    """

    name: str
    kind: str
    selection: str = "as-served"
    source: str = ""
    captured: str | None = None  # ISO date of the capture or import


@dataclass(frozen=True, slots=True)
class Selection:
    """Which points a question is about; `None` means "any". Sets are tuples of catalog keys."""

    model: str | None = None
    hardware: tuple[str, ...] | None = None
    precision: tuple[str, ...] | None = None
    engine: tuple[str, ...] | None = None
    spec_method: tuple[str, ...] | None = None
    isl: int | None = None
    osl: int | None = None
    datasets: tuple[str, ...] | None = None
    until: str | None = None  # ISO date, inclusive


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many points exist for one combination, their repeats counting once; rows of `isoline list`.

    Engine versions are combinations of their own, and told, only where that was asked: there may be many.
    """

    dataset: str
    model: str
    hardware: str
    precision: str
    engine: str
    spec_method: str
    isl: int | None
    osl: int | None
    concurrency: int | None
    points: int
    first_date: str | None
    last_date: str | None
    engine_version: str | None = None
