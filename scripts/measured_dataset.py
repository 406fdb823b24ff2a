"""Writes the points of the packaged run folders into one file: `python scripts/measured_dataset.py`.

Deterministic: the same run folders give the same bytes. A test runs it again and compares.
"""

from __future__ import annotations

from collections.abc import Iterator

from isoline.domain.point import Dataset, Point
from isoline.store.find_run import find_run
from isoline.store.packaged.measured import FILE, FOLDER, packed

ABOUT = (
    "Measured with isoline bench: Qwen3-8B dimensions in BF16, FP8 and FP4, vLLM on H100 and H200. "
    "Random weights: speed is real, answers are not. docs/studies/2026-precision-on-hopper.md says how."
)


def points() -> Iterator[Point]:
    """Every point of the run folders, in the order of their ids."""
    for folder in sorted((FOLDER / "runs").iterdir()):
        yield from find_run(FOLDER, str(folder)).points


def text() -> str:
    """What the file holds."""
    found = list(points())
    captured = max(point.date for point in found if point.date is not None)
    return packed(ABOUT, Dataset("hopper", "study", "latest-run", "isoline bench, packaged", captured), found)


if __name__ == "__main__":
    FILE.write_text(text())
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")
