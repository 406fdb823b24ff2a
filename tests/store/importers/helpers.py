"""Rows and readings that the importer's tests share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from isoline.domain.catalog import Catalog, load_catalog
from isoline.store.importers.inferencex import read

if TYPE_CHECKING:
    from pathlib import Path

    from isoline.domain.point import Evaluation, Point, QuarantinedRow
    from isoline.store.importers.batch import Availability, ImportBatch

CATALOG: Catalog = load_catalog(user_dirs=())


def benchmark(**changes: Any) -> dict[str, Any]:
    """A valid row of the API's `benchmarks`, changed."""
    row: dict[str, Any] = {
        "hardware": "b300",
        "framework": "vllm",
        "model": "qwen3.5",
        "precision": "fp4",
        "spec_method": "none",
        "disagg": False,
        "is_multinode": False,
        **{f"{role}_{name}": 4 for role in ("prefill", "decode") for name in ("tp", "ep")},
        **{f"{role}_dp_attention": False for role in ("prefill", "decode")},
        **{f"{role}_num_workers": 0 for role in ("prefill", "decode")},
        "num_prefill_gpu": 4,
        "num_decode_gpu": 4,
        "isl": 1024,
        "osl": 1024,
        "conc": 8,
        "image": "vllm/vllm-openai:v0.23.0",
        "metrics": {"median_intvty": 100.5, "tput_per_gpu": 900.0, "median_ttft": 0.2, "std_intvty": 3.0},
        "date": "2026-06-01",
        "run_url": "https://github.com/x/y/actions/runs/1/attempts/2",
    }
    return row | changes


def artifact(**changes: Any) -> dict[str, Any]:
    """A valid row of a v1 run artifact, changed."""
    row: dict[str, Any] = {
        "infmax_model_prefix": "dsr1",
        "model": "deepseek-ai/DeepSeek-R1-0528",
        "hw": "h200-nv",
        "framework": "vllm",
        "precision": "fp8",
        "isl": 1024,
        "osl": 1024,
        "conc": 64,
        "tp": 8,
        "ep": 1,
        "tput_per_gpu": 1234.5,
        "median_intvty": 40.0,
    }
    return row | changes


class Readings:
    """Everything one import gave, as flat lists."""

    def __init__(self, batches: list[ImportBatch]) -> None:
        self.batches = batches
        self.datasets = {batch.dataset.name: batch.dataset for batch in batches}
        self.points: list[Point] = [point for batch in batches for point in batch.points]
        self.evaluations: list[Evaluation] = [row for batch in batches for row in batch.evaluations]
        self.availability: list[Availability] = [row for batch in batches for row in batch.availability]
        self.quarantined: list[QuarantinedRow] = [row for batch in batches for row in batch.quarantined]
        self.notes = [note for batch in batches for note in batch.notes]

    @property
    def rows(self) -> int:
        return len(self.points) + len(self.evaluations) + len(self.availability) + len(self.quarantined)

    @property
    def reasons(self) -> list[str]:
        return [row.reason for row in self.quarantined]


def readings(*locations: Path | str, kind: str | None = None) -> Readings:
    return Readings(list(read([str(location) for location in locations], CATALOG, response_kind=kind)))


def write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path
