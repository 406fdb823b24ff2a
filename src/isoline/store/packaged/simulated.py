"""Operating points of the simulated engine that ship with Isoline, so that no first look is empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Any

import msgspec

from isoline.domain.point import SIMULATED, Dataset, Point, Workload
from isoline.domain.recipe import Recipe

NAME = "simulated"
FILE = "simulated.json"
_COLUMNS = ("concurrency", "interactivity", "output_throughput", "input_throughput")
_METRICS = ("median_ttft", "median_e2el", "avg_power_w")


class Series(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points of one recipe and workload: a row holds the figures named in `Simulated.columns`."""

    recipe: dict[str, Any]
    isl: int
    osl: int
    rows: list[list[float]]


class Simulated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The packaged file. `columns` name the figures of a row: tok/s/user, tok/s/GPU, s, W per GPU."""

    about: str
    source: str
    columns: list[str]
    series: list[Series]

    def points(self) -> Iterator[Point]:
        """Every point, in the order of the file."""
        for series in self.series:
            recipe = Recipe(**series.recipe)
            for row in series.rows:
                yield _point(recipe, series, dict(zip(self.columns, row, strict=True)))


def packed(about: str, source: str, points: Iterable[Point]) -> Simulated:
    """Points as the file holds them: neighbours of one recipe and workload together, six digits each."""
    series = []
    for (recipe, workload), members in groupby(points, lambda point: (point.recipe, point.workload)):
        fields = {name: value for name, value in recipe.items() if value not in (None, False)}
        assert workload.isl is not None
        assert workload.osl is not None
        series.append(Series(fields, workload.isl, workload.osl, [_row(point) for point in members]))
    return Simulated(about, source, [*_COLUMNS, *_METRICS], series)


@cache
def simulated() -> Simulated:
    """The packaged file, read once."""
    return msgspec.json.decode(resources.files(__package__).joinpath(FILE).read_bytes(), type=Simulated)


@cache
def points() -> tuple[Point, ...]:
    """Every packaged point, of status `simulated`."""
    return tuple(simulated().points())


def dataset() -> Dataset:
    """The dataset they belong to."""
    return Dataset(NAME, "simulated", source=simulated().source)


def _point(recipe: Recipe, series: Series, figures: dict[str, float]) -> Point:
    output, inputs = figures["output_throughput"], figures["input_throughput"]
    metrics = {name: figures[name] for name in _METRICS}
    return Point(
        key=f"{recipe.id}/{series.isl}/{series.osl}/{figures['concurrency']}",
        recipe=recipe,
        workload=Workload(series.isl, series.osl),
        interactivity=figures["interactivity"],
        throughput=output + inputs,
        output_throughput=output,
        input_throughput=inputs,
        concurrency=int(figures["concurrency"]),
        dataset=NAME,
        status=SIMULATED,
        metrics={**metrics, "median_tpot": 1 / figures["interactivity"]},
    )


def _row(point: Point) -> list[float]:
    figures = [getattr(point, name) for name in _COLUMNS] + [point.metrics[name] for name in _METRICS]
    return [value if isinstance(value, int) else float(f"{value:.6g}") for value in figures]
