"""What the sides of a comparison must have in common, so that there is something to compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from isoline.analyse.dimensions import side_of
from isoline.domain.point import Coverage

Bucket = tuple[int | None, int | None, str]
Place = tuple[str, Bucket]  # a dataset and one of its buckets: points of several are never compared


def bucket(kind: str, row: Coverage) -> Bucket:
    """Input and output tokens; between GPUs also the precision, which elsewhere is empty."""
    return (row.isl, row.osl, row.precision if kind == "gpu" else "")


def place(kind: str, row: Coverage) -> Place:
    """The bucket, of the dataset that holds the row."""
    return (row.dataset, bucket(kind, row))


def sides_of(rows: Iterable[Coverage], kind: str) -> dict[Place, set[str]]:
    """The compared values that each place has points of; `rows` are those of the sides."""
    found: dict[Place, set[str]] = {}
    for row in rows:
        found.setdefault(place(kind, row), set()).add(side_of(kind, row))
    return found


def on_both(rows: Iterable[Coverage], kind: str) -> list[Coverage]:
    """Those of `rows` whose place has points of both sides."""
    held = list(rows)
    sides = sides_of(held, kind)
    return [row for row in held if len(sides[place(kind, row)]) > 1]


def default_bucket(
    coverage: Iterable[Coverage], kind: str, sides: tuple[str, str], precision_rank: Callable[[str], int]
) -> Bucket | None:
    """The bucket that both sides cover best (feature map b.2); `None` where no row has both lengths.

    A variant is engine x spec decode x concurrency; the bucket with the most variants present on
    both sides wins, then the one with more variants in sum. Where the reference then takes the first
    it met, which depends on the order of rows, the less quantised precision (the larger
    `precision_rank`) and then the shorter sequence decide.
    """
    variants: dict[Bucket, tuple[set[tuple[object, ...]], set[tuple[object, ...]]]] = {}
    for row in coverage:
        side = side_of(kind, row)
        if row.isl is None or row.osl is None or side not in sides:
            continue
        both = variants.setdefault(bucket(kind, row), (set(), set()))
        both[sides.index(side)].add(_variant(row, kind))

    def rank(key: Bucket) -> tuple[float, ...]:
        a, b = variants[key]
        isl, osl, precision = key
        widest = precision_rank(precision) if precision else 0
        return (len(a & b), len(a) + len(b), widest, -(isl or 0), -(osl or 0))

    return max(variants, key=rank, default=None)


def _variant(row: Coverage, kind: str) -> tuple[object, ...]:
    # The compared dimension must not be part of what has to match.
    if kind == "spec-decode":
        return (row.engine, row.concurrency)
    if kind in ("engine", "version"):
        return (row.spec_method, row.concurrency)
    return (row.engine, row.spec_method, row.concurrency)
