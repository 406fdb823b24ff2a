"""How far the simulated engine is from measured points: public DeepSeek R1 rows of aggregated deployments.

python benchmarks/simulated.py [../shared/data/inferencex] [--all]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from isoline.domain.catalog import Catalog, load_catalog
from isoline.errors import UsageError
from isoline.numerics.engine.closed_loop import closed_loop
from isoline.numerics.engine.deployment import deploy
from isoline.numerics.order import quantile

Row = dict[str, Any]
NAMES = ("interactivity", "throughput", "ttft")


def rows(folder: Path) -> list[Row]:
    """The newest row of each configuration that is modelled: one replica, tensor parallel, no drafts."""
    found: dict[tuple[object, ...], Row] = {}
    for name in ("benchmarks-history.json", "benchmarks.json"):
        for row in json.loads((folder / name).read_text()):
            if row["model"] != "dsr1" or row["osl"] != 1024 or row["disagg"]:
                continue
            if row["spec_method"] != "none" or row["decode_dp_attention"]:
                continue
            kept = ("hardware", "framework", "precision", "decode_tp", "decode_ep", "isl", "conc")
            found[tuple(row[key] for key in kept)] = row
    return list(found.values())


def ratios(catalog: Catalog, row: Row) -> tuple[float, float, float]:
    """Simulated over measured: interactivity, throughput, TTFT."""
    tp, measured = row["decode_tp"], row["metrics"]
    d = deploy(catalog, "deepseek-r1", row["hardware"], row["precision"], tp)
    figures = closed_loop(d, row["isl"], row["osl"], row["conc"])
    total = (figures.input_rate + figures.output_rate) / tp
    return (
        1 / figures.tpot / measured["median_intvty"],
        total / measured["tput_per_gpu"],
        figures.ttft / measured["median_ttft"],
    )


def compared(catalog: Catalog, folder: Path) -> Iterator[tuple[Row, tuple[float, float, float]]]:
    """Rows that can be modelled, with their ratios."""
    for row in rows(folder):
        try:
            yield row, ratios(catalog, row)
        except UsageError as error:
            print(f"left out: {error}", file=sys.stderr)


def main(arguments: list[str]) -> None:
    """Print the median and the 10th and 90th percentile of each ratio."""
    folders = [word for word in arguments if not word.startswith("-")]
    found = list(compared(load_catalog(()), Path(folders[0] if folders else "../shared/data/inferencex")))
    if "--all" in arguments:
        for row, values in found:
            what = " ".join(str(row[key]) for key in ("hardware", "framework", "precision", "isl", "conc"))
            print(f"{what:36}", *(f"{value:6.2f}" for value in values))
    print(f"{len(found)} points, simulated / measured: median (10th to 90th percentile)")
    for index, name in enumerate(NAMES):
        ordered = sorted(values[index] for _, values in found)
        low, middle, high = (quantile(ordered, p) for p in (0.1, 0.5, 0.9))
        print(f"{name:14} {middle:.2f} ({low:.2f} to {high:.2f})")


if __name__ == "__main__":
    main(sys.argv[1:])
