"""Which comparisons the data can answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations, islice

from isoline import errors
from isoline.analyse.dimensions import DIMENSIONS, UNKNOWN, side_of
from isoline.ask.buckets import Place, place
from isoline.ask.preference import is_own, is_simulated, preference, without_stand_ins
from isoline.domain.catalog import Catalog
from isoline.domain.point import Coverage, Dataset, Selection
from isoline.domain.sequence import sequence_name
from isoline.domain.slugs import build_slug, by_number
from isoline.store.sources import Sources


@dataclass(frozen=True, slots=True)
class Pair:
    """A comparison with data on both sides.

    `datasets` are those that serve both, the preferred one first: `sequences` (that both sides
    have), `points` and `last_date` are of that one.
    """

    kind: str
    slug: str
    model: str
    sequences: tuple[str, ...]
    points: tuple[int, int]
    datasets: tuple[str, ...]
    last_date: str | None
    own: bool  # measured by Isoline, with its records
    simulated: bool  # nothing about it is measured or published


def comparable_pairs(data: Sources, catalog: Catalog, model: str | None = None) -> list[Pair]:
    """All pairs of sides that share a sequence, by kind, then slug; those only simulated come last."""
    datasets = {dataset.name: dataset for dataset in data.datasets()}
    pairs: list[Pair] = []
    for versions in (False, True):
        rows = data.coverage(Selection(model=model), versions=versions)
        known = [row for row in rows if row.isl is not None]
        for kind in DIMENSIONS:
            if (kind == "version") == versions:
                pairs += _pairs(kind, known, catalog, datasets)
    kinds = list(DIMENSIONS)
    return sorted(pairs, key=lambda pair: (kinds.index(pair.kind), pair.simulated, pair.slug))


def closest(text: str, catalog: Catalog, data: Sources) -> tuple[str, ...]:
    """Slugs with data on both sides that look like `text`."""
    return errors.closest(text, [pair.slug for pair in comparable_pairs(data, catalog)])


def _pairs(
    kind: str, rows: Iterable[Coverage], catalog: Catalog, datasets: Mapping[str, Dataset]
) -> Iterator[Pair]:
    groups: dict[tuple[str, ...], dict[str, list[Coverage]]] = {}
    for row in rows:
        fixed = {
            "precision": (row.model, row.hardware),
            "gpu": (row.model,),
            "spec-decode": (row.model, row.hardware, row.precision),
            "engine": (row.model, row.hardware, row.precision),
            "gpu-precision": (row.model,),
            "version": (row.model, row.hardware, row.precision),
        }[kind]
        groups.setdefault(fixed, {}).setdefault(side_of(kind, row), []).append(row)
    for fixed, sides in groups.items():
        found = partial(_pair, kind, fixed, catalog=catalog, datasets=datasets)
        if kind == "version":
            yield from _neighbours(sides, found)
            continue
        for a, b in combinations(sorted(sides), 2):
            if kind == "gpu-precision" and not _crossed(sides[a][0], sides[b][0]):
                continue
            pair = found((a, b), (sides[a], sides[b]))
            if pair is not None:
                yield pair


def _neighbours(sides: Mapping[str, list[Coverage]], found: Callable[..., Pair | None]) -> Iterator[Pair]:
    """Each version of an engine and the newest one before it that was measured alike: all pairs of many
    versions, and those of two engines, can be asked for, but would hide what is asked.
    """
    engines: dict[str, list[str]] = {}
    for side in sorted(sides, key=by_number):
        engines.setdefault(sides[side][0].engine, []).append(side)
    for versions in engines.values():
        for count, newer in enumerate(versions):
            before = (found((older, newer), (sides[older], sides[newer])) for older in versions[:count][::-1])
            yield from islice((pair for pair in before if pair is not None), 1)


def _crossed(a: Coverage, b: Coverage) -> bool:
    """Whether both GPU and precision differ: all else is a comparison of one of them."""
    return a.hardware != b.hardware and a.precision != b.precision


def _pair(
    kind: str,
    fixed: tuple[str, ...],
    sides: tuple[str, str],
    rows: tuple[list[Coverage], list[Coverage]],
    catalog: Catalog,
    datasets: Mapping[str, Dataset],
) -> Pair | None:
    if any(UNKNOWN in side for side in sides) or (kind == "spec-decode" and "none" not in sides):
        return None
    real = set(without_stand_ins((row for side in rows for row in side), datasets))
    rows = ([row for row in rows[0] if row in real], [row for row in rows[1] if row in real])
    held = [_by_place(kind, side) for side in rows]
    shared = held[0].keys() & held[1].keys()
    if not shared:
        return None
    serving = sorted({dataset for dataset, _ in shared}, key=lambda name: preference(name, datasets))
    shared = {key for key in shared if key[0] == serving[0]}
    used = [[row for key in shared for row in side[key]] for side in held]
    hardware = fixed[1:2] or sides
    precision = fixed[2] if len(fixed) > 2 else None
    try:
        slug = build_slug(kind, fixed[0], hardware, precision, sides, catalog)
    except errors.UsageError:
        return None  # a value the catalog has no word for
    if slug.sides != sides:
        used.reverse()
    return Pair(
        kind,
        slug.canonical,
        fixed[0],
        tuple(sorted({name for _, (isl, osl, _) in shared if (name := sequence_name(isl, osl))})),
        (sum(r.points for r in used[0]), sum(r.points for r in used[1])),
        tuple(serving),
        max((r.last_date for side in used for r in side if r.last_date), default=None),
        is_own(serving[0], datasets),
        is_simulated(serving[0], datasets),
    )


def _by_place(kind: str, rows: Iterable[Coverage]) -> dict[Place, list[Coverage]]:
    found: dict[Place, list[Coverage]] = {}
    for row in rows:
        found.setdefault(place(kind, row), []).append(row)
    return found
