"""`isoline bench` with an engine that it starts: the simulated one, and a stub that fails in every way."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from isoline.bench.asked.reading import Asked
from isoline.bench.asked.recipe import declare
from isoline.bench.asked.spec import ENGINE_EXAMPLE, Spec
from isoline.bench.matrix.configurations import configurations
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Selection
from isoline.measure.live.file import read_live
from isoline.store.store import Store
from tests.cli.process import isoline, told_at

STUB = Path(__file__).parents[1] / "measure/engines/stub_engine.py"
SIMULATED = """\
engine:
  name: simulated
  checkpoint: llama-3-1-8b on b300
  extra: [--speed, "5"]
matrix:
  precision:
    bf16: {quantization: bf16}
    fp8: {quantization: fp8, recipe: {precision: fp8}}
    fp4: {quantization: fp4, recipe: {precision: fp4}}
isl: 64
osl: 16
concurrency: 4
requests: 12
repeats: 2
cooldown: 0
recipe: {precision: bf16}
dataset: matrix
"""
STUBBED = f"""\
engine:
  name: vllm
  program: [{sys.executable}, {STUB}]
  checkpoint: stub
  start_timeout: 60
matrix:
  behaviour:
    good: {{}}
    ROW
isl: 8
osl: 4
concurrency: [1, 2]
requests: 10
cooldown: 0
recipe: {{model: qwen-3-5, hardware: h100, precision: fp8, gpus: 1}}
"""


def spec(folder: Path, text: str) -> Path:
    path = folder / "spec.yaml"
    path.write_text(text)
    return path


def bench(path: Path, *arguments: str, codes: tuple[int, ...] = (0, 4)) -> tuple[dict[str, Any], str]:
    """JSON and stderr. A busy host may make points INVALID, hence 4 beside 0."""
    command = [sys.executable, "-m", "isoline", "bench", str(path), "--format", "json", *arguments]
    store = {"ISOLINE_STORE": str(path.parent / "store")}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **store})
    assert ran.returncode in codes, ran.stderr
    assert "Traceback" not in ran.stderr
    return json.loads(ran.stdout), ran.stderr


def points(found: dict[str, Any]) -> dict[str, list[str]]:
    return {one["name"]: sorted(point["slot"] for point in one["points"]) for one in found["configurations"]}


def engines(path: Path) -> list[str]:
    """Processes that serve what this spec starts."""
    ran = subprocess.run(["pgrep", "-f", f"once={path.parent}"], capture_output=True, text=True, check=False)
    return ran.stdout.split()


def test_one_command_measures_three_precisions_on_two_starts_each_and_compares_them(tmp_path: Path) -> None:
    found, said = bench(spec(tmp_path, SIMULATED))
    assert points(found) == {name: ["c4-r0", "c4-r1"] for name in ("bf16", "fp8", "fp4")}
    assert (
        len(re.findall(r"^(?:bf16|fp8|fp4), start [12] of 2: starting simulated$", said, re.MULTILINE)) == 6
    )
    with Store(tmp_path / "store") as store:
        assert store.problems(deep=True) == []
        stored = store.points(Selection(), include_invalid=True)
        runs = dict(store.details("matrix-simulated"))
        logs = [store.file(run, "server.log") or b"" for run in runs]
    assert {(p.recipe.precision, p.repeat, p.status) for p in stored} == {
        (precision, repeat, "simulated") for precision in ("bf16", "fp8", "fp4") for repeat in (0, 1)
    }
    assert all(b"Simulates Llama 3.1 8B" in log for log in logs)
    assert not (tmp_path / "store/engine-logs").exists()  # nothing went wrong: the points hold it all
    started = [details["engine"] for details in runs.values()]
    assert {(one["configuration"], one["start"]) for one in started} == {  # type: ignore[index]
        (name, start) for name in ("bf16", "fp8", "fp4") for start in (0, 1)
    }
    (shown,) = read_live(tmp_path / "store")
    assert (shown.status, shown.finished, shown.planned, shown.simulated) == ("finished", 6, 6, True)
    assert shown.dataset == "matrix-simulated"
    assert [point.run for point in shown.points] == sorted(point.run or "" for point in shown.points)
    assert {(point.configuration, point.repeat) for point in shown.points} == {
        (name, start) for name in ("bf16", "fp8", "fp4") for start in (0, 1)
    }
    valid = [p.recipe.precision for p in stored if p.valid]
    if set(valid) == {"bf16", "fp8", "fp4"}:
        pairs = ("fp4-vs-fp8", "fp4-vs-bf16", "fp8-vs-bf16")
        assert {one["slug"] for one in found["comparisons"]} == {
            f"llama-3-1-8b-b300-{pair}" for pair in pairs
        }
        assert {s["kind"] for one in found["comparisons"] for s in one["sources"]} == {"simulated"}


def test_a_started_engine_tells_what_it_accepted_by_position(tmp_path: Path) -> None:
    """No telemetry is asked for. The stub shows no metrics, which is said and no error."""
    drafting = "    mtp: {quantization: fp8, spec_method: mtp, spec_tokens: 2, recipe: {precision: fp8}}"
    text = re.sub(r" *(bf16|fp8|fp4): .*\n", "", SIMULATED, count=3).replace("repeats: 2", "repeats: 1")
    found, _ = bench(spec(tmp_path, text.replace("  precision:\n", f"  precision:\n{drafting}\n", 1)))
    (told,) = found["configurations"][0]["points"][0]["telemetry"]
    assert told["source"] == "engine"
    metrics = told["metrics"]
    positions = [metrics[f"spec_acceptance_pos_{position}"] for position in (0, 1)]
    assert 1 > positions[0] > positions[1] > 0
    assert metrics["spec_acceptance_length"] == pytest.approx(1 + sum(positions))
    with Store(tmp_path / "store") as store:
        (stored,) = store.points(Selection(), include_invalid=True, all_metrics=True)
    assert stored.metrics["spec_acceptance_pos_1"] == positions[1]
    stub, said = bench(spec(tmp_path, STUBBED.replace("ROW", "").replace("[1, 2]", "1") + "repeats: 2\n"))
    assert [p["telemetry"] for p in stub["configurations"][0]["points"]] == [[], []]
    assert said.count("note: good: vllm shows no metrics at /metrics") == 1


def test_a_contradiction_ends_a_configuration_before_anything_is_measured(tmp_path: Path) -> None:
    text = SIMULATED.replace(
        "fp8, recipe: {precision: fp8}", "fp8, recipe: {precision: fp8, kv_format: bf16}"
    )
    text = re.sub(r" *(bf16|fp4): .*\n", "", text, count=2).replace("repeats: 2", "repeats: 1")
    found, said = bench(spec(tmp_path, text), codes=(5,))
    assert "kv_format: declared 'bf16', the server reports 'fp8_e4m3'" in said
    assert points(found) == {"fp8": []}
    assert not list(tmp_path.glob("store/runs/2*"))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("bad: {extra: [oom]}", "out of memory"),
        ("bad: {extra: [flag]}", "unrecognized arguments: --tensor-paralel-size 2"),
        ("bad: {extra: [hang], checkpoint: other}", "does not serve after 4 s"),
    ],
)
def test_an_engine_that_does_not_start_leaves_the_others_to_be_measured(
    row: str, words: str, tmp_path: Path
) -> None:
    text = STUBBED.replace("ROW", row)
    if "hang" in row:
        text = text.replace("timeout: 60", "timeout: 4")
    found, said = bench(spec(tmp_path, text), codes=(4,))
    assert words in said
    assert "engine-logs" in said
    assert points(found) == {"good": ["c1-r0", "c2-r0"], "bad": []}
    assert "2 of 4 points are in dataset local" in said
    (shown,) = read_live(tmp_path / "store")
    assert (shown.status, shown.finished, shown.planned) == ("stopped", 2, 4)
    (trouble,) = shown.troubles
    assert trouble.startswith("bad, start 1 of 1: ")
    assert words in trouble


def test_an_engine_that_dies_midway_loses_the_point_in_flight_only(tmp_path: Path) -> None:
    path = spec(tmp_path, STUBBED.replace("ROW", f"bad: {{extra: [once={tmp_path}/died]}}"))
    found, said = bench(path, codes=(4,))
    assert "exit code 9: out of memory" in said
    assert "CUDA out of memory" in said
    missing = {"c1-r0", "c2-r0"} - set(points(found)["bad"])
    assert missing
    with Store(tmp_path / "store") as store:  # a busy host may have spoiled others
        good = {run for run, details in store.details("local") if details["valid"]}
    found, said = bench(path)
    assert points(found) == {"good": ["c1-r0", "c2-r0"], "bad": ["c1-r0", "c2-r0"]}
    assert f"{len(good)} of 4 points are stored" in said
    runs = {point["run"] for one in found["configurations"] for point in one["points"]}
    assert good < runs
    assert len(runs) == 4


def test_an_engine_that_listens_but_is_dead_inside_ends_its_start(tmp_path: Path) -> None:
    found, said = bench(spec(tmp_path, STUBBED.replace("ROW", "bad: {extra: [ill]}")), codes=(4,))
    assert "does not serve any more" in said
    assert len(points(found)["bad"]) < 2
    assert points(found)["good"] == ["c1-r0", "c2-r0"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_killed_matrix_stops_its_engine_and_goes_on(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "died").touch()
    text = STUBBED.replace("ROW", f"other: {{extra: [once={tmp_path}/died, x]}}")
    path = spec(tmp_path, text.replace("good: {}", f"good: {{extra: [once={tmp_path}/died]}}"))
    process = subprocess.Popen(
        [sys.executable, "-m", "isoline", "bench", str(path), "--store", str(tmp_path / "store")],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while len(list(tmp_path.glob("store/runs/2*"))) < 3:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate()
    assert "Traceback" not in said
    if number != signal.SIGKILL:
        assert process.returncode == 130
    for _ in range(600):  # as long as a busy machine may take to deliver a signal
        if not engines(path):
            break
        time.sleep(0.05)
    assert engines(path) == []
    # On a busy machine the client may spoil so short a point: it is INVALID then, and measured again.
    stored = {path.name: path / "manifest.json" for path in tmp_path.glob("store/runs/2*")}
    good = {name for name, file in stored.items() if json.loads(file.read_text())["details"]["valid"]}
    found, said = bench(path)
    assert points(found) == {"good": ["c1-r0", "c2-r0"], "other": ["c1-r0", "c2-r0"]}
    assert len(stored) == 4 or f"{len(good)} of 4 points are stored" in said
    kept = {point["run"] for one in found["configurations"] for point in one["points"]}
    assert len(stored) == 4 or good < kept


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("name: simulated", "name: simulatd", 2, "engine.name: there is no launcher 'simulatd'"),
        ("extra:", "extr:", 4, "engine.extr: unknown key; did you mean extra?"),
        ("bf16: {quantization: bf16}", "bf16: {tpp: 2}", 7, "matrix.precision.bf16.tpp: unknown key"),
        ("bf16: {quantization: bf16}", "bf16: {tp: two}", 7, "matrix.precision.bf16.tp: expected a whole n"),
        ("bf16: {quantization: bf16}", "bf16: {pp: 2}", 7, "has no flag for pp"),
        ("bf16: {quantization: bf16}", "bf16: {tp: 2, recipe: {tp: 4}}", 7, "tp is declared as 4, but"),
        ("{quantization: bf16}", "3", 7, "matrix.precision.bf16: expected settings"),
        ("  precision:\n", "  tp: []\n  precision:\n", 6, "matrix.tp: expected values like tp: [1, 2]"),
        ("  precision:\n", "  tp: [1, x]\n  precision:\n", 6, "matrix.tp.1: expected a whole number"),
        (
            "  precision:\n",
            f"  tp: [{'1, ' * 12}x]\n  precision:\n",
            6,
            "matrix.tp.12: expected a whole number",
        ),
        (
            "  precision:\n",
            f"  tp: [{'1, ' * 10}x]\n  precision:\n",
            6,
            "matrix.tp.10: expected a whole number",
        ),
        ("bf16: {quantization: bf16}", "1: {tp: two}", 7, "matrix.precision.1.tp: expected a whole number"),
        (
            "    fp8:",
            "    bf 16: {tp: 1}\n    bf/16:",
            9,
            "matrix.precision.bf/16: two configurations would be",
        ),
        ("  precision:\n", "  tp: [1, 2, 1]\n  precision:\n", 6, "matrix.tp.2: two configurations would be"),
        (", recipe: {precision: fp4}", ", recipe: {precision: bf16}", 5, "bf16 and fp4 have the same recipe"),
        ("on b300", "at b300", 7, "needs MODEL on HARDWARE"),
        ("llama-3-1-8b on b300", "$NO_SUCH/model", 3, "the environment variable NO_SUCH is not set"),
        ("isl: 64", "url: http://h\nisl: 64", 10, "url: name either a url or an engine"),
        ("isl: 64", "model: m\nisl: 64", 10, "model: simulated serves 'llama-3-1-8b' under that name only"),
        ("recipe: {precision: bf16}", "recipe: {hardware: b3}", 16, "no hardware 'b3'; --catalog"),
        ("recipe: {precision: fp4}", "recipe: {precision: fp5}", 9, "no precision 'fp5'; --catalog"),
        ("isl: 64", "concurrency: 3\nisl: 64", 13, "duplicate key"),
        ("isl: 64", "telemetry: [nvmml]\nisl: 64", 10, "telemetry: there is no telemetry 'nvmml'"),
    ],
)
def test_a_mistake_in_a_matrix_is_told_with_file_and_line(
    old: str, new: str, line: int, words: str, tmp_path: Path
) -> None:
    path = spec(tmp_path, SIMULATED.replace(old, new, 1))
    told_at(path, line, words)


def test_the_example_is_a_spec_with_known_keys(tmp_path: Path) -> None:
    printed = isoline(tmp_path, "bench", "--example", "engine").stdout
    assert printed == ENGINE_EXAMPLE
    keys = set(re.findall(r"^(?:# )?(\w+):", printed, re.MULTILINE))
    assert keys <= set(Spec.__struct_fields__)
    broken = spec(tmp_path, printed.replace("repeats: 3", "repeats: 0"))
    assert "repeats: expected" in isoline(tmp_path, "bench", str(broken), code=2).stderr


def test_the_study_of_precisions_is_a_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORK", "/data")
    asked = Asked(Path(__file__).parents[2] / "scripts/precisions.yaml", {}).spec()
    found = {one.name: one for one in configurations(asked)}
    assert list(found) == ["bf16", "fp8", "nvfp4"]
    fp8 = found["fp8"]
    assert " ".join(fp8.launcher.arguments(fp8.settings)) == (
        "python3 -m vllm.entrypoints.cli.main serve /data/models/qwen3-8b-fp8 --host 127.0.0.1 --port 0 "
        "--served-model-name qwen3-8b-random --tensor-parallel-size 1 --max-model-len 4096 "
        "--gpu-memory-utilization 0.85 --no-enable-prefix-caching"
    )
    assert fp8.settings.environment["PYTHONPATH"] == "/data/site"
    assert fp8.settings.environment["VLLM_FLASH_ATTN_VERSION"] == "3"
    assert fp8.flags == "--gpu-memory-utilization 0.85 --max-model-len 4096 --no-enable-prefix-caching"
    recipe = declare(fp8.recipe, fp8.served, load_catalog(())).recipe
    assert (recipe.model, recipe.precision, recipe.engine, recipe.gpus) == ("qwen-3-8b", "fp8", "vllm", 1)
    assert recipe.checkpoint == "random weights of Qwen3-8B dimensions (fp8)"


TRANSFORMERS = os.environ.get("ISOLINE_TRANSFORMERS") or shutil.which("transformers")


@pytest.mark.skipif(not TRANSFORMERS, reason="no `transformers` program; install isoline[hf]")
def test_a_real_engine_is_measured_in_two_precisions(tmp_path: Path) -> None:
    python = Path(str(TRANSFORMERS)).parent / "python"
    model = tmp_path / "tiny"
    subprocess.run([python, STUB.with_name("tiny_model.py"), model], check=True, capture_output=True)
    text = f"""\
engine:
  name: transformers
  program: [{TRANSFORMERS}, serve]
  checkpoint: {model}
  environment: {{HF_HUB_OFFLINE: 1}}
  start_timeout: 300
matrix:
  dtype:
    full: {{dtype: float32, recipe: {{weight_format: fp32}}}}
    half: {{dtype: bfloat16, recipe: {{precision: bf16}}}}
    wrong: {{extra: [--dtipe, x]}}
endpoint: chat
isl: 8
osl: 6
concurrency: 2
requests: 8
cooldown: 0
recipe: {{model: llama-3-1-8b, hardware: h100, gpus: 1}}
"""
    found, said = bench(spec(tmp_path, text), codes=(4,))
    assert points(found) == {"full": ["c2-r0"], "half": ["c2-r0"], "wrong": []}
    assert "unknown flag" in said
    answered = [point["measured"] for one in found["configurations"] for point in one["points"]]
    assert all(answered)


def test_drafts_accepted_by_decree_are_labelled_and_cannot_be_declared_measured(tmp_path: Path) -> None:
    decree = """'{"method": "mtp", "rejection_sample_method": "synthetic"}'"""
    row = f"bad: {{extra: [--speculative-config, {decree}]}}"
    path = spec(tmp_path, STUBBED.replace("ROW", row))
    found = {one.name: one.recipe.get("spec_acceptance") for one in configurations(Asked(path, {}).spec())}
    assert found == {"good": None, "bad": "synthetic"}
    lying = row.replace("]}", "], recipe: {spec_acceptance: measured}}")
    ran = isoline(tmp_path, "bench", str(spec(tmp_path, STUBBED.replace("ROW", lying))), code=2)
    assert "spec_acceptance is declared as measured, but the engine is started with synthetic" in ran.stderr
