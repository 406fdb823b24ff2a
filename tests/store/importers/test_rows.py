"""Single rows: what becomes of good, odd and hostile ones."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isoline.domain.catalog import load_catalog
from isoline.store.importers.inferencex import retry
from tests.store.importers.helpers import CATALOG, Readings, artifact, benchmark, readings, write

if TYPE_CHECKING:
    from pathlib import Path

BAD = [
    ({"model": "nobody/knows"}, "unknown model", "nobody/knows"),
    ({"hardware": "abacus"}, "unknown hardware", "abacus"),
    ({"conc": 0}, "broken field", "conc is 0"),
    ({"conc": -4}, "broken field", "conc is -4"),
    ({"conc": 8.5}, "broken field", "conc is 8.5"),
    ({"conc": 10_000_001}, "broken field", "conc"),
    ({"conc": "8"}, "broken field", "conc"),
    ({"conc": True}, "broken field", "conc"),
    ({"conc": None}, "broken field", "conc is None"),
    ({"isl": 0}, "broken field", "isl"),
    ({"osl": -1}, "broken field", "osl"),
    ({"isl": 10**12}, "broken field", "isl"),
    ({"disagg": 1}, "broken field", "disagg"),
    ({"prefill_tp": 1.5}, "broken field", "prefill_tp"),
    ({"prefill_tp": [4]}, "broken field", "prefill_tp"),
    ({"framework": ""}, "broken field", "framework"),
    ({"precision": {}}, "broken field", "precision"),
    ({"image": "x" * 2001}, "broken field", "image has 2001 characters"),
    ({"image": "a\u001b[31mb"}, "broken field", "image"),
    ({"image": "\ud800"}, "broken field", "image"),
    ({"date": "2026-02-30"}, "broken field", "date"),
    ({"date": 20260101}, "broken field", "date"),
    ({"run_url": "javascript:alert(1)"}, "broken field", "run_url"),
    ({"run_started_at": "yesterday"}, "broken field", "run_started_at"),
    ({"benchmark_type": "other"}, "broken field", "benchmark_type"),
    ({"metrics": []}, "broken field", "metrics"),
    ({"metrics": {"tput_per_gpu": 1.0}}, "broken field", "metrics.median_intvty is None"),
    ({"metrics": {"median_intvty": 0, "tput_per_gpu": 1.0}}, "broken field", "metrics.median_intvty is 0"),
    ({"metrics": {"median_intvty": 1.0, "tput_per_gpu": -1.0}}, "broken field", "metrics.tput_per_gpu"),
    ({"metrics": {"median_intvty": math.nan, "tput_per_gpu": 1.0}}, "broken field", "nan"),
    ({"metrics": {"median_intvty": 1.0, "tput_per_gpu": math.inf}}, "broken field", "inf"),
    (
        {"metrics": {"median_intvty": 1.0, "tput_per_gpu": 1.0, "p99_ttft": "slow"}},
        "broken field",
        "p99_ttft",
    ),
    ({"metrics": {"median_intvty": 1.0, "tput_per_gpu": 1.0, "p99_ttft": True}}, "broken field", "p99_ttft"),
    ({"metrics": {"median_intvty": 1.0, "tput_per_gpu": 10**400}}, "broken field", "tput_per_gpu"),
    ({"metrics": {"median_intvty": 1.0, "tput_per_gpu": 1.0, "<b>": 1.0}}, "broken field", "metric name"),
    ({"num_requests_successful": 0}, "failed run", "num_requests_successful"),
    ({"benchmark_type": "agentic_traces", "metrics": {"tput_per_gpu": 1.0}}, "broken field", "median_intvty"),
]


@pytest.mark.parametrize(("changes", "reason", "detail"), BAD, ids=lambda value: str(value)[:50])
def test_a_bad_row_is_quarantined_alone(
    changes: dict[str, Any], reason: str, detail: str, tmp_path: Path
) -> None:
    bad = benchmark(**changes)
    good = [benchmark(conc=conc) for conc in (1, 2, 4)]
    found = readings(write(tmp_path / "rows.json", [*good, bad]), kind="benchmarks")
    assert len(found.points) == 3
    (row,) = found.quarantined
    assert (row.importer, row.dataset, row.reason, row.position) == (
        "inferencex",
        "inferencex",
        reason,
        "row 4",
    )
    assert detail in row.detail
    assert json.loads(row.raw).keys() == bad.keys()


def test_a_point(tmp_path: Path) -> None:
    row = benchmark(image="nvcr.io#x#y:v1.2.3", framework="Brand-New", run_started_at="2026-06-01T10:00:00Z")
    (point,) = readings(write(tmp_path / "a.json", [row])).points
    assert point.recipe.engine == "brand-new"  # an unknown engine is kept
    assert point.recipe.image == "nvcr.io/x/y:v1.2.3"
    assert point.recipe.engine_version == "1.2.3"
    assert point.recipe.checkpoint == "qwen3.5"
    assert point.run_started_at == "2026-06-01T10:00:00Z"
    assert point.metrics == {"median_ttft": 0.2}
    assert point.output_throughput is None


def test_absent_is_not_zero(tmp_path: Path) -> None:
    metrics = {"median_intvty": 1.0, "tput_per_gpu": 2, "p99_ttft": None, "prefill_pp": 2, "decode_pp": 4}
    texts = {"kv_offloading": "dram", "offload_mode": "on", "router_name": "r"}
    row = benchmark(benchmark_type="agentic_traces", isl=None, osl=None, metrics=metrics | texts)
    (point,) = readings(write(tmp_path / "a.json", [row])).points
    assert point.metrics == {"prefill_pp": 2.0, "decode_pp": 4.0}
    assert (point.workload.kind, point.workload.isl) == ("agentic", None)
    assert (point.recipe.prefill_pp, point.recipe.decode_pp, point.recipe.offload) == (2, 4, "on")
    assert point.recipe.flags == "kv_offloading=dram router_name=r"


def test_the_meaningless_deviation_refuses_nothing(tmp_path: Path) -> None:
    metrics = {"median_intvty": 1.0, "tput_per_gpu": 2.0, "std_intvty": math.inf}
    assert len(readings(write(tmp_path / "a.json", [benchmark(metrics=metrics)])).points) == 1
    for value in (math.inf, math.nan):
        path = write(tmp_path / "b.json", [artifact(std_intvty=value)])
        assert [point.metrics for point in readings(path).points] == [{}]


def test_a_failed_run_is_called_that_whatever_else_is_wrong(tmp_path: Path) -> None:
    failed = artifact(num_requests_successful=0, median_ttft=math.nan, conc=None)
    assert readings(write(tmp_path / "a.json", [failed])).reasons == ["failed run"]


def test_worker_readings_are_metrics(tmp_path: Path) -> None:
    workers = [{"role": "prefill", "worker_idx": 0, "num_gpus": 8, "avg_power_w": 900.5, "hosts": ["a"]}]
    (point,) = readings(write(tmp_path / "a.json", [benchmark(workers=workers)])).points
    assert point.metrics["worker_prefill_0_avg_power_w"] == 900.5
    hostile = [{"role": "<i>", "worker_idx": 0, "num_gpus": 8, "avg_power_w": 1e400}]
    assert readings(write(tmp_path / "b.json", [benchmark(workers=hostile)])).reasons == ["broken field"]


def test_duplicates(tmp_path: Path) -> None:
    row = benchmark()
    other = benchmark(metrics={"median_intvty": 7.0, "tput_per_gpu": 900.0})
    found = readings(write(tmp_path / "rows.json", [row, row, other, benchmark(conc=9)]))
    assert len(found.points) == 2
    assert found.notes == ["1 rows repeat an earlier one and are kept once"]
    assert found.reasons == ["conflicting duplicate"]


def test_keys_tell_rows_apart(tmp_path: Path) -> None:
    rows = [
        benchmark(),
        *(benchmark(conc=9), benchmark(osl=8192), benchmark(date="2026-06-02"), benchmark(run_url=None)),
        *(benchmark(offload_mode="on"), benchmark(decode_tp=8), benchmark(precision="fp8")),
    ]
    points = readings(write(tmp_path / "rows.json", rows)).points
    assert len({point.key for point in points}) == len(rows)
    assert all(len(point.key) == 32 for point in points)
    again = readings(write(tmp_path / "elsewhere.json", rows[::-1])).points
    assert {point.key for point in again} == {point.key for point in points}


def evaluation(**metrics: Any) -> dict[str, Any]:
    row = benchmark(task="gsm8k", metrics=metrics)
    return {name: value for name, value in row.items() if name not in ("isl", "osl")}


def test_evaluations(tmp_path: Path) -> None:
    full = {"em_strict": 0.9, "em_strict_se": 0.01, "em_flexible": 0.95, "n_eff": 1319}
    rows = [
        *(evaluation(**full), evaluation(**full, score=0.9)),
        evaluation(em_flexible=0.5, em_flexible_se=0.02) | {"conc": 9},
        evaluation(score=0.25, score_se=0.1, em_strict=None) | {"conc": 10},
        evaluation(em_strict=1.01) | {"conc": 11},
        evaluation(em_strict=-0.1) | {"conc": 12},
        evaluation(n_eff=10) | {"conc": 13},
        evaluation(em_strict=0.5, em_strict_se=math.nan) | {"conc": 14},
        evaluation(**full | {"em_strict": 0.8}),
    ]
    found = readings(write(tmp_path / "rows.json", rows))
    first, second, third = found.evaluations
    assert (first.score, first.standard_error, first.n) == (0.9, 0.01, 1319)
    assert first.metric == "exact match, strict"
    assert first.metrics == full | {"score": 0.9}  # told twice, once with more: one evaluation
    assert (second.score, second.standard_error, second.metric) == (0.5, 0.02, "exact match, flexible")
    assert (third.score, third.standard_error, third.metric) == (0.25, 0.1, "score")
    assert found.reasons == ["broken field"] * 4 + ["conflicting duplicate"]


def test_retry_once_the_catalog_knows_the_name(tmp_path: Path) -> None:
    rows = [benchmark(model="newmodel"), benchmark(model="othermodel")]
    raw = artifact(infmax_model_prefix="newmodel", model=None)
    files = [write(tmp_path / "a" / "rows.json", rows), write(tmp_path / "a" / "bmk_1k8k_1.json", raw)]
    quarantined = readings(*files).quarantined
    assert [row.reason for row in quarantined] == ["unknown model"] * 3
    (tmp_path / "user.toml").write_text('[models.new-model]\nlabel = "New"\ndb_keys = ["newmodel"]\n')
    richer = load_catalog(extra=[tmp_path / "user.toml"], user_dirs=())
    found = Readings(list(retry(quarantined, richer)))
    assert {(point.recipe.model, point.dataset) for point in found.points} == {
        ("new-model", "inferencex"),
        ("new-model", "inferencex-artifacts"),
    }
    (left,) = found.quarantined
    assert (left.reason, left.source, left.position) == ("unknown model", str(files[0]), "row 2")


def test_deep_and_huge_values(tmp_path: Path) -> None:
    for depth in (50, 400, 900, 980):
        nested = "[" * depth + "]" * depth
        text = json.dumps([benchmark(), benchmark(conc="@"), benchmark(metrics="@")]).replace('"@"', nested)
        (tmp_path / "a.json").write_text(text)
        found = readings(tmp_path)
        assert found.reasons in (["broken field"] * 2, ["malformed file"], ["malformed row"] * 2)
    text = json.dumps([benchmark(), benchmark(conc="@")]).replace('"@"', "9" * 4000)
    (tmp_path / "a.json").write_text(text)
    (row,) = readings(tmp_path).quarantined
    assert len(row.detail) < 300


def test_names_of_files_are_made_printable(tmp_path: Path) -> None:
    write(tmp_path / "a\x1b[31m.json", [benchmark(), benchmark(conc=0)])
    (row,) = readings(tmp_path).quarantined
    assert "\x1b" not in row.source
    assert row.source.endswith("a\\x1b[31m.json")


def test_long_raw_rows_are_cut(tmp_path: Path) -> None:
    found = readings(write(tmp_path / "a.json", [benchmark(conc=0, comment="x" * 70_000)]))
    assert len(found.quarantined[0].raw) == 64 * 1024
    assert "1 quarantined rows keep only their first 65,536 characters" in found.notes
    assert [row.reason for batch in retry(found.quarantined, CATALOG) for row in batch.quarantined] == [
        "broken field"
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
FIELDS = sorted(
    {*benchmark(), *artifact(), "metrics", "workers", "task", "router", "scenario_type", "prefill_tp"}
)
ROWS = st.builds(
    lambda row, changes: row | changes,
    st.sampled_from([benchmark(), artifact(), evaluation(em_strict=0.5), artifact(task="t", em_strict=0.5)]),
    st.dictionaries(
        st.sampled_from(FIELDS),
        JSON | st.dictionaries(st.sampled_from(["median_intvty", "tput_per_gpu", "pp", "em_strict"]), JSON),
        max_size=4,
    ),
)
slow = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@slow
@given(rows=st.lists(JSON | ROWS, max_size=6))
def test_any_row_is_a_point_or_quarantined(rows: list[Any], tmp_path: Path) -> None:
    # One row of each kind in front decides what the file is; no other may be lost or raise.
    for first in (
        benchmark(conc=77),
        artifact(conc=77),
        evaluation(em_strict=0.5),
        artifact(task="t", em_strict=0.5),
    ):
        found = readings(write(tmp_path / "rows.json", [first] * 60 + rows))
        repeated = [int(note.split()[0]) for note in found.notes if "repeat an earlier one" in note]
        assert found.rows + sum(repeated) == 60 + len(rows)
        for point in found.points:
            assert point.interactivity > 0
            assert point.throughput > 0
            assert all(map(math.isfinite, point.metrics.values()))
        for batch in found.batches:
            json.dumps([(row.detail, row.raw) for row in batch.quarantined]).encode("utf-8")


@slow
@given(value=JSON | ROWS)
def test_any_document_in_a_folder_is_accounted_for(value: Any, tmp_path: Path) -> None:
    write(tmp_path / "folder" / "any.json", value)
    found = readings(tmp_path / "folder")
    assert found.rows + len(found.notes) >= 1
