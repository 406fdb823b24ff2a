"""What a comparison reads when nothing was asked for: sequence, precision, targets (feature map b.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil, floor

from isoline.analyse.dimensions import ATTRIBUTES
from isoline.domain.point import Coverage
from isoline.domain.sequence import parse_sequence, sequence_name

Bucket = tuple[str, str]  # sequence name, precision ("" where the precision is what is compared)


def default_bucket(
    coverage: Iterable[Coverage], kind: str, sides: tuple[str, str], precision_rank: Callable[[str], int]
) -> Bucket | None:
    """The sequence (and, between GPUs, the precision) that both sides cover best.

    A variant is engine x spec decode x concurrency; the bucket with the most variants present on
    both sides wins, then the one with more variants in sum. Where the reference then takes the first
    it met, which depends on the order of rows, the less quantised precision (the larger
    `precision_rank`) and then the shorter sequence decide.
    """
    variants: dict[Bucket, tuple[set[tuple[object, ...]], set[tuple[object, ...]]]] = {}
    for row in coverage:
        sequence = sequence_name(row.isl, row.osl)
        side = getattr(row, ATTRIBUTES[kind])
        if sequence is None or side not in sides:
            continue
        bucket = (sequence, row.precision if kind == "gpu" else "")
        both = variants.setdefault(bucket, (set(), set()))
        both[sides.index(side)].add(_variant(row, kind))
    if not variants:
        return None

    def rank(bucket: Bucket) -> tuple[float, ...]:
        a, b = variants[bucket]
        isl, osl = parse_sequence(bucket[0])
        return (len(a & b), len(a) + len(b), precision_rank(bucket[1]) if bucket[1] else 0, -isl, -osl)

    return max(variants, key=rank)


def _variant(row: Coverage, kind: str) -> tuple[object, ...]:
    # The compared dimension must not be part of what has to match.
    if kind == "spec-decode":
        return (row.engine, row.concurrency)
    if kind == "engine":
        return (row.spec_method, row.concurrency)
    return (row.engine, row.spec_method, row.concurrency)


def common_range(a: tuple[float, float] | None, b: tuple[float, float] | None) -> tuple[float, float] | None:
    """Overlap of two interactivity ranges; without a real overlap their union; of one side its own."""
    if a is None or b is None:
        return a or b
    low, high = max(a[0], b[0]), min(a[1], b[1])
    if low < high:
        return (low, high)
    return (min(a[0], b[0]), max(a[1], b[1]))


def default_targets(span: tuple[float, float] | None) -> tuple[float, ...]:
    """Targets at a quarter, a half and three quarters of the range, rounded half up, without repeats."""
    if span is None:
        return ()
    low, high = span
    fractions = (0.25, 0.5, 0.75) if high > low else (0.0,)
    rounded = [float(floor(low + (high - low) * f + 0.5)) for f in fractions]
    return tuple(dict.fromkeys(t for t in rounded if t > 0))


def shown_range(span: tuple[float, float]) -> tuple[float, float]:
    """The range in whole tok/s/user: ceil(min) ... floor(max), or the range itself if that is empty."""
    low, high = float(ceil(span[0])), float(floor(span[1]))
    return (low, high) if low <= high else span


def measured_range(interactivities: Sequence[float]) -> tuple[float, float] | None:
    """Lowest and highest interactivity of a side's points, tok/s/user."""
    return (min(interactivities), max(interactivities)) if interactivities else None
