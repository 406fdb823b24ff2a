"""Artifact mapping against figures that the reference implementation computed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isoline.domain.catalog import Catalog, load_catalog
from isoline.store.importers.fields import BadRow
from isoline.store.importers.inferencex import artifacts, normalise, scores
from isoline.store.importers.inferencex.context import Context
from isoline.store.importers.inferencex.evaluations import EvaluationMapper
from isoline.store.importers.inferencex.items import Document
from isoline.store.importers.inferencex.points import PointMapper
from isoline.store.importers.inferencex.workers import extract_workers
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
UNDEFINED = {"$undef": True}
CONFIG = {
    "hardware": "hardware",
    "framework": "framework",
    "model": "model",
    "precision": "precision",
    "specMethod": "spec_method",
    "disagg": "disagg",
    "isMultinode": "is_multinode",
    "prefillTp": "prefill_tp",
    "prefillEp": "prefill_ep",
    "prefillDpAttn": "prefill_dp_attention",
    "prefillNumWorkers": "prefill_num_workers",
    "decodeTp": "decode_tp",
    "decodeEp": "decode_ep",
    "decodeDpAttn": "decode_dp_attention",
    "decodeNumWorkers": "decode_num_workers",
    "numPrefillGpu": "num_prefill_gpu",
    "numDecodeGpu": "num_decode_gpu",
}
# Deliberately stricter than the reference, which drops the bad value and keeps the row.
REFUSED = {"mapBenchmarkRow > edge cases > handles non-numeric metric values gracefully"}
# Mapped alike, but a point or evaluation needs an engine, a precision, a score and a real task.
NO_POINT = {
    "mapBenchmarkRow > edge cases > handles empty framework string",
    "mapBenchmarkRow > precision > defaults to empty string when absent and flags as unmapped",
    "mapEvalRow > edge cases > defaults to empty string when precision absent and flags as unmapped",
    "mapEvalRow > edge cases > handles task with no numeric metrics",
    "mapAggEvalRow > edge cases > defaults to empty string when precision absent and flags as unmapped",
    "mapAggEvalRow > edge cases > does not reject whitespace-only task (no trim)",
}


def cases(file: str, function: str) -> list[Any]:
    path = SHARED / "oracle" / "etl" / file
    found = [json.loads(line) for line in (path.read_text().splitlines() if path.exists() else ())]
    return [pytest.param(case, id=case["test"]) for case in found if case["fn"] == function]


def defined(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value != UNDEFINED}


def config(row: dict[str, object]) -> dict[str, object]:
    return {theirs: row[ours] for theirs, ours in CONFIG.items()}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(user_dirs=())


@pytest.mark.parametrize("case", cases("benchmark-mapper.jsonl", "mapBenchmarkRow"))
def test_benchmark_artifact(case: dict[str, Any], catalog: Catalog) -> None:
    raw, expected = defined(case["args"][0]), case["result"]
    if len(case["args"]) > 2:  # lengths of the artifact's name, for rows without any
        fallback = "_".join(f"{case['args'][2][name] // 1024}k" for name in ("isl", "osl")).replace("k_", "k")
        raw = Context().complete(Document("a", f"bmk_{fallback}_1.json", b""), raw)
    points = PointMapper(catalog, "test")
    if expected is None or case["test"] in REFUSED:  # a row without a point is quarantined
        with pytest.raises(BadRow):
            points.map(artifacts.benchmark_row(raw, catalog))
        return
    row = artifacts.benchmark_row(raw, catalog)
    assert config(row) == expected["config"]
    assert row["benchmark_type"] == expected["benchmarkType"]
    assert [row[name] for name in ("isl", "osl", "conc")] == [
        expected[name] for name in ("isl", "osl", "conc")
    ]
    assert row["offload_mode"] == expected["offloadMode"]
    assert row["image"] == expected["image"]
    assert row["metrics"] == expected["metrics"]
    assert row.get("workers", UNDEFINED) == expected["workers"]

    metrics = row["metrics"]
    assert isinstance(metrics, dict)
    if "median_intvty" not in metrics:  # most cases are not whole: no point without interactivity
        with pytest.raises(BadRow):
            points.map(row)
        metrics["median_intvty"] = 50.0
    if case["test"] in NO_POINT:
        with pytest.raises(BadRow):
            points.map(row)
        return
    point = points.map(row)
    assert point.throughput == metrics["tput_per_gpu"]
    assert point.concurrency == expected["conc"]
    assert (point.workload.isl, point.workload.osl) == (expected["isl"], expected["osl"])
    dropped = {"median_intvty", "tput_per_gpu", "input_tput_per_gpu", "output_tput_per_gpu"}
    dropped |= {"std_intvty"}  # 1000 / std(TPOT) is no standard deviation: not matched on purpose
    numbers = {name: value for name, value in metrics.items() if not isinstance(value, str)}
    assert numbers.keys() - dropped <= point.metrics.keys()
    texts = {name for name, value in metrics.items() if isinstance(value, str)} - {"offload_mode"}
    assert all(f"{name}={metrics[name]}" in (point.recipe.flags or "") for name in texts)


@pytest.mark.parametrize("case", cases("benchmark-mapper.jsonl", "extractWorkers"))
def test_workers(case: dict[str, Any]) -> None:
    expected = None if case["result"] == UNDEFINED else case["result"]
    assert extract_workers(case["args"][0]) == expected


@pytest.mark.parametrize("case", cases("eval-mapper.jsonl", "mapEvalRow"))
def test_harness_evaluation(case: dict[str, Any], catalog: Catalog) -> None:
    meta, results = defined(case["args"][0]), case["args"][1]
    tasks = list(scores.harness_tasks(meta, results))
    if not case["result"]:
        for task in tasks:
            with pytest.raises(BadRow):
                scores.harness_row(task, catalog)
        return
    rows = [scores.harness_row(task, catalog) for task in tasks]
    assert len(rows) == len(case["result"])
    for row, expected in zip(rows, case["result"], strict=True):
        check_evaluation(row, expected, case["test"], catalog)


@pytest.mark.parametrize("case", cases("eval-mapper.jsonl", "mapAggEvalRow"))
def test_aggregate_evaluation(case: dict[str, Any], catalog: Catalog) -> None:
    raw = defined(case["args"][0])
    if case["result"] is None:
        with pytest.raises(BadRow):
            EvaluationMapper(catalog, "test").map(scores.aggregate_row(raw, catalog))
        return
    check_evaluation(scores.aggregate_row(raw, catalog), case["result"], case["test"], catalog)


def check_evaluation(row: dict[str, object], expected: dict[str, Any], test: str, catalog: Catalog) -> None:
    assert config(row) == expected["config"]
    names = ("task", "isl", "osl", "conc", "metrics")
    assert {name: row[name] for name in names} == {name: expected[name] for name in names}
    if test in NO_POINT:
        with pytest.raises(BadRow):
            EvaluationMapper(catalog, "test").map(row)
        return
    evaluation = EvaluationMapper(catalog, "test").map(row)
    metrics = expected["metrics"]
    assert evaluation.score == metrics.get("em_strict", metrics.get("em_flexible"))
    assert evaluation.standard_error == metrics.get(
        "em_strict_se" if "em_strict" in metrics else "em_flexible_se"
    )
    assert evaluation.n == metrics.get("n_eff")


def grid(name: str) -> list[dict[str, Any]]:
    path = SHARED / "oracle" / "normalizers-grid.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text())[name] if path.exists() else []
    return rows


def special(value: object) -> object:
    return float(value["$num"].lower()) if isinstance(value, dict) and "$num" in value else value


def test_booleans() -> None:
    for row in grid("parseBool"):
        assert normalise.parse_bool(row["v"]) is row["out"], row
        assert normalise.parse_optional_bool(row["v"]) is row["opt"], row


def test_numbers() -> None:
    for row in grid("parseNum"):
        if row["v"] == []:  # the reference reads an empty array as zero; an array is no number
            assert normalise.parse_num([]) is None
            continue
        assert normalise.parse_num(special(row["v"])) == special(row["out"]), row
        assert normalise.parse_int(special(row["v"])) == row["int"], row


def test_lengths() -> None:
    for row in grid("parseIslOsl"):
        expected = row["out"] and (row["out"]["isl"], row["out"]["osl"])
        assert normalise.parse_lengths(row["v"]) == expected, row
    for case in (case.values[0] for case in cases("normalizers.jsonl", "parseIslOsl")):
        expected = case["result"] and (case["result"]["isl"], case["result"]["osl"])
        assert normalise.parse_lengths(case["args"][0]) == expected, case["test"]


@pytest.mark.parametrize("function", ["parseBool", "parseOptionalBool", "parseNum", "parseInt2"])
def test_reference_normalisers(function: str) -> None:
    ours = {
        "parseBool": normalise.parse_bool,
        "parseOptionalBool": normalise.parse_optional_bool,
        "parseNum": normalise.parse_num,
        "parseInt2": normalise.parse_int,
    }[function]
    for case in (case.values[0] for case in cases("normalizers.jsonl", function)):
        value = None if case["args"][0] == UNDEFINED else case["args"][0]
        expected = None if case["result"] == UNDEFINED else case["result"]
        assert ours(value) == expected, case["test"]


@pytest.mark.parametrize(
    ("image", "version"),
    [
        ("lmsysorg/sglang:v0.5.12-rocm700-mi35x", "0.5.12"),
        ("lmsysorg/sglang:v0.5.8.post1-cu130-runtime", "0.5.8.post1"),
        ("nvcr.io/nvidia/tensorrt-llm/release:1.3.0rc14", "1.3.0rc14"),
        ("nvcr.io/nvidia/tensorrt-llm/release:1.2.0rc6.post2", "1.2.0rc6.post2"),
        ("nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:0.5.1-rc0.pre3", "0.5.1-rc0.pre3"),
        ("host:5000/vllm/vllm-openai:v0.23.0", "0.23.0"),
        ("rocm/atom:rocm7.1.1-ubuntu24.04-pytorch2.9-atom0.1.1-MI350x", None),
        ("rocm/sgl-dev:sglang-0.5.7-rocm700-mi35x-mori-fp4-0122", None),
        ("vllm/vllm-openai:latest", None),
        ("vllm/vllm-openai:20260511", None),
        ("host:5000/vllm", None),
        (None, None),
    ],
)
def test_engine_version(image: str | None, version: str | None) -> None:
    assert normalise.engine_version(image) == version
