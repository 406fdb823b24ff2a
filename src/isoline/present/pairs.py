"""Which comparisons the data can answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from isoline.analyse.dimensions import DIMENSIONS
from isoline.domain.catalog import Catalog
from isoline.domain.point import Coverage, Selection
from isoline.domain.sequence import sequence_name
from isoline.domain.slugs import build_slug
from isoline.errors import UsageError
from isoline.store.sources import Sources


@dataclass(frozen=True, slots=True)
class Pair:
    """A comparison with data on both sides; `sequences` are those both sides have."""

    kind: str
    slug: str
    model: str
    sequences: tuple[str, ...]
    points: tuple[int, int]
    datasets: tuple[str, ...]
    last_date: str | None


def comparable_pairs(data: Sources, catalog: Catalog, model: str | None = None) -> list[Pair]:
    """All pairs of sides that share a sequence, by kind, then slug."""
    rows = [row for row in data.coverage(Selection(model=model)) if row.isl is not None]
    pairs = [pair for kind in DIMENSIONS for pair in _pairs(kind, rows, catalog)]
    return sorted(pairs, key=lambda pair: (list(DIMENSIONS).index(pair.kind), pair.slug))


def _pairs(kind: str, rows: Iterable[Coverage], catalog: Catalog) -> Iterator[Pair]:
    attribute = DIMENSIONS[kind].attribute
    groups: dict[tuple[str, ...], dict[str, list[Coverage]]] = {}
    for row in rows:
        fixed = {
            "precision": (row.model, row.hardware),
            "gpu": (row.model,),
            "spec-decode": (row.model, row.hardware, row.precision),
            "engine": (row.model, row.hardware, row.precision),
        }[kind]
        groups.setdefault(fixed, {}).setdefault(getattr(row, attribute), []).append(row)
    for fixed, sides in groups.items():
        for a, b in combinations(sorted(sides), 2):
            pair = _pair(kind, fixed, (a, b), (sides[a], sides[b]), catalog)
            if pair is not None:
                yield pair


def _pair(
    kind: str,
    fixed: tuple[str, ...],
    sides: tuple[str, str],
    rows: tuple[list[Coverage], list[Coverage]],
    catalog: Catalog,
) -> Pair | None:
    if "unknown" in sides or (kind == "spec-decode" and "none" not in sides):
        return None
    # Two precisions of one GPU are compared per sequence; so are two GPUs at one precision.
    keys = [{(r.dataset, r.isl, r.osl, r.precision if kind == "gpu" else "") for r in side} for side in rows]
    shared = keys[0] & keys[1]
    if not shared:
        return None
    used = [
        [r for r in side if (r.dataset, r.isl, r.osl, r.precision if kind == "gpu" else "") in shared]
        for side in rows
    ]
    hardware = sides if kind == "gpu" else (fixed[1],)
    precision = fixed[2] if len(fixed) > 2 else None
    try:
        slug = build_slug(kind, fixed[0], hardware, precision, sides, catalog)
    except UsageError:
        return None  # a value the catalog has no word for
    if slug.sides != sides:
        used.reverse()
    return Pair(
        kind,
        slug.canonical,
        fixed[0],
        tuple(sorted({name for _, isl, osl, _ in shared if (name := sequence_name(isl, osl))})),
        (sum(r.points for r in used[0]), sum(r.points for r in used[1])),
        tuple(sorted({dataset for dataset, *_ in shared})),
        max((r.last_date for side in used for r in side if r.last_date), default=None),
    )
