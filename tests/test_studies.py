"""The study's table holds what its run folders say, and the data can be compared."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from isoline.store.packaged.measured import FOLDER

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "docs/studies/2026-precision-on-hopper.md"


# The tables of figures, and those of floors, in the study's order.
TABLES = [("h100", 1024, 1), ("h200", 1024, 1), ("h200", 1024, 2), ("h200", 8192, 1)]


def test_its_tables_hold_the_figures_of_the_runs() -> None:
    told = [
        {(cells[0].lower(), int(cells[1])): cells[2:6] for cells in rows}
        for rows in tables("| format | streams | tok/s/user |")
    ]
    runs: dict[tuple[str, int, int], dict[tuple[str, int], list[list[str]]]] = {}
    for folder in sorted((FOLDER / "runs").iterdir()):
        report = json.loads((folder / "report.json").read_text())
        command = json.loads((folder / "manifest.json").read_text())["details"]["command"]
        assert report["valid"]
        power = next(
            seen["metrics"]["avg_power_w"] for seen in report["telemetry"] if seen["source"] == "nvml"
        )
        precision, hardware = (
            command.partition(f"{key}=")[2].partition(",")[0] for key in ("precision", "hardware")
        )
        isl = int(command.partition("--isl ")[2].split()[0])
        tp = int(command.partition(",tp=")[2].partition(",")[0])
        runs.setdefault((hardware, isl, tp), {}).setdefault((precision, report["concurrency"]), []).append(
            [
                f"{report['interactivity']:.1f}",
                f"{report['throughput']['total'] / tp:,.0f}",
                f"{1e3 * report['ttft']['median']:.0f}",
                f"{power:.0f}",
            ]
        )
    assert dict(zip(TABLES, told, strict=True)) == {
        key: {
            load: [" · ".join(column) for column in zip(*rows, strict=True)] for load, rows in loads.items()
        }
        for key, loads in runs.items()
    }


def tables(head: str) -> list[list[list[str]]]:
    """The cells of every table of the study that begins with `head`."""
    found = []
    for block in STUDY.read_text().split("\n\n"):
        if block.startswith(head):
            lines = block.strip().splitlines()[2:]
            assert all(line.startswith("| ") and line.endswith(" |") for line in lines)
            found.append([[cell.strip() for cell in line.strip("|").split("|")] for line in lines])
    return found


def test_its_ratios_are_those_of_the_command(tmp_path: Path) -> None:
    h100, h200 = "80,90,100,110,120,130", "80,90,100,110,120,130,140,150,160,170"
    for first, second in (("FP4", "BF16"), ("FP8", "BF16"), ("FP4", "FP8")):
        for hardware, at in (("h100", h100), ("h200", h200)):
            slug = f"qwen-3-8b-{hardware}-{first}-vs-{second}".lower()
            told = [cell(target) for target in targets(tmp_path, slug, at)]
            assert f"| {first} ÷ {second} | {' | '.join(told)} |" in STUDY.read_text()
    for precision in ("BF16", "FP8", "FP4"):  # the slug's first side is the H100: the other way round
        at = "80,90,100,110,120,130,140,150,160"
        asked = targets(tmp_path, "qwen-3-8b-h100-vs-h200", at, "--precision", precision.lower())
        assert f"| {precision} | {' | '.join(cell(target, -1) for target in asked)} |" in STUDY.read_text()


def cell(target: dict[str, Any], power: int = 1) -> str:
    """A ratio with its interval, bold where somebody is named the winner."""
    if ratio(target) == "—":
        return "—"
    figure = f"**{ratio(target, power)}**" if target["winner"] else ratio(target, power)
    interval = target["ratios"]["intervals"]["metric"]
    low, high = sorted(interval[end] ** power for end in ("low", "high"))
    return f"{figure} [{low:.2f}–{high:.2f}]"


def targets(store: Path, slug: str, at: str, *more: str) -> list[dict[str, Any]]:
    """What `isoline compare` says at some targets, of packaged data alone and equal configurations."""
    command = [sys.executable, "-m", "isoline", "compare", slug, "--match", "all", "--at", at, *more]
    ran = subprocess.run(
        [*command, "--format", "json", "--store", str(store)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(ran.stdout)["targets"]
    return found


def ratio(target: dict[str, Any], power: int = 1) -> str:
    """As the study tells it, or a dash where the command claims none."""
    claimed = (target["ratios"] or {}).get("metric")
    return "—" if claimed is None else f"{claimed**power:.2f}×"


def test_its_floors_are_those_of_the_script() -> None:
    script = ROOT / "scripts/hopper_floors.py"
    printed = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True).stdout
    blocks = [block for block in printed.split("\n\n") if block.startswith("|")]
    assert len(blocks) == len(TABLES)
    assert all(block.strip() in STUDY.read_text() for block in blocks)
    shares = [
        int(share)
        for rows in tables("| format | streams | floor, ms a step |")
        for cells in rows
        for share in cells[-1].split("·")
    ]
    assert len(shares) == len(list((FOLDER / "runs").iterdir()))
    assert all(20 < share <= 105 for share in shares)  # above is a mistake in the measuring or the floor


def test_its_client_check_holds_what_the_two_clients_and_the_server_said() -> None:
    names = {
        "TTFT": ("mean_ttft_ms", "ttft", "time_to_first_token", 1),
        "TPOT": ("mean_tpot_ms", "tpot", "request_time_per_output_token", 3),
        "end to end": ("mean_e2el_ms", "e2e", "e2e_request_latency", 1),
    }
    for host, number, told, last in (
        ("h100", 1, "H100", "isoline-1-after"),
        ("h200", 1, "H200", "vllm-2-before"),
        ("h200", 2, "H200, again", None),  # nobody asked the server once it had ended
    ):
        folder = ROOT / "data/hopper/client-check" / host
        theirs = json.loads((folder / f"vllm-{number}.json").read_text())
        ours = json.loads((folder / f"isoline-{number}.json").read_text())["points"][0]
        for row, (key, own, counter, digits) in names.items():
            cells = [
                theirs[key],
                counted(folder, counter, f"vllm-{number}-before", f"vllm-{number}-after"),
                1e3 * ours[own]["mean"],
                counted(folder, counter, f"vllm-{number}-after", last) if last else None,
            ]
            written = ("—" if cell is None else f"{cell:,.{digits}f}" for cell in cells)
            assert f"| {row}, {told} | {' | '.join(written)} |" in STUDY.read_text()


def counted(folder: Path, counter: str, before: str, after: str) -> float:
    """Mean in milliseconds between two scrapes of vLLM's histogram."""
    text = [(folder / f"{name}.prom").read_text() for name in (before, after)]
    total, count = (
        float(re.search(rf"^vllm:{counter}_seconds_{part}\S* (\S+)$", text[1], re.M)[1])
        - float(re.search(rf"^vllm:{counter}_seconds_{part}\S* (\S+)$", text[0], re.M)[1])
        for part in ("sum", "count")
    )
    return 1e3 * total / count


def test_its_data_answers_a_comparison(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "isoline", "compare", "qwen-3-8b-h100-fp4-vs-bf16", "--format", "json"]
    ran = subprocess.run(
        [*command, "--at", "145.34,116.7", "--store", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(ran.stdout)
    assert [side["points"] for side in document["sides"]] == [7, 7]
    assert {source["dataset"] for source in document["sources"]} == {"hopper"}


def test_its_ratios_at_long_prompts_are_those_of_the_command(tmp_path: Path) -> None:
    long = ("--sequence", "8k/1k")
    fp8 = [ratio(t) for t in targets(tmp_path, "qwen-3-8b-h200-fp8-vs-bf16", "59.2,90.5", *long)]
    fp4 = [ratio(t) for t in targets(tmp_path, "qwen-3-8b-h200-fp4-vs-bf16", "68.4", *long)]
    text = STUDY.read_text().replace("\n", " ")
    assert f"FP8 ÷ BF16 is {fp8[0]} at 59.2 tok/s/user and {fp8[1]} at 90.5" in text
    assert f"FP4 ÷ BF16 {fp4[0]} at 68.4" in text


def test_its_figures_of_two_gpus_are_those_of_the_command(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "isoline", "diff", "0b6eea6856d3", "9c68acd72bbf", "--format", "json"]
    ran = subprocess.run([*command, "--store", str(tmp_path)], capture_output=True, text=True, check=True)
    (found,) = json.loads(ran.stdout)["same_speed"]
    words = {True: "more", False: "less"}
    told = [
        f"{abs(100 * one['change']):.1f} % {words[one['change'] > 0]} at {one['interactivity']:.1f}"
        for one in found["at"]
    ]
    text = STUDY.read_text().replace("\n  ", "")
    assert f"{told[0]} tok/s/user, {told[1]} and {told[2]}" in text


def test_its_tables_are_those_the_script_writes() -> None:
    ran = subprocess.run([sys.executable, str(ROOT / "scripts/study_tables.py"), "--check"], check=False)
    assert ran.returncode == 0
