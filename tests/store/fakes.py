"""Made-up points, evaluations and batches; nothing in them was measured."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from isoline.domain.point import Dataset, Evaluation, Point, QuarantinedRow, Workload
from isoline.domain.recipe import Recipe
from isoline.store.importers.batch import Availability, ImportBatch

FAKE = Dataset("fake", "simulated", source="tests")
LATEST = Dataset("latest", "benchmarks", "latest-run", "tests", "2026-01-02")

RECIPE = Recipe(
    model="qwen-3-5",
    hardware="b300",
    engine="vllm",
    precision="fp4",
    spec_method="mtp",
    disaggregated=True,
    prefill_tp=0,
    prefill_dp_attention=False,
    prefill_gpus=4,
    decode_gpus=8,
    engine_version="0.22.1",
    spec_acceptance_length=2.5,
    flags="--a=1 --b",
)


def point(key: str = "p", **changes: object) -> Point:
    """A point that leaves many fields unknown and sets some to zero."""
    base = Point(
        key=key,
        recipe=RECIPE,
        workload=Workload(8192, 1024),
        interactivity=50.0,
        throughput=1000.5,
        output_throughput=0.0,
        input_throughput=None,
        concurrency=16,
        dataset="fake",
        date="2026-03-01",
        metrics={"median_ttft": 0.0, "median_tpot": 0.02, "p99_ttft": 1.5},
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def evaluation(key: str = "e", **changes: object) -> Evaluation:
    """A score."""
    base = Evaluation(key, RECIPE, "gsm8k", 0.0, None, 1319, "fake", "exact match", metrics={"x": 1.0})
    return replace(base, **changes)  # type: ignore[arg-type]


def quarantined(raw: str = "{}", **changes: object) -> QuarantinedRow:
    """A row that became no point."""
    base = QuarantinedRow("fake", "fake", "file.json", "7", "unknown model", "model 'x'", raw)
    return dataclasses.replace(base, **changes)  # type: ignore[arg-type]


AVAILABLE = Availability("qwen-3-5", "b300", "fp4", "vllm", "none", False, 8192, None, "2026-01-01")


def batch(*points: Point, dataset: Dataset = FAKE) -> ImportBatch:
    """A batch of points of one dataset."""
    return ImportBatch(dataset, [replace(value, dataset=dataset.name) for value in points])
