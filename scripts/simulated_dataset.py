"""Writes the packaged dataset of the simulated engine: `python scripts/simulated_dataset.py`.

Deterministic: the same formulas and catalog give the same bytes. A test runs it again and compares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from isoline.domain.catalog import Catalog, load_catalog
from isoline.domain.point import Point
from isoline.numerics.engine.deployment import deploy
from isoline.numerics.engine.points import simulated_points
from isoline.numerics.engine.speculation import NO_DRAFTS, Speculation
from isoline.store.packaged.simulated import FILE, packed

TARGET = Path(__file__).parents[1] / "src/isoline/store/packaged" / FILE
ABOUT = (
    "Operating points of Isoline's simulated engine: computed, not measured. "
    "docs/simulated.md says from what, and how far such points are from measured ones."
)
SOURCE = "Isoline's simulated engine (scripts/simulated_dataset.py)"
# Lengths, and loads close enough that no reading bridges a wide gap.
WORKLOADS = {
    (1024, 1024): (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256),
    (8192, 1024): (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64),
}

# An MTP module drafts three tokens, an EAGLE head four; how many are accepted is assumed.
MTP = Speculation("mtp", 3, 0.7)
HEAD = Speculation("draft_model", 4, 0.6)

# model, hardware, GPUs of a replica, precisions, drafts besides none
DEPLOYMENTS: tuple[tuple[str, str, int, tuple[str, ...], Speculation | None], ...] = (
    ("deepseek-r1", "b300", 8, ("fp4", "fp8"), MTP),
    ("deepseek-r1", "mi355x", 8, ("fp4", "fp8"), MTP),
    ("deepseek-r1", "h200", 8, ("fp8",), MTP),
    ("gptoss-120b", "b300", 1, ("fp4",), None),
    ("gptoss-120b", "mi355x", 1, ("fp4",), None),
    ("gptoss-120b", "h100", 2, ("fp4",), None),
    ("llama-3-3-70b", "b300", 2, ("fp4", "fp8", "bf16"), HEAD),
    ("llama-3-3-70b", "mi355x", 2, ("fp4", "fp8", "bf16"), None),
    ("llama-3-3-70b", "h200", 4, ("fp8", "bf16"), HEAD),
    ("llama-3-3-70b", "h100", 4, ("fp8", "bf16"), None),
    ("qwen-3-8b", "b300", 1, ("fp4", "fp8", "bf16"), None),
    ("qwen-3-8b", "h100", 1, ("fp8", "bf16"), HEAD),
    ("qwen-3-235b-a22b", "b300", 4, ("fp4", "fp8"), None),
    ("qwen-3-235b-a22b", "h200", 8, ("fp8",), None),
)


def points(catalog: Catalog) -> Iterator[Point]:
    """Every point of the dataset, in order."""
    for model, hardware, tp, precisions, drafts in DEPLOYMENTS:
        for precision in precisions:
            for speculation in (NO_DRAFTS, *([drafts] if drafts else [])):
                d = deploy(catalog, model, hardware, precision, tp, speculation=speculation)
                for (isl, osl), loads in WORKLOADS.items():
                    yield from simulated_points(d, isl, osl, loads)


def document() -> bytes:
    """The file's bytes: one series a line."""
    whole = packed(ABOUT, SOURCE, points(load_catalog(())))
    head = msgspec.json.encode({"about": whole.about, "source": whole.source, "columns": whole.columns})
    lines = b",\n".join(msgspec.json.encode(series) for series in whole.series)
    return head[:-1] + b',"series":[\n' + lines + b"\n]}\n"


if __name__ == "__main__":
    TARGET.write_bytes(document())
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")
