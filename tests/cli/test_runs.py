"""isoline show and isoline diff, on runs of a real store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from isoline.domain.point import Dataset, Point, Workload
from isoline.domain.recipe import Recipe
from isoline.store.store import Store
from tests.cli.process import isoline

RECIPE = Recipe("qwen-3-5", "b300", "vllm", "fp8", decode_gpus=4, prefill_gpus=4, engine_version="0.22.1")
POINT = Point(
    key="k",
    recipe=RECIPE,
    workload=Workload(1024, 512),
    interactivity=50.0,
    throughput=1500.0,
    output_throughput=500.0,
    input_throughput=None,
    concurrency=16,
    dataset="mine",
    metrics={"median_ttft": 0.25, "median_tpot": 0.02, "odd_metric": 7.0},
)
DETAILS = {
    "command": "isoline bench …",
    "valid": False,
    "reasons": ["client_lag"],
    "environment": {"cores": 8},
}


def keep(store: Path, *points: Point, kind: str = "bench", **details: object) -> str:
    return Store(store).write_run(
        Dataset("mine", "runs", source="isoline bench"), kind, points=points, details=DETAILS | details
    )


def test_a_run_as_text(tmp_path: Path) -> None:
    run = keep(tmp_path, POINT, replace(POINT, key="k2", concurrency=32, valid=False))
    shown = isoline(tmp_path, "show", run).stdout
    blocks = shown.split("\n\n")
    assert blocks[0].splitlines()[0] == f"bench {run}"
    assert blocks[1].split() == [
        *("recipe", "model", "qwen-3-5", "hardware", "b300", "engine", "vllm", "precision", "fp8"),
        *("spec_method", "none", "disaggregated", "no", "multinode", "no", "gpus", "4"),
        *("engine_version", "0.22.1"),
    ]
    assert [line.split(None, 1) for line in blocks[2].splitlines()[1:]] == [
        ["command", "isoline bench …"], ["valid", "no"], ["reasons", "client_lag"],
    ]  # fmt: skip
    table = [line.split() for line in blocks[4].splitlines()]
    assert table[1] == ["1024/512", "concurrency", "16", "50", "1,500", "500", "250", "20"]
    assert table[2][-1] == "INVALID"
    assert "odd_metric" not in shown
    assert "odd_metric" in isoline(tmp_path, "show", run, "--all").stdout


def test_why_a_run_is_invalid_is_told_in_words(tmp_path: Path) -> None:
    reasons = [
        {"code": "errors", "text": "30 of 60 requests failed", "advice": "read its log"},
        {"code": "streams", "text": "7.1 streams were in flight", "advice": "raise the number"},
    ]
    shown = isoline(tmp_path, "show", keep(tmp_path, POINT, reasons=reasons, hosts=[{"name": "a"}])).stdout
    lines = shown.splitlines()
    place = lines.index("  reasons  errors: 30 of 60 requests failed; read its log")
    assert lines[place + 1] == "           streams: 7.1 streams were in flight; raise the number"
    assert "  hosts  name a" in lines
    assert "{" not in shown


def test_the_difference_of_two_runs(tmp_path: Path) -> None:
    a = keep(tmp_path, POINT)
    newer = replace(RECIPE, engine_version="0.23.0")
    b = keep(tmp_path, replace(POINT, recipe=newer, interactivity=55.0, metrics={"median_ttft": 0.2}))
    shown = isoline(tmp_path, "diff", a, b).stdout
    lines = [line.split() for line in shown.splitlines()]
    assert ["engine_version", "0.22.1", "0.23.0"] in lines
    assert ["tok/s/user", "50", "55", "+10.0", "%"] in lines
    assert ["median", "ttft,", "ms", "250", "200", "−20.0", "%"] in lines
    assert ["median", "tpot,", "ms", "20", "—", "—"] in lines
    assert "may be noise" in shown
    document = json.loads(isoline(tmp_path, "diff", a, b, "--format", "json").stdout)
    assert document["fields"] == [{"field": "engine_version", "a": "0.22.1", "b": "0.23.0"}]
    assert document["loads"][0]["load"] == {"isl": 1024, "osl": 512, "concurrency": 16}
    figures = {f["name"]: f for f in document["loads"][0]["figures"]}
    absent = {"b": None, "interval": None, "change": None}
    assert figures["odd_metric"] == {"name": "odd_metric", "a": 7.0, **absent}
    assert document["loads"][0]["server_starts"] == {"a": 1, "b": 1}
    same = isoline(tmp_path, "diff", a, a).stdout
    assert "no field differs" in same


def test_a_difference_ends_with_where_it_moved(tmp_path: Path) -> None:
    """Sixteen streams trade speed for throughput; a run that nobody should believe is in no figure."""
    measured = {"a": {1: (100.0, 300.0), 16: (50.0, 1500.0)}, "b": {1: (100.2, 300.5), 16: (46.0, 1590.0)}}
    for name, loads in measured.items():
        for n, (speed, total) in loads.items():
            for repeat, factor in enumerate((0.995, 1.0, 1.005)):
                one = replace(POINT, key=f"{name}{n}r{repeat}", concurrency=n, repeat=repeat)
                one = replace(one, interactivity=speed * factor, throughput=total * factor)
                keep(tmp_path, one, sweep={"id": f"sweep-{name}"}, valid=True, reasons=[])
    bad = replace(POINT, key="bad", interactivity=9_000.0, repeat=3, valid=False)
    keep(tmp_path, bad, sweep={"id": "sweep-b"}, reasons=[{"code": "errors"}])
    shown = isoline(tmp_path, "diff", "sweep-a", "sweep-b").stdout
    assert shown.index("at 1024/512 concurrency 1 ") < shown.index("at 1024/512 concurrency 16 ")
    assert "concurrency 16 (mean of 3 and 3)" in shown
    assert "1 INVALID left out of b: 1 at 1024/512 concurrency 16." in shown
    assert "valid " not in shown
    assert [line[-1] for line in map(str.split, shown.splitlines()) if line[:1] == ["tok/s/user"]] == [
        "%",
        "*",
    ]
    assert max(map(len, shown.splitlines())) <= 100
    assert shown.split("\n\n")[-2:] == [
        "At 1 stream: no measurable difference in speed per user and in tok/s/GPU.",
        "At 16 streams: 8 % slower per user and 6 % more tok/s/GPU: a move along the frontier, not off it,\n"
        "cannot be excluded.\n",
    ]
    document = json.loads(isoline(tmp_path, "diff", "sweep-a", "sweep-b", "--format", "json").stdout)
    assert document["invalid_b"] == [{"load": {"isl": 1024, "osl": 512, "concurrency": 16}, "points": 1}]
    assert [load["moved"] for load in document["loads"]] == ["no measurable difference", "traded"]


def test_sweeps_are_listed_newest_first(tmp_path: Path) -> None:
    """A point that was spoiled and measured again is one valid point; an import is no sweep."""
    (tmp_path / "none").mkdir()
    assert "isoline bench" in isoline(tmp_path / "none", "runs", code=3).stderr
    target = {"url": "http://h:1", "model": "Q/q"}
    for name, day, slot, valid in (
        *(("p-1", "2026-03-01", "c16-r0", False), ("p-1", "2026-03-01", "c16-r0", True)),
        *(("p-1", "2026-03-01", "c32-r0", False), ("p-2", "2026-04-01", "c16-r0", True)),
    ):
        sweep = {"id": name, "slot": slot, "began": f"{day}T08:00:00+00:00"}
        one = replace(POINT, key=f"{name}/{slot}", valid=valid)
        keep(tmp_path, one, sweep=sweep, valid=valid, target=target, workload={"isl": 1024, "osl": 512})
    keep(tmp_path, POINT, kind="import")
    shown = isoline(tmp_path, "runs")
    rows = [line.split() for line in shown.stdout.splitlines()]
    recipe = ["qwen-3-5", "b300", "vllm", "0.22.1", "fp8", "4", "GPUs", "1024/512"]
    assert rows[1:] == [
        ["p-2", "2026-04-01", "08:00", *recipe, "1", "mine"],
        ["p-1", "2026-03-01", "08:00", *recipe, "1", "1", "mine"],
    ]
    assert "isoline diff p-1 p-2" in shown.stderr
    newer, older = json.loads(isoline(tmp_path, "runs", "--format", "json").stdout)
    assert (newer["sweep"], newer["points"]) == ("p-2", {"valid": 1, "invalid": 0})
    assert (older["target"], older["isl"], len(older["runs"])) == ("http://h:1", 1024, 3)
    assert older["recipe"]["precision"] == "fp8"


def test_a_run_is_found_by_folder_id_and_part_of_its_id(tmp_path: Path) -> None:
    run = keep(tmp_path / "store", POINT)
    folder = str(tmp_path / "store/runs" / run)
    elsewhere = tmp_path / "empty"
    elsewhere.mkdir()
    for store, text in ((elsewhere, folder), (tmp_path / "store", run), (tmp_path / "store", run[-8:])):
        assert json.loads(isoline(store, "show", text, "--format", "json").stdout)["run"] == run


def test_a_sweep_is_shown_as_one_run(tmp_path: Path) -> None:
    for n, slot in ((16, "c16"), (32, "c32")):
        keep(tmp_path, replace(POINT, key=slot, concurrency=n), sweep={"id": "plan-2026-03-01", "slot": slot})
    shown = isoline(tmp_path, "show", "plan-2026").stdout
    assert "2 run folders" in shown
    assert "concurrency 16" in shown
    assert "concurrency 32" in shown
    assert "slot" not in shown  # only what all its folders say alike


def test_unknown_and_ambiguous_runs_are_answered_with_ids(tmp_path: Path) -> None:
    a, b = keep(tmp_path, POINT), keep(tmp_path, POINT)
    common = next(a[:n] for n in range(len(a), 0, -1) if b.startswith(a[:n]))
    for text, code, words in (
        (common, 2, "part of the ids of 2 runs"),
        (a[:-3] + "zzz", 3, "there is no run"),
    ):
        said = isoline(tmp_path, "show", text, code=code).stderr
        assert words in said
        assert a in said
    assert "4 characters" in isoline(tmp_path, "show", a[-3:], code=2).stderr
    (tmp_path / "none").mkdir()
    nothing = isoline(tmp_path / "none", "show", "whatever", code=3).stderr
    assert "there is no run 'whatever'" in nothing


def test_a_damaged_folder_is_an_error_in_words(tmp_path: Path) -> None:
    run = keep(tmp_path, POINT)
    (tmp_path / "runs" / run / "points.parquet").write_bytes(b"PAR1")
    assert "points.parquet has 4 bytes" in isoline(tmp_path, "show", run, code=1).stderr


@pytest.mark.parametrize("kind", ["simulated"])
def test_simulated_runs_say_so(tmp_path: Path, kind: str) -> None:
    assert "SIMULATED" in isoline(tmp_path, "show", keep(tmp_path, POINT, kind=kind)).stdout
