"""Real rows as points, read plainly: independent of the importer, which has tests of its own."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from isoline.analyse.dimensions import side_of
from isoline.domain.point import Point, Workload
from isoline.domain.recipe import Recipe
from isoline.domain.sequence import parse_sequence
from isoline.domain.slugs import Slug
from tests.shared import SHARED


@cache
def oracle(name: str) -> Any:
    """One file of the oracle, non-finite numbers turned back into floats."""
    return json.loads((SHARED / "oracle" / f"{name}.json").read_text(), object_hook=_number)


def _number(value: dict[str, Any]) -> Any:
    return float(value["$num"]) if set(value) == {"$num"} else value


@cache
def benchmark_points() -> tuple[Point, ...]:
    """All 435 rows of the shared benchmarks, as served."""
    rows = json.loads((SHARED / "data/inferencex/benchmarks.json").read_text())
    return tuple(_point(i, row) for i, row in enumerate(rows))


def _point(i: int, row: dict[str, Any]) -> Point:
    metrics = row["metrics"]
    sides = ("prefill", "decode")
    topology = {f"{s}_{n}": row[f"{s}_{n}"] for s in sides for n in ("tp", "ep", "dp_attention")}
    return Point(
        key=str(i),
        recipe=Recipe(
            {"dsr1": "deepseek-r1"}[row["model"]],
            row["hardware"],
            row["framework"],
            row["precision"],
            row["spec_method"],
            row["disagg"],
            row["is_multinode"],
            **topology,
            prefill_gpus=row["num_prefill_gpu"],
            decode_gpus=row["num_decode_gpu"],
            image=row["image"],
        ),
        workload=Workload(row["isl"], row["osl"]),
        interactivity=metrics["median_intvty"],
        throughput=metrics["tput_per_gpu"],
        output_throughput=metrics.get("output_tput_per_gpu"),
        input_throughput=metrics.get("input_tput_per_gpu"),
        concurrency=row["conc"],
        dataset="inferencex",
        date=row["date"],
        run_url=row["run_url"],
    )


def selected(slug: Slug, sequence: str | None, precision: str | None) -> list[Point]:
    """The shared rows of both sides of a comparison."""
    return [
        p
        for p in benchmark_points()
        if side_of(slug.kind, p.recipe) in slug.sides
        and p.recipe.model == slug.model
        and p.recipe.hardware in slug.hardware
        and (slug.precision or precision) in (None, p.recipe.precision)
        and (sequence is None or (p.workload.isl, p.workload.osl) == parse_sequence(sequence))
    ]
