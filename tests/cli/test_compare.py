"""`isoline compare` as a process: the seed's numbers, real rows, formats, exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import isoline.present as present
from tests.cli.process import isoline
from tests.rows import oracle
from tests.shared import SHARED, needs_shared

SEED = "qwen-3-5-b300-fp4-vs-bf16"
GOLDEN = Path(__file__).parents[1] / "golden"
SCHEMA = json.loads((Path(present.__file__).parent / "compare.schema.json").read_text())


def document(store: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(isoline(store, "compare", *arguments, "--format", "json").stdout)
    jsonschema.validate(found, SCHEMA)
    return found


@cache
def _imported(folder: Path) -> Path:
    isoline(folder, "import", "inferencex", str(SHARED / "data/inferencex"))
    return folder


@pytest.fixture
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with all shared rows, made once a process."""
    return _imported(tmp_path_factory.getbasetemp() / "imported")


def test_the_seed_as_printed(tmp_path: Path) -> None:
    """Every figure of the seed page, which the packaged readings must reproduce exactly."""
    found = document(tmp_path, SEED)
    assert [t["interactivity"] for t in found["targets"]] == [102, 160, 218]
    printed = {
        "throughput_per_gpu": ([4219.8, 2057.5, 1242.4], [1365.6, 712.0, 466.0]),
        "cost_per_mtok": ([0.153, 0.316, 0.524], [0.474, 0.910, 1.368]),
        "tokens_per_s_per_mw": ([1944588, 948145, 572556], [629294, 328096, 214753]),
        "concurrency": ([64, 16, 12], [63, 20, 5]),
    }
    for metric, sides in printed.items():
        for i, values in enumerate(sides):
            assert [t["readings"][i][metric] for t in found["targets"]] == values, metric
    assert {r["status"] for t in found["targets"] for r in t["readings"]} == {"published"}
    assert found["sources"][0]["source"].endswith(f"/compare-precision/{SEED}")
    fields = {d["field"]: (d["a"], d["b"]) for d in found["differences"]}
    assert fields["engine_version"] == ("0.5.14", "0.5.12")
    assert fields["kv_format"] == ("fp8_e4m3", "bf16")
    assert fields["gpus"] == ("2, 4", "4, 8")
    assert fields["concurrency"] == ("4 to 128", "4 to 64")


def test_every_published_page_reads_as_printed(tmp_path: Path) -> None:
    from isoline.store.packaged import published

    for page in published().pages:
        found = document(tmp_path, page.slug)
        keys = [side["key"] for side in found["sides"]]
        for i, target in enumerate(found["targets"]):
            for key, reading in zip(keys, target["readings"], strict=True):
                printed = page.sides[key][i]
                assert target["interactivity"] == printed.interactivity
                assert reading["throughput_per_gpu"] == printed.throughput
                assert reading["cost_per_mtok"] == printed.cost
                assert reading["tokens_per_s_per_mw"] == printed.tokens_per_mw
                assert reading["concurrency"] == printed.concurrency


def test_between_and_beyond_published_readings(tmp_path: Path) -> None:
    found = document(tmp_path, SEED, "--at", "130,300")
    between, beyond = (target["readings"][0] for target in found["targets"])
    assert (between["status"], between["basis"]) == ("interpolated", "published")
    assert 2057.5 < between["throughput_per_gpu"] < 4219.8
    before = document(tmp_path, SEED, "--at", "90")["targets"][0]["readings"][0]
    assert before["status"] == "outside"
    assert before["bound"]["edge"] == "first"
    assert beyond["status"] == "outside"
    assert beyond["bound"] == {"edge": "last", "interactivity": 218.0, "throughput_per_gpu": 1242.4}


def test_the_highest_speed_within_a_budget(tmp_path: Path) -> None:
    found = document(tmp_path, SEED, "--within", "0.316,0.4,0.01")
    exact, between, nowhere = found["within"]
    assert exact["interactivity"] == [pytest.approx(160, rel=1e-9), None]
    assert 160 < between["interactivity"][0] < 218
    assert between["interactivity"][1] is None
    assert nowhere["interactivity"] == [None, None]
    again = document(tmp_path, SEED, "--at", repr(between["interactivity"][0]))
    assert again["targets"][0]["readings"][0]["cost_per_mtok"] == pytest.approx(0.4, rel=1e-9)
    printed = isoline(tmp_path, "compare", SEED, "--within", "0.4").stdout
    assert "Within $0.4 per M tokens: FP4 up to" in printed


def test_a_price_recomputes_printed_costs_and_says_so(tmp_path: Path) -> None:
    found = document(tmp_path, SEED, "--at", "102", "--price", "b300=3.6")
    reading = found["targets"][0]["readings"][0]
    assert reading["cost_per_mtok"] == pytest.approx(3.6 / (4219.8 * 3600) * 1e6)
    assert reading["recomputed"] == ["cost_per_mtok"]
    assert "recomputed" in found["narrative"][1]
    assert (found["tier"], found["price"]) == ("custom", {"b300": 3.6})
    assert reading["tokens_per_s_per_mw"] == 1944588
    rental = document(tmp_path, SEED, "--at", "102", "--tier", "rental")
    assert rental["tier"] == "rental"
    assert rental["targets"][0]["readings"][0]["recomputed"] == ["cost_per_mtok"]


@needs_shared
@pytest.mark.parametrize("name", ["precision", "gpu", "spec-decode"])
def test_the_references_figures_from_imported_rows(imported: Path, name: str) -> None:
    """Import, store, selection and analysis together: the default view of each oracle page."""
    for page in oracle(f"compare-{name}"):
        default = page.get("default") or {"sequence": page["defaultSequence"], "precision": ""}
        groups = page.get("bySequence") or page["bySeqPrec"]
        if default["sequence"] is None:
            continue
        key = default["sequence"] + (f"|{default['precision']}" if name == "gpu" else "")
        expected = groups[key]
        if not any(row["a"] or row["b"] for row in expected["rows"]):
            continue
        found = document(imported, page["slug"], "--method", "pooled", "--dataset", "inferencex")
        assert found["sequence"] == default["sequence"]
        assert [t["interactivity"] for t in found["targets"]] == expected["defaultTargets"]
        assert found["range"] == expected["interactivityRange"]
        for target, row in zip(found["targets"], expected["rows"], strict=True):
            for reading, want in zip(target["readings"], (row["a"], row["b"]), strict=True):
                if want is None or want["clamped"]:
                    assert reading["status"] == "outside"
                    continue
                assert reading["throughput_per_gpu"] == pytest.approx(want["value"], rel=1e-9)
                assert reading["cost_per_mtok"] == pytest.approx(want["cost"], rel=1e-9)
                assert reading["tokens_per_s_per_mw"] == pytest.approx(want["tpPerMw"], rel=1e-9)
                assert reading["concurrency"] == want["concurrency"]


@needs_shared
def test_a_history_can_be_read_back_in_time(imported: Path) -> None:
    slug = "deepseek-r1-mi355x-fp4-vs-fp8"
    now = document(imported, slug, "--dataset", "inferencex-history")
    then = document(imported, slug, "--as-of", "2026-01-31")
    assert then["sources"][0]["dataset"] == "inferencex-history"
    assert any("As of 2026-01-31" in note for note in then["notes"])
    assert then["sources"][0]["last_date"] <= "2026-01-31" < now["sources"][0]["last_date"]


@needs_shared
def test_engines_are_compared_and_the_dataset_is_one(imported: Path) -> None:
    found = document(imported, "deepseek-r1-b200-fp8-sglang-vs-trt")
    assert found["kind"] == "engine"
    assert [side["key"] for side in found["sides"]] == ["sglang", "trt"]
    assert [source["dataset"] for source in found["sources"]] == ["inferencex"]
    reverse = document(imported, "deepseek-r1-b200-fp8-trt-vs-sglang")
    assert reverse["slug"] == found["slug"]


@pytest.mark.parametrize("output", ["table", "markdown", "csv"])
def test_output_to_the_byte(tmp_path: Path, output: str) -> None:
    golden = GOLDEN / f"seed.{ {'table': 'txt', 'markdown': 'md', 'csv': 'csv'}[output] }"
    printed = isoline(tmp_path, "compare", SEED, "--format", output).stdout
    if os.environ.get("ISOLINE_WRITE_GOLDEN"):
        golden.write_text(printed)
    assert printed == golden.read_text()


def test_csv_has_a_row_per_target_and_side_unrounded(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(isoline(tmp_path, "compare", SEED, "--format", "csv").stdout)))
    assert [(row["interactivity"], row["side"]) for row in rows][:2] == [("102.0", "FP4"), ("102.0", "BF16")]
    assert rows[0]["input_throughput_per_gpu"] == ""  # absent is not zero


def test_charts_are_written(tmp_path: Path) -> None:
    png, svg = tmp_path / "a.png", tmp_path / "b.svg"
    isoline(tmp_path, "compare", SEED, "--png", str(png), "--svg", str(svg), "--theme", "dark")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert "BF16" in svg.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["qwn-3-5-b300-fp4-vs-bf16"], 2, "qwen-3-5-b300-fp4-vs-bf16"),
        (["qwen-3-5-b300-fp4-vs-fp4"], 2, "fp4"),
        (["qwen-3-5-h100-fp4-vs-bf16"], 3, "qwen-3-5-b200-fp4-vs-bf16"),
        ([SEED, "--sequence", "8k/1k"], 3, "1k/1k"),
        ([SEED, "--dataset", "nothing"], 2, "published"),
        ([SEED, "--at", "0"], 2, "--at"),
        ([SEED, "--at", "nan"], 2, "--at"),
        ([SEED, "--at", ",".join(["1"] * 101)], 2, "100"),
        ([SEED, "--price", "b300=-1"], 2, "--price"),
        ([SEED, "--price", "b300"], 2, "b300=2.26"),
        ([SEED, "--price", "h100=2"], 2, "h100"),
        ([SEED, "--method", "median"], 2, "pooled"),
        ([SEED, "--sequence", "long"], 2, "8k/1k"),
        ([SEED, "--as-of", "yesterday"], 2, "2026-06-14"),
        ([SEED, "--png", "/nowhere/x.png"], 1, "/nowhere"),
        ([SEED, "--png", "x.txt"], 2, ".png"),
        ([SEED, "--precision", "fp8"], 2, "GPUs"),
        (["qwen-3-5-b200-vs-b300", "--precision", "fp3"], 2, "fp3"),
        ([SEED, "--as-of", "2020-01-01"], 3, "no data"),
        ([SEED, "--catalog", "/nowhere.toml"], 1, "/nowhere.toml"),
        (["x" * 10_000], 2, "256"),
    ],
)
def test_wrong_usage_says_what_to_do(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    ran = isoline(tmp_path, "compare", *arguments, code=code)
    assert words in ran.stderr


def test_other_slugs_are_suggested_only_where_there_is_no_data_at_all(tmp_path: Path) -> None:
    for narrowed in (["--sequence", "8k/1k"], ["--as-of", "2020-01-01"], ["--dataset", "hopper"]):
        said = isoline(tmp_path, "compare", SEED, *narrowed, code=3).stderr
        assert "there is 1k/1k (undated, dataset published)" in said
        assert "Did you mean" not in said
    assert (
        "dataset hopper"
        in isoline(tmp_path, "compare", "qwen-3-8b-h100-fp8-vs-bf16", "--as-of", "2020-01-01", code=3).stderr
    )


def test_reading_creates_nothing(tmp_path: Path) -> None:
    store = tmp_path / "store"
    assert "not there yet" in isoline(store, "info").stdout
    assert not store.exists()
    store.mkdir()
    for command in (["compare", SEED], ["list"], ["info"], ["quarantine"], ["store", "check"]):
        isoline(store, *command)
    assert list(store.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [["compare", SEED], ["list"], ["show", "abcd"], ["diff", "a", "b"], ["quarantine"], ["store", "check"],
     ["store", "reindex"]],
)  # fmt: skip
def test_a_store_that_is_named_must_be_there_to_be_read(tmp_path: Path, command: list[str]) -> None:
    absent = tmp_path / "absent"
    assert f"--store {absent}: there is" in isoline(tmp_path, *command, "--store", str(absent), code=1).stderr
    assert f"ISOLINE_STORE {absent}: there is" in isoline(absent, *command, code=1).stderr
    assert not absent.exists()


def test_numbers_are_never_cut_to_fit(tmp_path: Path) -> None:
    at = ",".join(str(x) for x in range(102, 218, 7))
    printed = isoline(tmp_path, "compare", SEED, "--at", at).stdout
    assert "…" not in printed
    assert max(map(len, printed.splitlines())) <= 80
    rows = list(
        csv.DictReader(io.StringIO(isoline(tmp_path, "compare", SEED, "--at", at, "--format", "csv").stdout))
    )
    for row in rows:
        digits = 10 if row["status"] == "published" else 3
        shown = float(f"{float(row['throughput_per_gpu']):.{digits}g}")
        assert f"{shown:,.10g}" in printed


@needs_shared
def test_datasets_mixed_on_purpose_count_a_point_once(imported: Path) -> None:
    slug = "deepseek-r1-b200-fp4-vs-fp8"
    alone = document(imported, slug, "--dataset", "inferencex")
    mixed = document(imported, slug, "--dataset", "inferencex,inferencex-history")
    assert any("counted once" in note for note in mixed["notes"])
    assert mixed["sides"][0]["points"] < 2 * alone["sides"][0]["points"]


def test_points_are_written_beside_the_comparison(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    ran = isoline(tmp_path, "compare", "qwen-3-8b-h100-fp8-vs-bf16", "--points", str(path))
    assert f"wrote {path}" in ran.stderr
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert {(row["side"], row["precision"]) for row in rows} == {("FP8", "fp8"), ("BF16", "bf16")}
    assert {row["workload_kind"] for row in rows} == {"uniform"}
    wrong = isoline(tmp_path, "compare", SEED, "--points", "points.txt", code=2)
    assert "--points points.txt does not end in .csv or .json" in wrong.stderr
    nowhere = isoline(tmp_path, "compare", SEED, "--points", str(tmp_path / "no/points.json"), code=1)
    assert "cannot write" in nowhere.stderr
