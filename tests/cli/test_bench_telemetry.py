"""A sweep with telemetry against the simulated server: from its endpoint to the store and the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isoline.bench.running import ALL_VALID, SOME_INVALID
from isoline.cli.main import main
from isoline.domain.point import SIMULATED, Selection
from isoline.store.store import Store
from tests.cli.process import isoline
from tests.measure.sim.running import MODEL, threaded


def test_power_and_counters_reach_the_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with threaded(speed=1) as url:
        code = main([
            "bench", url, "--store", str(tmp_path), "--model", f"simulated/{MODEL}",
            "--isl", "32", "--osl", "24", "--concurrency", "2", "--requests", "60",
            "--telemetry", f"prometheus={url}/metrics", "--format", "json",
        ])  # fmt: skip
    assert code in (ALL_VALID, SOME_INVALID)  # a busy host makes a run INVALID, not different
    (point,) = json.loads(capsys.readouterr().out)["points"]
    (told,) = point["telemetry"]
    assert (told["source"], told["boundary"]) == ("prometheus", "board+engine")
    metrics = told["metrics"]
    assert 70 <= metrics["avg_power_w"] <= 700
    seconds = metrics["energy_j"] / metrics["avg_power_w"]  # one GPU
    rate = point["throughput"]["total"]
    by_hand = metrics["energy_j"] / (rate * seconds)
    assert abs(metrics["joules_per_total_token"] - by_hand) < 1e-6 * by_hand
    assert (
        metrics["joules_per_request"] > metrics["joules_per_output_token"] > metrics["joules_per_total_token"]
    )
    assert metrics["engine_generation_tokens"] > 0
    store = Store(tmp_path)
    (stored,) = store.points(Selection(), include_invalid=True, all_metrics=True)
    assert stored.status == SIMULATED
    assert stored.recipe.engine == "simulated"
    assert ("avg_power_w" in stored.metrics) == (not told["flags"])
    assert stored.run is not None
    rows = store.records(stored.run, "telemetry")
    assert {row["name"] for row in rows} >= {"power", "energy", "requests_running"}
    assert {row["source"] for row in rows} == {"prometheus"}


def test_the_engines_own_metrics_are_read_unless_chosen_otherwise(tmp_path: Path) -> None:
    with threaded(speed=1) as url, threaded(speed=1) as exporter:
        other = f"{exporter}/metrics"
        asked = (
            "bench",
            url,
            "--model",
            f"simulated/{MODEL}",
            "--isl",
            "16",
            "--osl",
            "8",
            "--format",
            "json",
        )
        asked += ("--concurrency", "2", "--requests", "8", "--cooldown", "0", "--fresh")
        found = {
            chosen: json.loads(isoline(tmp_path, *asked, *chosen, code=None).stdout)["points"][0]["telemetry"]
            for chosen in (
                (),
                *(("--telemetry", text) for text in ("none", "prometheus", f"prometheus={other}")),
            )
        }
    assert {words: [told["source"] for told in sources] for words, sources in found.items()} == {
        (): ["engine"],
        ("--telemetry", "none"): [],
        ("--telemetry", "prometheus"): ["prometheus"],
        ("--telemetry", f"prometheus={other}"): ["prometheus", "engine"],
    }
    (own,) = found[()]
    assert own["flags"] == []
    assert own["metrics"].keys() >= {
        "engine_prompt_tokens",
        "engine_requests_running",
        "gpu_kv_cache_usage_pct",
    }
    assert "energy_j" not in own["metrics"]


def test_unknown_sources_are_said(tmp_path: Path) -> None:
    common = ("bench", "http://127.0.0.1:9", "--model", "m", "--isl", "8", "--osl", "8", "--concurrency", "1")
    ran = isoline(tmp_path, *common, "--telemetry", "nvlm", code=2)
    assert "--telemetry: there is no telemetry 'nvlm'" in ran.stderr
    assert "nvml" in ran.stderr
    ran = isoline(tmp_path, *common, "--telemetry", "prometheus=x", code=2)
    assert "write an address" in ran.stderr
