"""What the sides of a comparison must have in common, so that there is something to compare."""

from __future__ import annotations

from collections.abc import Iterable

from isoline.analyse.dimensions import ATTRIBUTES
from isoline.domain.point import Coverage

Bucket = tuple[str, int | None, int | None, str]


def bucket(kind: str, row: Coverage) -> Bucket:
    """Dataset, input and output tokens; between GPUs also the precision."""
    return (row.dataset, row.isl, row.osl, row.precision if kind == "gpu" else "")


def sides_of(rows: Iterable[Coverage], kind: str) -> dict[Bucket, set[str]]:
    """The compared values that each bucket has points of; `rows` are those of the sides."""
    found: dict[Bucket, set[str]] = {}
    for row in rows:
        found.setdefault(bucket(kind, row), set()).add(getattr(row, ATTRIBUTES[kind]))
    return found


def on_both(rows: Iterable[Coverage], kind: str) -> list[Coverage]:
    """Those of `rows` whose bucket has points of both sides."""
    held = list(rows)
    sides = sides_of(held, kind)
    return [row for row in held if len(sides[bucket(kind, row)]) > 1]
