"""Writes the tables of the study on Hopper anew from the packaged data: `python scripts/study_tables.py`.

With `--check` it writes nothing and fails where they differ. A comment before a table says what it holds:
`figures` and `floors` of a GPU, sequence and tensor parallelism; `precisions` of a GPU and sequence; `gpus`,
the H200 over the H100. The last two keep the targets of their head. Sentences are written by hand;
tests/test_studies.py holds some of their figures to the data.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from hopper_floors import ROOT, WEIGHT_BYTES, Place, where
from hopper_floors import tables as floor_tables

from isoline.store.packaged.measured import FOLDER

STUDY = ROOT / "docs/studies/2026-precision-on-hopper.md"
TABLE = re.compile(r"<!-- (?P<words>.+) -->\n\n(?P<table>(?:\|.*\n)+)")
PAIRS = (("fp4", "bf16"), ("fp8", "bf16"), ("fp4", "fp8"))
FIGURES = """\
| format | streams | tok/s/user | tok/s/GPU, total | TTFT, ms, median | GPU power, W |
|---|---|---|---|---|---|
"""


def written(text: str) -> str:
    """The study with its tables as the data has them now."""

    def table(found: re.Match[str]) -> str:
        kind, *words = found["words"].split()
        head, rule, *_ = found["table"].splitlines()
        made = {"figures": figures, "floors": floors}.get(kind)
        if made is not None:
            return f"<!-- {found['words']} -->\n\n{made(*words)}\n"
        rows = {"precisions": precisions, "gpus": gpus}[kind](targets_of(head), *words)
        return "\n".join((f"<!-- {found['words']} -->\n", head, rule, *rows)) + "\n"

    return TABLE.sub(table, text)


def figures(hardware: str, lengths: str, tp: str) -> str:
    """One row a load, one figure a server start."""
    rows: dict[Place, list[tuple[str, ...]]] = defaultdict(list)
    for folder in sorted((FOLDER / "runs").iterdir()):
        report = json.loads((folder / "report.json").read_text())
        place = where(report, json.loads((folder / "manifest.json").read_text())["details"])
        if place[:4] != table_of(hardware, lengths, tp):
            continue
        power = next(s["metrics"]["avg_power_w"] for s in report["telemetry"] if s["source"] == "nvml")
        rows[place].append(
            (
                f"{report['interactivity']:.1f}",
                f"{report['throughput']['total'] / place.tp:,.0f}",
                f"{1e3 * report['ttft']['median']:.0f}",
                f"{power:.0f}",
            )
        )
    order = list(WEIGHT_BYTES)
    return FIGURES + "\n".join(
        row(
            place.precision.upper(),
            str(place.streams),
            *(" · ".join(column) for column in zip(*starts, strict=True)),
        )
        for place, starts in sorted(rows.items(), key=lambda item: (order.index(item[0].precision), item[0]))
    )


def table_of(hardware: str, lengths: str, tp: str) -> tuple[str, int, int, int]:
    isl, osl = lengths.split("/")
    return hardware, int(isl), int(osl), int(tp.removeprefix("tp"))


def floors(hardware: str, lengths: str, tp: str) -> str:
    return floor_tables()[table_of(hardware, lengths, tp)]


def precisions(targets: str, hardware: str, *sequence: str) -> Iterable[str]:
    """One row for each two formats: the first over the second."""
    for first, second in PAIRS:
        asked = ("--sequence", *sequence) if sequence else ()
        found = compared(f"qwen-3-8b-{hardware}-{first}-vs-{second}", targets, *asked)
        yield row(f"{first} ÷ {second}".upper(), *map(cell, found))


def gpus(targets: str, *sequence: str) -> Iterable[str]:
    """One row for each format; the slug's first side is the H100: the other way round."""
    for precision in WEIGHT_BYTES:
        asked = ("--sequence", *sequence) if sequence else ()
        found = compared("qwen-3-8b-h100-vs-h200", targets, "--precision", precision, *asked)
        yield row(precision.upper(), *(cell(target, -1) for target in found))


def targets_of(head: str) -> str:
    """`| | 80 tok/s/user | 90 |` → `80,90`"""
    return ",".join(re.findall(r"[\d.]+", head))


def compared(slug: str, targets: str, *more: str) -> list[dict[str, Any]]:
    """What `isoline compare` says at these targets, of packaged data alone and with equal topologies:
    tensor parallelism was not measured of all formats.
    """
    with tempfile.TemporaryDirectory() as store:
        command = [sys.executable, "-m", "isoline", "compare", slug, "--match", "all", "--at", targets]
        ran = subprocess.run(
            [*command, "--format", "json", "--store", store, *more],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: list[dict[str, Any]] = json.loads(ran.stdout)["targets"]
    return found


def cell(target: dict[str, Any], power: int = 1) -> str:
    """A ratio with its interval, bold where a winner is named; a dash where none is claimed."""
    ratios = target["ratios"] or {}
    if ratios.get("metric") is None:
        return "—"
    figure = f"{ratios['metric'] ** power:.2f}×"
    interval = (ratios.get("intervals") or {}).get("metric")
    if interval is None:
        return figure
    ends = sorted(interval[end] ** power for end in ("low", "high"))
    return f"{f'**{figure}**' if target['winner'] else figure} [{ends[0]:.2f}–{ends[1]:.2f}]"


def row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    now = written(STUDY.read_text())
    if sys.argv[1:] == ["--check"]:
        sys.exit(now != STUDY.read_text())
    STUDY.write_text(now)
