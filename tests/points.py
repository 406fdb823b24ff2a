"""Hand-made points for tests of the analysis."""

from __future__ import annotations

import msgspec

from isoline.domain.point import Point, Workload
from isoline.domain.recipe import Recipe

BASE = Recipe("qwen-3-5", "b300", "sglang", "fp4", decode_gpus=4, prefill_gpus=4, decode_tp=4, prefill_tp=4)


def point(x: float, y: float, concurrency: int | None = None, **recipe: object) -> Point:
    """A measured point at `x` tok/s/user and `y` tok/s/GPU; keywords change its recipe."""
    status = str(recipe.pop("status", "measured"))
    return Point(
        key=f"{x}/{y}/{sorted(recipe.items())}",
        recipe=msgspec.structs.replace(BASE, **recipe),  # type: ignore[arg-type]
        workload=Workload(1024, 1024),
        interactivity=x,
        throughput=y,
        output_throughput=y / 2,
        input_throughput=y / 2,
        concurrency=concurrency,
        dataset="test",
        status=status,
        date="2026-11-01",
    )
