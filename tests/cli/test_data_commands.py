"""import, list, quarantine, info and store as processes."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from isoline.domain.slugs import KINDS
from tests.cli.process import isoline
from tests.shared import SHARED, needs_shared

ROW = {
    "hardware": "b300",
    "framework": "vllm",
    "model": "dsr1",
    "precision": "fp4",
    "spec_method": "none",
    "disagg": False,
    "is_multinode": False,
    **{f"{role}_{key}": 8 if key == "tp" else 1 for role in ("prefill", "decode") for key in ("tp", "ep")},
    "prefill_dp_attention": False,
    "decode_dp_attention": False,
    "prefill_num_workers": 0,
    "decode_num_workers": 0,
    "num_prefill_gpu": 8,
    "num_decode_gpu": 8,
    "isl": 1024,
    "osl": 1024,
    "conc": 4,
    "image": "vllm/vllm-openai:v0.22.1",
    "metrics": {"median_intvty": 100.0, "tput_per_gpu": 500.0},
    "date": "2026-06-01",
    "run_url": "https://github.com/o/r/actions/runs/1/attempts/1",
}


def rows(file: Path, *changes: dict[str, object]) -> Path:
    file.write_text(json.dumps([{**ROW, **change} for change in changes]))
    return file


@needs_shared
def test_shared_rows_import_whole_and_once(tmp_path: Path) -> None:
    data = str(SHARED / "data/inferencex")
    first = isoline(tmp_path, "import", "inferencex", data).stdout
    for line in (
        "inferencex: 435 new points",
        "inferencex-history: 1,462 new points",
        "inferencex-evaluations: 531 new evaluations",
        "inferencex-availability: 689 new availability rows",
    ):
        assert line in first
    assert "narrower: deepseek-r1" in first  # a newer run with fewer concurrencies is said
    second = isoline(tmp_path, "import", "inferencex", data).stdout
    assert "new" not in second.replace("the newest run", "")
    assert "1,462 already there" in second


@needs_shared
def test_list_names_only_what_can_be_compared(tmp_path: Path) -> None:
    isoline(tmp_path, "import", "inferencex", str(SHARED / "data/inferencex/benchmarks.json"))
    pairs = json.loads(isoline(tmp_path, "list", "--format", "json").stdout)
    by_slug = {pair["slug"]: pair for pair in pairs}
    pair = by_slug["deepseek-r1-b200-fp4-vs-fp8"]
    assert pair["datasets"] == ["inferencex"]
    assert pair["sequences"] == ["1k/1k", "1k/8k", "8k/1k"]
    assert sum(pair["points"]) == 100
    assert {p["kind"] for p in pairs} == set(KINDS)
    for slug in list(by_slug)[::12]:
        isoline(tmp_path, "compare", slug, "--format", "csv")
    table = isoline(tmp_path, "list", "qwen-3-5", "--kind", "precision").stdout
    assert "qwen-3-5-b300-fp4-vs-bf16" in table
    assert "deepseek" not in table


def test_unknown_names_wait_in_quarantine_until_the_catalog_knows_them(tmp_path: Path) -> None:
    file = rows(tmp_path / "benchmarks.json", {}, {"hardware": "x900"}, {"conc": -1})
    said = isoline(tmp_path / "store", "import", "inferencex", str(file))
    assert "1 new point, 1 quarantined (broken field), 1 quarantined (unknown hardware)" in said.stdout
    listed = isoline(tmp_path / "store", "quarantine").stdout
    assert "x900" in listed
    assert "benchmarks.json" in listed
    catalog = tmp_path / "more.toml"
    catalog.write_text('[hardware.x900]\nlabel = "X900"\nvendor = "Acme"\narchitecture = "A"\nsort = 90\n')
    retried = isoline(tmp_path / "store", "quarantine", "--retry", "--catalog", str(catalog)).stdout
    assert retried.startswith("1 of 2 rows moved in: 1 points")
    left = json.loads(isoline(tmp_path / "store", "quarantine", "--format", "json").stdout)
    assert [row["reason"] for row in left] == ["broken field"]


def test_hostile_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    file = rows(tmp_path / "benchmarks.json", {"hardware": "\u001b[2Jx"}, {"framework": "[red]v\u009b31m"})
    isoline(tmp_path / "store", "import", "inferencex", str(file))
    for arguments in (["quarantine"], ["list"], ["info"]):
        printed = isoline(tmp_path / "store", *arguments).stdout
        assert not {"\u001b", "\u009b"} & set(printed)


def test_markup_in_imported_texts_stays_text(tmp_path: Path) -> None:
    image = "[/bold][link=https://evil.example]v1[/link]"
    file = rows(tmp_path / "benchmarks.json", {"image": image}, {"precision": "fp8", "image": "<b>|x"})
    isoline(tmp_path / "store", "import", "inferencex", str(file))
    slug = "deepseek-r1-b300-fp4-vs-fp8"
    table = isoline(tmp_path / "store", "compare", slug).stdout
    assert "[/bold]" in table
    markdown = isoline(tmp_path / "store", "compare", slug, "--format", "markdown").stdout
    assert "\\<b\\>\\|x" in markdown


def test_absurd_figures_are_quarantined(tmp_path: Path) -> None:
    huge = {"metrics": {"median_intvty": 1e308, "tput_per_gpu": 1.0}}
    file = rows(
        tmp_path / "benchmarks.json", huge, {"metrics": {"median_intvty": 9.0, "tput_per_gpu": 1e300}}
    )
    printed = isoline(tmp_path / "store", "import", "inferencex", str(file)).stdout
    assert "2 quarantined (broken field)" in printed


def test_what_a_damaged_folder_hides_is_said(tmp_path: Path) -> None:
    store = tmp_path / "store"
    for precision in ("fp4", "fp8"):
        isoline(
            store, "import", "inferencex", str(rows(tmp_path / "benchmarks.json", {"precision": precision}))
        )
    victim = sorted((store / "runs").iterdir())[0]
    (victim / "points.parquet").write_bytes(b"PAR1")
    found = json.loads(isoline(store, "compare", "deepseek-r1-b300-fp4-vs-fp8", "--format", "json").stdout)
    assert any(victim.name in note for note in found["notes"])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda f: f.write_text("[{]"), "line 1"),
        (lambda f: f.write_text("<html>busy</html>"), "HTML, not JSON"),
        (lambda f: None, "x.json"),
    ],
    ids=["malformed", "html", "missing"],
)
def test_unreadable_input_is_named(tmp_path: Path, make: object, words: str) -> None:
    file = tmp_path / "x.json"
    make(file)  # type: ignore[operator]
    ran = isoline(tmp_path / "store", "import", "inferencex", str(file), code=1)
    assert "x.json" in ran.stderr
    assert words in ran.stderr


def test_a_zip_that_leaves_its_folder_is_not_read(tmp_path: Path) -> None:
    archive = tmp_path / "run.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("../../escape.json", json.dumps([ROW]))
    ran = isoline(tmp_path / "store", "import", "inferencex", str(archive))
    assert ran.stdout == "inferencex-artifacts: 1 quarantined (unsafe path)\n"
    assert "escape.json" in isoline(tmp_path / "store", "quarantine").stdout


def test_damaged_folders_are_reported_and_the_rest_still_reads(tmp_path: Path) -> None:
    store = tmp_path / "store"
    isoline(store, "import", "inferencex", str(rows(tmp_path / "benchmarks.json", {})))
    slug = "deepseek-r1-b300-fp4-vs-fp8"
    isoline(store, "import", "inferencex", str(rows(tmp_path / "benchmarks.json", {"precision": "fp8"})))
    (store / "runs" / "20260101T000000-torn").mkdir()
    damaged = isoline(store, "store", "check", code=1)
    assert "20260101T000000-torn" in damaged.stdout
    isoline(store, "compare", slug)
    assert "2 points" in isoline(store, "store", "reindex").stdout
    shutil.rmtree(store / "index")  # loses nothing
    isoline(store, "compare", slug)
    info = json.loads(isoline(store, "info", "--format", "json").stdout)
    assert info["store"] == str(store)
    assert info["datasets"][0]["points"] == 2


@needs_shared
def test_results_of_another_tool_need_a_recipe_and_are_then_compared(tmp_path: Path) -> None:
    file = str(SHARED / "data/foreign/vllm/r.json")
    assert "add for example --recipe model=…" in isoline(tmp_path, "import", file, code=2).stderr
    recipe = "model=qwen-3-5,hardware=b300,engine=vllm,gpus=4"
    for precision in ("fp8", "bf16"):
        arguments = ("import", "vllm", file, "--recipe", recipe, "--recipe", f"precision={precision}")
        assert isoline(tmp_path, *arguments).stdout == "vllm: 1 new point\n"
        assert isoline(tmp_path, *arguments).stdout == "vllm: 1 already there\n"
    found = isoline(tmp_path, "compare", "qwen-3-5-b300-fp8-vs-bf16", "--at", "99", "--format", "csv").stdout
    assert "11804.6" in found  # 47,218.56 tok/s over 4 GPUs
    wrong = isoline(tmp_path, "import", "sglang", file, "--recipe", recipe + ",precision=fp8", code=1)
    assert "isoline import vllm reads it" in wrong.stderr
    mixed = isoline(tmp_path, "import", "inferencex", file, "--recipe", recipe, code=2)
    assert "--recipe is not for inferencex" in mixed.stderr


def test_overview_and_unknown_commands(tmp_path: Path) -> None:
    assert "compare" in isoline(tmp_path, "--help").stdout
    assert isoline(tmp_path, "--version").stdout.startswith("isoline ")
    assert "import" in isoline(tmp_path, "imprt", code=2).stderr
    assert "inferencex" in isoline(tmp_path, "import", "inferencx", "x", code=2).stderr


def test_list_says_what_there_is_of_one_side(tmp_path: Path) -> None:
    file = rows(tmp_path / "benchmarks.json", *({"model": "llama-3-1-8b", "conc": load} for load in (4, 8)))
    isoline(tmp_path, "import", "inferencex", str(file))
    refused = isoline(tmp_path, "list", "llama-3-1-8b", code=3)
    assert (
        "nothing to compare: 2 points of Llama 3.1 8B: FP4 on B300, 1k/1k (dataset inferencex); "
        "a comparison needs a second side"
    ) in " ".join(refused.stderr.split())
