"""Other versions of the formats, as their tools document them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from isoline.domain.point import Point
from tests.store.importers.foreign.helpers import (
    AIPERF_EARLY,
    GENAI_PERF,
    GUIDELLM_EARLY,
    RECIPE,
    SGLANG,
    VLLM,
    changed,
    imported,
    only_point,
    saved,
)


@pytest.mark.parametrize(
    ("importer", "document"),
    [
        ("sglang", SGLANG),
        ("aiperf", AIPERF_EARLY),
        ("genai-perf", GENAI_PERF),
        (
            "genai-perf",
            changed(
                GENAI_PERF,
                input_config={
                    "model_names": ["some/model"],
                    "perf_analyzer": {"stimulus": {"concurrency": 8}},
                    "input": {"synthetic_tokens": {"mean": 1000, "stddev": 0}},
                },
            ),
        ),
        ("guidellm", {"benchmarks": GUIDELLM_EARLY["benchmarks"][:1]}),
    ],
    ids=["sglang", "aiperf 0.2", "genai-perf flat", "genai-perf nested", "guidellm 0.2"],
)
def test_the_same_run_reads_the_same_from_every_tool(
    importer: str, document: dict[str, Any], tmp_path: Path
) -> None:
    point = only_point(importer, saved(tmp_path / "r.json", document))
    assert point.interactivity == pytest.approx(100.0)
    assert (point.throughput, point.output_throughput, point.input_throughput) == (750.0, 250.0, 500.0)
    assert (point.workload.isl, point.workload.osl, point.concurrency) == (1000, 500, 8)
    assert point.metrics["median_ttft"] == pytest.approx(0.08)
    assert point.metrics["median_e2el"] == pytest.approx(5.0)
    assert point.metrics["total_requests_completed"] == 40


def vllm(tmp_path: Path, **changes: Any) -> Point:
    return only_point("vllm", saved(tmp_path / "r.json", changed(VLLM, **changes)))


def test_a_vllm_run_appended_to_its_file_is_a_point_of_its_own(tmp_path: Path) -> None:
    runs = [changed(VLLM, max_concurrency=n, median_tpot_ms=float(n)) for n in (4, 8, 16)]
    found = imported("vllm", saved(tmp_path / "r.json", *runs))
    assert [(p.concurrency, p.interactivity) for p in found.points] == [(4, 250.0), (8, 125.0), (16, 62.5)]


def test_what_a_vllm_version_lacks_is_absent_and_not_zero(tmp_path: Path) -> None:
    point = vllm(
        tmp_path, output_throughput=None, total_token_throughput=None, median_itl_ms=None, failed=None
    )
    assert (point.throughput, point.output_throughput) == (768.0, 256.0)
    assert not {"median_itl", "median_e2el", "total_requests_failed"} & point.metrics.keys()


def test_an_open_loop_keeps_its_rate(tmp_path: Path) -> None:
    point = vllm(tmp_path, request_rate=2.5, max_concurrency=None)
    assert (point.request_rate, point.concurrency) == (2.5, None)


def test_the_goodput_of_older_vllm_had_a_colon_in_its_name(tmp_path: Path) -> None:
    document = {**VLLM, "request_goodput:": 1.5}
    assert only_point("vllm", saved(tmp_path / "r.json", document)).metrics["goodput_qps"] == 1.5


def test_a_vllm_checkpoint_the_catalog_knows_names_the_model(tmp_path: Path) -> None:
    file = saved(tmp_path / "r.json", changed(VLLM, model_id="deepseek-ai/DeepSeek-R1-0528"))
    recipe = only_point("vllm", file, recipe="hardware=b300,precision=fp8,tp=8").recipe
    assert (recipe.model, recipe.checkpoint, recipe.gpus, recipe.engine) == (
        "deepseek-r1", "deepseek-ai/DeepSeek-R1-0528", 8, "unknown",
    )  # fmt: skip


def test_what_the_server_told_sglangs_client_completes_the_recipe(tmp_path: Path) -> None:
    info = {"model_path": "some/model", "tp_size": 8, "pp_size": 1, "ep_size": 8, "version": "0.5.12"}
    file = saved(tmp_path / "r.jsonl", changed(SGLANG, server_info=info))
    recipe = only_point("sglang", file, recipe="model=qwen-3-5,hardware=b300,precision=fp8").recipe
    assert (recipe.engine, recipe.engine_version, recipe.gpus, recipe.decode_ep) == ("sglang", "0.5.12", 8, 8)
    denied = imported("sglang", file, file, recipe="model=qwen-3-5,hardware=b300,precision=fp8,tp=4")
    assert denied.reasons == ["contradiction", "contradiction"]
    assert "decode_tp" in denied.quarantined[0].detail or "prefill_tp" in denied.quarantined[0].detail


def test_lengths_drawn_from_a_wide_range_are_not_called_nominal(tmp_path: Path) -> None:
    drawn = changed(SGLANG, random_range_ratio=0.0, total_input_tokens=20040, total_output_tokens=9960)
    file = saved(tmp_path / "r.jsonl", drawn)
    workload = only_point("sglang", file).workload
    assert (workload.isl, workload.osl) == (501, 249)
    declared = only_point("sglang", file, sequence="1000/500").workload
    assert (declared.isl, declared.osl) == (1000, 500)


def test_answers_that_ended_early_are_not_called_by_the_length_asked_for(tmp_path: Path) -> None:
    early = changed(GENAI_PERF, output_sequence_length={"unit": "tokens", "avg": 120.0, "p50": 118.0})
    assert only_point("genai-perf", saved(tmp_path / "r.json", early)).workload.osl == 120


def test_units_are_the_files_own(tmp_path: Path) -> None:
    seconds = {"unit": "s", "avg": 0.01, "p50": 0.01}
    assert only_point(
        "aiperf", saved(tmp_path / "r.json", changed(AIPERF_EARLY, inter_token_latency=seconds))
    ).interactivity == pytest.approx(100.0)
    strange = changed(AIPERF_EARLY, inter_token_latency={"unit": "furlongs", "p50": 1.0})
    assert imported("aiperf", *[saved(tmp_path / "x.json", strange)] * 2).reasons[0] == "broken field"


def test_a_guidellm_report_holds_a_point_per_load(tmp_path: Path) -> None:
    found = imported("guidellm", saved(tmp_path / "benchmarks.json", GUIDELLM_EARLY))
    assert [(p.concurrency, p.request_rate) for p in found.points] == [(8, None), (None, 2.5)]
    assert {p.date for p in found.points} == {"2026-01-01"}


@pytest.mark.parametrize(
    ("data", "isl"),
    [("prompt_tokens=1024,output_tokens=500", 1024), ("prompt_tokens=1024,prompt_tokens_stdev=99", 1000)],
)
def test_a_guidellm_report_of_version_1_says_its_lengths_in_words(
    data: str, isl: int, tmp_path: Path
) -> None:
    report = {"metadata": {"version": 1}, "args": {"data": [data]}, **GUIDELLM_EARLY}
    found = imported("guidellm", saved(tmp_path / "benchmarks.json", report))
    assert {(p.workload.isl, p.workload.osl) for p in found.points} == {(isl, 500)}


@pytest.mark.parametrize(
    ("date", "day"),
    [("20260301-101500", "2026-03-01"), ("2026-08-07T00:00:00Z", "2026-08-07"), ("yesterday", None)],
)
def test_days_of_vllm_runs(date: str, day: str | None, tmp_path: Path) -> None:
    assert vllm(tmp_path, date=date).date == day


def test_guidellm_weights_matter_where_lengths_vary(tmp_path: Path) -> None:
    report = json.loads(json.dumps(GUIDELLM_EARLY))
    report["benchmarks"][0]["metrics"]["output_token_count"]["successful"]["min"] = 20.0
    varied = imported("guidellm", saved(tmp_path / "benchmarks.json", report)).points[0]
    assert "median_tpot" not in varied.metrics
    assert varied.metrics["median_token_weighted_tpot"] == pytest.approx(0.01)


def test_early_inference_perf_stages(tmp_path: Path) -> None:
    """Its first versions named lengths otherwise and knew no concurrency."""
    latency = {"mean": 0.02, "median": 0.02, "p90": 0.03}
    stage = {
        "load_summary": {"count": 960, "requested_rate": 16.0, "achieved_rate": 16.002},
        "successes": {
            "count": 960,
            "latency": dict.fromkeys(("time_per_output_token", "time_to_first_token"), latency),
            "throughput": {"input_tokens_per_sec": 2400.0, "output_tokens_per_sec": 1600.0,
                           "total_tokens_per_sec": 4000.0, "requests_per_sec": 8.0},
            "prompt_len": {"mean": 218.0, "median": 113.0},
            "output_len": {"mean": 210.9, "median": 148.0},
        },
        "failures": {"count": 0, "request_latency": None, "prompt_len": None},
    }  # fmt: skip
    point = only_point("inference-perf", saved(tmp_path / "stage_3_lifecycle_metrics.json", stage))
    assert (point.workload.isl, point.workload.osl) == (218, 211)
    assert (point.request_rate, point.concurrency) == (16.0, None)
    assert (point.interactivity, point.throughput) == (50.0, 1000.0)
    assert "median_itl" not in point.metrics


def test_disaggregated_rates_are_per_role(tmp_path: Path) -> None:
    recipe = RECIPE.replace("gpus=4", "disaggregated=true,prefill_gpus=2,decode_gpus=6")
    point = only_point("sglang", saved(tmp_path / "r.jsonl", SGLANG), recipe=recipe)
    assert point.throughput == 3000 / 8
    assert point.output_throughput == pytest.approx(1000 / 6)
    assert point.input_throughput == 2000 / 2
