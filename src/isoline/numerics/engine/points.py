"""Simulated operating points: the same formulas as the simulated server, without a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isoline.domain.point import SIMULATED, Point, Workload
from isoline.domain.recipe import Recipe
from isoline.numerics.engine.closed_loop import Figures, closed_loop
from isoline.numerics.engine.deployment import Deployment

DATASET = "simulated"
ENGINE = "simulated"  # whatever engine it imitates


def recipe_of(d: Deployment, speed: float = 1.0) -> Recipe:
    """The recipe of a simulated deployment."""
    drafts = d.speculation
    return Recipe(
        model=d.model,
        hardware=d.hardware,
        engine=ENGINE,
        precision=d.precision,
        spec_method=drafts.method,
        prefill_tp=d.tp,
        prefill_pp=1,
        prefill_ep=1,
        prefill_gpus=d.tp,
        decode_tp=d.tp,
        decode_pp=1,
        decode_ep=1,
        decode_gpus=d.tp,
        weight_format=d.weight_format,
        activation_format=d.activation_format,
        kv_format=d.kv_format,
        spec_draft_tokens=drafts.draft or None,
        spec_acceptance_length=round(drafts.tokens_per_step, 4) if drafts.draft else None,
        spec_acceptance="synthetic" if drafts.draft else None,
        flags=None if speed == 1 else f"speed={speed:g}",
    )


def simulated_points(
    deployment: Deployment, isl: int, osl: int, concurrencies: Sequence[int]
) -> Iterator[Point]:
    """One point per concurrency, in that order, of status `simulated`; deterministic."""
    recipe = recipe_of(deployment)
    for concurrency in concurrencies:
        yield point_of(recipe, isl, osl, concurrency, closed_loop(deployment, isl, osl, concurrency))


def point_of(recipe: Recipe, isl: int, osl: int, concurrency: int, figures: Figures) -> Point:
    """Figures of a replica as a point; its throughputs are per GPU."""
    gpus = recipe.gpus or 1
    output, inputs = figures.output_rate / gpus, figures.input_rate / gpus
    return Point(
        key=f"{recipe.id}/{isl}/{osl}/{concurrency}",
        recipe=recipe,
        workload=Workload(isl, osl),
        interactivity=1 / figures.tpot,
        throughput=output + inputs,
        output_throughput=output,
        input_throughput=inputs,
        concurrency=concurrency,
        dataset=DATASET,
        status=SIMULATED,
        metrics={
            "median_ttft": figures.ttft,
            "median_tpot": figures.tpot,
            "median_e2el": figures.e2e,
            "avg_power_w": figures.watts,
        },
    )
