"""The study's table holds what its run folders say, and the data can be compared."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from isoline.store.packaged.measured import FOLDER

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "docs/studies/2026-precision-on-hopper.md"


def test_the_table_holds_the_figures_of_the_runs() -> None:
    told = {
        (cells[0].lower(), int(cells[1])): cells[2:6]
        for line in STUDY.read_text().splitlines()
        if line.startswith("| ") and len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 6
        if cells[1].isdigit()
    }
    runs: dict[tuple[str, int], list[list[str]]] = {}
    for folder in sorted((FOLDER / "runs").iterdir()):
        report = json.loads((folder / "report.json").read_text())
        command = json.loads((folder / "manifest.json").read_text())["details"]["command"]
        assert report["valid"]
        power = next(
            seen["metrics"]["avg_power_w"] for seen in report["telemetry"] if seen["source"] == "nvml"
        )
        precision = command.partition("precision=")[2].partition(",")[0]
        runs.setdefault((precision, report["concurrency"]), []).append(
            [
                f"{report['interactivity']:.1f}",
                f"{report['throughput']['total']:,.0f}",
                f"{1e3 * report['ttft']['median']:.0f}",
                f"{power:.0f}",
            ]
        )
    assert told == {
        key: [" · ".join(column) for column in zip(*rows, strict=True)] for key, rows in runs.items()
    }


def test_its_ratios_are_those_of_the_command(tmp_path: Path) -> None:
    for first, second in (("FP4", "BF16"), ("FP8", "BF16"), ("FP4", "FP8")):
        slug = f"qwen-3-8b-h100-{first}-vs-{second}".lower()
        command = [sys.executable, "-m", "isoline", "compare", slug, "--at", "90,100,110"]
        ran = subprocess.run(
            [*command, "--format", "json", "--store", str(tmp_path)],
            capture_output=True,
            text=True,
            check=True,
        )
        told = []
        for target in json.loads(ran.stdout)["targets"]:
            interval = target["ratios"]["intervals"]["metric"]
            ends = f"{interval['low']:.2f}–{interval['high']:.2f}"
            told.append(f"{target['ratios']['metric']:.2f}× [{ends}]")
        assert f"| {first} ÷ {second} | {' | '.join(told)} |" in STUDY.read_text()


def test_its_data_answers_a_comparison(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "isoline", "compare", "qwen-3-8b-h100-fp4-vs-bf16", "--format", "json"]
    ran = subprocess.run(
        [*command, "--at", "145.34,116.7", "--store", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    document = json.loads(ran.stdout)
    assert [side["points"] for side in document["sides"]] == [5, 5]
    assert {source["dataset"] for source in document["sources"]} == {"hopper"}
