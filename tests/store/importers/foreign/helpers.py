"""Imports of one tool's files, and documents in the formats of tools that are not at hand."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from isoline.domain.point import Point
from isoline.registry import IMPORTERS
from tests.store.importers.helpers import CATALOG, Readings

RECIPE = "model=qwen-3-5,hardware=b300,precision=fp8,engine=vllm,gpus=4"


def imported(name: str, *locations: Path | str, recipe: str = RECIPE, **options: Any) -> Readings:
    batches = IMPORTERS.load(name)(
        [str(location) for location in locations], CATALOG, recipe=[recipe], **options
    )
    return Readings(list(batches))


def only_point(name: str, *locations: Path | str, recipe: str = RECIPE, **options: Any) -> Point:
    found = imported(name, *locations, recipe=recipe, **options)
    assert not found.quarantined, found.quarantined
    (point,) = found.points
    return point


def saved(path: Path, *documents: Any) -> Path:
    """Documents as Python's writer leaves them, NaN and Infinity included; several are one a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(map(json.dumps, documents)))
    return path


def changed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A copy with some fields replaced; `None` takes a field out."""
    result = copy.deepcopy(document) | changes
    return {name: value for name, value in result.items() if value is not None}


VLLM: dict[str, Any] = {
    "date": "20260301-101500",
    "backend": "openai-chat",
    "model_id": "some/model",
    "tokenizer_id": "some/model",
    "num_prompts": 100,
    "request_rate": "inf",
    "max_concurrency": 16,
    "duration": 50.0,
    "completed": 100,
    "total_input_tokens": 102400,
    "total_output_tokens": 51200,
    "request_throughput": 2.0,
    "output_throughput": 1024.0,
    "total_token_throughput": 3072.0,
    "mean_ttft_ms": 120.0,
    "median_ttft_ms": 100.0,
    "p99_ttft_ms": 400.0,
    "mean_tpot_ms": 21.0,
    "median_tpot_ms": 20.0,
    "p99_tpot_ms": 30.0,
    "median_itl_ms": 19.0,
    "ttfts": [0.1] * 100,
}

SGLANG: dict[str, Any] = {
    "backend": "sglang-oai",
    "dataset_name": "random",
    "request_rate": float("inf"),
    "max_concurrency": 8,
    "sharegpt_output_len": None,
    "random_input_len": 1000,
    "random_output_len": 500,
    "random_range_ratio": 1.0,
    "duration": 20.0,
    "completed": 40,
    "total_input_tokens": 40000,
    "total_output_tokens": 20000,
    "request_throughput": 2.0,
    "input_throughput": 2000.0,
    "output_throughput": 1000.0,
    "median_ttft_ms": 80.0,
    "median_tpot_ms": 10.0,
    "p99_tpot_ms": 12.5,
    "median_itl_ms": 9.0,
    "median_e2e_latency_ms": 5000.0,
    "accept_length": None,
}


def statistics(unit: str, median: float, **others: float) -> dict[str, Any]:
    return {"unit": unit, "avg": median, "p50": median, **others}


GENAI_PERF: dict[str, Any] = {
    "request_throughput": {"unit": "requests/sec", "avg": 2.0},
    "request_latency": statistics("ms", 5000.0),
    "time_to_first_token": statistics("ms", 80.0, p99=200.0),
    "inter_token_latency": statistics("ms", 10.0, p99=12.5),
    "output_token_throughput": {"unit": "tokens/sec", "avg": 1000.0},
    "output_sequence_length": statistics("tokens", 500.0),
    "input_sequence_length": statistics("tokens", 1000.0),
    "request_count": {"unit": "count", "avg": 40.0},
    "input_config": {
        "model": ["some/model"],
        "subcommand": "profile",
        "concurrency": 8,
        "request_rate": None,
        "synthetic_input_tokens_mean": 1000,
        "output_tokens_mean": 500,
    },
}

AIPERF_EARLY: dict[str, Any] = changed(
    GENAI_PERF,
    aiperf_version="0.2.0",
    was_cancelled=False,
    start_time="2026-02-03T04:05:06.789",
    input_config={
        "endpoint": {"model_names": ["some/model"], "streaming": True},
        "input": {
            "prompt": {
                "input_tokens": {"mean": 1000, "stddev": 0},
                "output_tokens": {"mean": 500, "stddev": 0},
            }
        },
        "loadgen": {"concurrency": 8, "request_count": 40},
    },
)


def _summary(median: float, total: float = 0.0, low: float | None = None) -> dict[str, Any]:
    return {
        "successful": {
            "mean": median,
            "median": median,
            "std_dev": 0.0,
            "min": median if low is None else low,
            "max": median,
            "total_sum": total,
            "percentiles": {"p01": median, "p50": median, "p99": median, "p999": median},
        }
    }


GUIDELLM_EARLY: dict[str, Any] = {
    "benchmarks": [
        {
            "type_": "generative_benchmark",
            "args": {"strategy": {"type_": strategy, **load}},
            "start_time": 1767225600.0,
            "end_time": 1767225620.0,
            "request_totals": {"successful": 40, "errored": 0, "incomplete": 0},
            "metrics": {
                "time_to_first_token_ms": _summary(80.0),
                "inter_token_latency_ms": _summary(10.0),
                "time_per_output_token_ms": _summary(10.2),
                "request_latency": _summary(5.0),
                "prompt_token_count": _summary(1000.0, 40000.0),
                "output_token_count": _summary(500.0, 20000.0),
            },
        }
        for strategy, load in (("concurrent", {"streams": 8}), ("constant", {"rate": 2.5}))
    ]
}
