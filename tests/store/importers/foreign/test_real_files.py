"""Files that the tools wrote, beside what the server measured in the same runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.shared import SHARED, needs_shared
from tests.store.importers.foreign.helpers import imported, only_point

pytestmark = needs_shared
FOREIGN = SHARED / "data/foreign"

# folder, importer, input and output length, concurrency, requests, duration as the file has it
RUNS = [
    ("vllm", "vllm", 256, 1024, 5.551715580000291),
    ("ix", "vllm", 256, 1024, 5.740456508999614),
    ("sglang", "sglang", 256, 1024, 5.746797261000211),
    ("sglang-rust", "sglang", 256, 1024, 5.321330052),
    ("aiperf", "aiperf", 256, 1024, 8.909588736),
    ("guidellm", "guidellm", 8, 32, 5.3574378490448),
    ("inference-perf", "inference-perf", 256, 1024, 6.543098145000386),
]


@pytest.mark.parametrize(("folder", "importer", "streams", "requests", "duration"), RUNS)
def test_a_real_file_gives_the_point_its_server_measured(
    folder: str, importer: str, streams: int, requests: int, duration: float
) -> None:
    point = only_point(importer, FOREIGN / folder)
    served = json.loads((FOREIGN / "served.json").read_text())[folder]
    assert (point.workload.isl, point.workload.osl) == (128, 128)
    assert (point.concurrency, point.request_rate) == (streams, None)
    assert point.metrics["total_requests_completed"] == requests
    assert point.metrics["duration_seconds"] == pytest.approx(duration, rel=1e-12)
    # The server streamed a token each 10 ms; a client may only see it later.
    assert 1000 / point.interactivity == pytest.approx(served["tpot_ms"]["p50"], rel=0.03)
    assert point.metrics["median_ttft"] * 1000 >= served["ttft_ms"]["p50"]
    # Four GPUs were declared, and as many tokens went in as came out.
    tokens = served["tokens"] if folder not in ("sglang", "sglang-rust") else requests * 128
    assert point.output_throughput == pytest.approx(tokens / duration / 4, rel=1e-3)
    assert point.throughput == pytest.approx(2 * tokens / duration / 4, rel=1e-3)
    assert point.recipe.gpus == 4


@pytest.mark.parametrize(
    ("folder", "importer", "metric", "value"),
    [
        ("vllm", "vllm", "p99_ttft", 0.13804679393964307),
        ("vllm", "vllm", "std_itl", 0.0009895343862403854),
        ("sglang", "sglang", "p95_e2el", 1.4754377177496963),
        ("aiperf", "aiperf", "p25_tpot", 0.009785300137795277),
        ("aiperf", "aiperf", "p99_inter_chunk_latency", 0.09962671822),
        ("guidellm", "guidellm", "median_token_weighted_full_response_itl", 0.010324131697416306),
        ("inference-perf", "inference-perf", "p99.9_itl", 0.09730796698000195),
        ("inference-perf", "inference-perf", "p0.1_ttft", 0.05015772195912314),
    ],
)
def test_figures_are_the_files_own_in_seconds(folder: str, importer: str, metric: str, value: float) -> None:
    assert only_point(importer, FOREIGN / folder).metrics[metric] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("folder", "importer", "day"),
    [
        ("vllm", "vllm", "2026-11-23"),
        ("aiperf", "aiperf", "2026-11-23"),
        ("guidellm", "guidellm", "2026-11-23"),
        ("sglang", "sglang", None),
        ("inference-perf", "inference-perf", None),
    ],
)
def test_the_day_is_the_files_or_unknown_or_declared(folder: str, importer: str, day: str | None) -> None:
    assert only_point(importer, FOREIGN / folder).date == day
    assert only_point(importer, FOREIGN / folder, date="2026-10-01").date == "2026-10-01"


def test_a_guidellm_latency_is_no_gap_between_tokens() -> None:
    metrics = only_point("guidellm", FOREIGN / "guidellm").metrics
    assert not [name for name in metrics if name.endswith("_itl") and "token_weighted" not in name]
    # All outputs had 128 tokens, so weighing by them changes nothing.
    assert metrics["median_tpot"] == metrics["median_token_weighted_tpot"]


def test_the_whole_folder_is_told_apart_by_file() -> None:
    found = imported("auto", FOREIGN)
    assert {name: len([p for p in found.points if p.dataset == name]) for name in found.datasets} == {
        "vllm": 2, "sglang": 2, "aiperf": 1, "guidellm": 1, "inference-perf": 1, "unrecognised": 0,
    }  # fmt: skip
    assert [row.source.rpartition("/")[2] for row in found.quarantined] == ["served.json"]


def test_a_file_is_the_same_point_wherever_it_lies(tmp_path: Path) -> None:
    (tmp_path / "copy.json").write_bytes((FOREIGN / "vllm/r.json").read_bytes())
    assert only_point("auto", tmp_path / "copy.json").key == only_point("vllm", FOREIGN / "vllm").key
