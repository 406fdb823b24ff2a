"""How far a reading between two measured loads may be off, from the packaged points of 1k/1k on one GPU.

Each inner point of a frontier (repeats pooled) is left out, the curve is read at its speed through the others
and held against it. Steps are then about twice what they are; those that would be a wide gap, in which
nothing is claimed, are counted apart. Run as `python scripts/left_out.py`.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from measured_dataset import points

from isoline.analyse.line import Line
from isoline.analyse.read import is_wide
from isoline.analyse.repeats import pool_repeats
from isoline.domain.point import Point

LONGEST = 2048  # tokens in and out: leaves out 8k/1k


def errors(frontier: tuple[Point, ...]) -> tuple[list[float], list[float]]:
    """By how much the curve misses the point it lacks, relative: across narrow steps, and wide ones."""
    found: tuple[list[float], list[float]] = ([], [])
    for i, point in enumerate(frontier[1:-1], start=1):
        rest = frontier[:i] + frontier[i + 1 :]
        told = Line.through(rest, None, pooled=False).curve(point.interactivity)
        found[is_wide(frontier[i - 1], frontier[i + 1])].append(abs(told / point.throughput - 1))
    return found


def main() -> None:
    sides: dict[tuple[str, str], list[Point]] = defaultdict(list)
    for point in points():
        recipe = point.recipe
        if recipe.gpus == 1 and point.workload.isl + point.workload.osl <= LONGEST:
            sides[recipe.hardware, recipe.precision].append(point)
    claimed: list[float] = []
    wide: list[float] = []
    for (hardware, precision), measured in sorted(sides.items()):
        line = Line.of(pool_repeats(measured), None, pooled=False)
        if line is None:
            continue
        some, others = errors(line.points)
        print(f"{hardware} {precision}: {told(some)}; across what would be a wide gap {told(others)}")
        claimed += some
        wide += others
    print(f"all: {told(claimed)}; across what would be a wide gap {told(wide)}")


def told(found: list[float]) -> str:
    if not found:
        return "none"
    low, middle, high = (100 * of(found) for of in (min, median, max))
    return f"{len(found)}, off by {low:.1f} to {high:.1f} %, median {middle:.1f} %"


if __name__ == "__main__":
    main()
