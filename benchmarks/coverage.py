"""How often the 95 % intervals hold the truth: seeded noise on known curves, through the whole comparison.

The truth is what the same points say without noise. Noise moves interactivity and throughput of a run
together (correlation 0.8), 2 % each: per point, per start (a run at all its loads), or both; `best of 4` has
four equal recipes on the first side, in four series or in one. Width is that of the interval over the one
that would be needed if the noise were known. `python benchmarks/coverage.py [TRIALS]`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log, sqrt
from random import Random

from isoline.analyse.compare import compare
from isoline.analyse.comparison import Comparison
from isoline.analyse.repeats import pool_repeats
from isoline.analyse.terms import Terms
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Point, Workload
from isoline.domain.recipe import Recipe
from isoline.domain.slugs import parse_slug

SLUG = "qwen-3-5-b300-fp4-vs-bf16"
SPEEDS = tuple(30 * 1.3**k for k in range(8))  # tok/s/user
TARGETS = (39.0, 72.5, 118.0)  # a knot, and two places between knots
NOISE, TOGETHER = 0.02, 0.8
ENGINES = ("vllm", "sglang", "trtllm", "tokenspeed")


@dataclass(frozen=True)
class Scenario:
    """How noise comes about, and how many starts and equal recipes there are."""

    name: str
    point: float  # of NOISE, for each point of each run
    start: float  # of NOISE, for all points of a run
    starts: int = 3
    recipes: int = 1
    method: str = "envelope"
    one_series: bool = False
    other_starts: int | None = None
    sides: float = 1.0  # noise of the second side over that of the first


SCENARIOS = (
    Scenario("each point", 1, 0),
    Scenario("each start", 0, 1),
    Scenario("both", 0.7, 0.7),
    Scenario("best of 4", 1, 0, recipes=4),
    Scenario("best of 4, starts", 0, 1, recipes=4),
    Scenario("best of 4, one series", 1, 0, recipes=4, one_series=True),
    Scenario("best of 4, pooled", 1, 0, recipes=4, method="pooled"),
    Scenario("each point, pooled", 1, 0, method="pooled"),
    Scenario("2 starts", 0.7, 0.7, starts=2),
    Scenario("5 starts", 0.7, 0.7, starts=5),
    Scenario("5 and 2 starts", 0.7, 0.7, starts=5, other_starts=2),
    Scenario("2 starts, each start", 0, 1, starts=2),
    Scenario("each start, other side 4x", 0, 1, sides=4),
    Scenario("2 starts, other side 4x", 0, 1, starts=2, sides=4),
    Scenario("other side 4x noisier", 0.7, 0.7, sides=4),
)


def throughput(speed: float) -> float:
    """A curve like that of a server, tok/s/GPU."""
    return 9000 * (1 - (speed / 230) ** 1.4)


def points(scenario: Scenario, draw: Random | None) -> list[Point]:
    """Pooled points of both sides; without `draw` the truth."""
    found: list[Point] = []
    for precision, level, recipes, starts, noise in (
        ("fp4", 1.2, scenario.recipes, scenario.starts, NOISE),
        ("bf16", 1.0, 1, scenario.other_starts or scenario.starts, NOISE * scenario.sides),
    ):
        for number in range(recipes):
            engine = ENGINES[0] if scenario.one_series else ENGINES[number]
            flags = f"--variant {number}"
            recipe = Recipe("qwen-3-5", "b300", engine, precision, decode_gpus=8, prefill_gpus=8, flags=flags)
            found += _runs(scenario, recipe, level, starts, noise, draw)
    return pool_repeats(found)


def _runs(
    scenario: Scenario, recipe: Recipe, level: float, starts: int, noise: float, draw: Random | None
) -> Iterator[Point]:
    for start in range(starts):
        shared = _pair(noise * scenario.start, draw)
        for load, speed in enumerate(SPEEDS):
            own = _pair(noise * scenario.point, draw)
            x, y = (exp(a + b) for a, b in zip(shared, own, strict=True))
            yield Point(
                key=f"{recipe.precision}/{recipe.engine}/{recipe.flags}/{load}/{start}",
                recipe=recipe,
                workload=Workload(1024, 1024),
                interactivity=speed * x,
                throughput=level * throughput(speed) * y,
                output_throughput=None,
                input_throughput=None,
                concurrency=256 >> load,
                dataset="drawn",
                date="2026-11-24",
                run_started_at=f"2026-11-24T08:00:{start:02}",
                repeat=0,
            )


def _pair(noise: float, draw: Random | None) -> tuple[float, float]:
    """Two correlated deviations on the log scale."""
    if draw is None or not noise:
        return 0.0, 0.0
    x = draw.gauss(0, 1)
    y = TOGETHER * x + sqrt(1 - TOGETHER**2) * draw.gauss(0, 1)
    return noise * x, noise * y


class Trials:
    """A scenario tried many times."""

    def __init__(self, scenario: Scenario, seed: int = 1) -> None:
        self.scenario, self._draw = scenario, Random(f"{scenario.name}/{seed}")
        self._catalog = load_catalog(user_dirs=())
        self._slug = parse_slug(SLUG, self._catalog)
        self.ratios, self.readings = [0, 0], [0, 0]  # held, tried
        self.widths: list[float] = []
        self.errors: list[float] = []
        self._truth = self.compared(points(scenario, None)).targets

    def compared(self, given: list[Point]) -> Comparison:
        terms = Terms("1k/1k", targets=TARGETS, method=self.scenario.method)
        return compare(self._slug, given, terms, self._catalog)

    def run(self, count: int) -> Trials:
        for _ in range(count):
            drawn = self.compared(points(self.scenario, self._draw))
            for found, true in zip(drawn.targets, self._truth, strict=True):
                for reading, real in zip(found.readings, true.readings, strict=True):
                    if reading.interval is not None and real.value is not None:
                        self.readings[1] += 1
                        self.readings[0] += reading.interval.low <= real.value <= reading.interval.high
                if found.interval is not None and found.ratio and true.ratio:
                    low, high = found.interval.low, found.interval.high
                    self.ratios[1] += 1
                    self.ratios[0] += low <= true.ratio <= high
                    self.widths.append(log(high / low))
                    self.errors.append(log(found.ratio / true.ratio))
        return self

    @property
    def coverage(self) -> float:
        """Share of the ratio's intervals that hold the true ratio."""
        return self.ratios[0] / self.ratios[1]

    @property
    def width(self) -> float:
        """Median width over that of an interval by the ratio's true scatter and the normal law."""
        middle = sorted(self.widths)[len(self.widths) // 2]
        mean = sum(self.errors) / len(self.errors)
        scatter = sqrt(sum((e - mean) ** 2 for e in self.errors) / len(self.errors))
        return middle / (2 * 1.96 * scatter)

    @property
    def bias(self) -> float:
        """Mean error of the log of the ratio."""
        return sum(self.errors) / len(self.errors)


def main() -> None:
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    print(f"{trials} data sets each, three targets; aim: ratio >= 93 %")
    print(f"{'noise':<26} {'ratio':>7} {'reading':>8} {'width':>6} {'bias':>7} {'intervals':>10}")
    for scenario in SCENARIOS:
        done = Trials(scenario).run(trials)
        held = done.readings[0] / done.readings[1]
        print(
            f"{scenario.name:<26} {done.coverage:>7.1%} {held:>8.1%} {done.width:>6.2f} {done.bias:>+7.2%}"
            f" {done.ratios[1] / 3 / trials:>10.0%}"
        )


if __name__ == "__main__":
    main()
