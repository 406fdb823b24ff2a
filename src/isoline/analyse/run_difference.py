"""The difference of two runs: fields first, then figures at the loads that both have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from isoline.domain.point import Point
from isoline.domain.recipe import RECIPE_FIELDS
from isoline.domain.run import StoredRun

# Figures of every point, before its metrics.
FIGURES = ("interactivity", "throughput", "output_throughput", "input_throughput")
# What differs between any two runs and says nothing about either.
_OWN = ("locations", "sweep.id", "sweep.began", "sweep.slot", "sweep.position")


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field and what the runs say; `None` where one does not say it."""

    field: str
    a: object
    b: object


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure at one load, in the unit of its metric; `change` is b / a - 1."""

    name: str
    a: float | None
    b: float | None

    @property
    def change(self) -> float | None:
        if self.a is None or self.b is None or self.a == 0:
            return None
        return self.b / self.a - 1


@dataclass(frozen=True, slots=True)
class LoadDifference:
    """Both runs at one load (fields and their values), the median of each run's repeats."""

    load: tuple[tuple[str, object], ...]
    repeats: tuple[int, int]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class RunDifference:
    """`only` are the loads that one of the runs lacks, in words of the load's fields."""

    fields: tuple[FieldDifference, ...]
    loads: tuple[LoadDifference, ...]
    only: tuple[tuple[tuple[tuple[str, object], ...], ...], tuple[tuple[tuple[str, object], ...], ...]]


Load = tuple[tuple[str, object], ...]


def run_difference(a: StoredRun, b: StoredRun) -> RunDifference:
    """What differs from `a` to `b`. Points are matched by workload, load and by the recipe fields
    that vary within a run; recipe fields that are one value in each are differences of the runs.
    """
    varying = _varying(a.points) | _varying(b.points)
    left, right = _by_load(a.points, varying), _by_load(b.points, varying)
    shared = [load for load in left if load in right]
    return RunDifference(
        fields=tuple(_fields(a, b, varying)),
        loads=tuple(
            LoadDifference(
                load, (len(left[load]), len(right[load])), tuple(_figures(left[load], right[load]))
            )
            for load in shared
        ),
        only=(
            tuple(load for load in left if load not in right),
            tuple(load for load in right if load not in left),
        ),
    )


def flatten(document: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """`{"a": {"b": 1}}` -> `("a.b", 1)`; arrays are values."""
    for key, value in document.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from flatten(value, f"{name}.")
        else:
            yield name, value


def recipe_fields(run: StoredRun) -> dict[str, object]:
    """Recipe fields that are one known value in all points of a run; of an aggregated one `tp`, `gpus` …"""
    recipes = [*(p.recipe for p in run.points), *(e.recipe for e in run.evaluations)]
    if not recipes:
        return {}
    values = {name: {getattr(recipe, name) for recipe in recipes} for name in RECIPE_FIELDS}
    single = {name: next(iter(held)) for name, held in values.items() if len(held) == 1}
    known = {name: value for name, value in single.items() if value is not None}
    return known if known.get("disaggregated") else _one_role(known)


def _one_role(known: dict[str, object]) -> dict[str, object]:
    """`prefill_tp` and `decode_tp` that are alike are one `tp`: there is but one role."""
    merged: dict[str, object] = {}
    for name, value in known.items():
        role, _, rest = name.partition("_")
        other = {"prefill": "decode", "decode": "prefill"}.get(role)
        alike = other is not None and known.get(f"{other}_{rest}") == value
        merged[rest if alike else name] = value
    return merged


def described(run: StoredRun) -> dict[str, object]:
    """Every field of a run by name: its recipe, then what its writer said."""
    own = {"kind": run.kind, "dataset": run.dataset.name, "isoline_version": run.isoline_version}
    return {**recipe_fields(run), **own, **dict(flatten(run.details))}


def load_of(point: Point) -> Load:
    """Workload and load of a point; what it lacks is left out."""
    w = point.workload
    fields = {
        "isl": w.isl, "osl": w.osl, "workload": None if w.kind == "fixed" else w.kind,
        "concurrency": point.concurrency, "request_rate": point.request_rate,
    }  # fmt: skip
    return tuple((name, value) for name, value in fields.items() if value is not None)


def _varying(points: Sequence[Point]) -> set[str]:
    return {name for name in RECIPE_FIELDS if len({getattr(p.recipe, name) for p in points}) > 1}


def _by_load(points: Sequence[Point], varying: set[str]) -> dict[Load, list[Point]]:
    groups: dict[Load, list[Point]] = {}
    for point in points:
        recipe = [(name, getattr(point.recipe, name)) for name in RECIPE_FIELDS if name in varying]
        known = tuple((name, value) for name, value in recipe if value is not None)
        groups.setdefault((*known, *load_of(point)), []).append(point)
    return groups


def _fields(a: StoredRun, b: StoredRun, varying: set[str]) -> Iterator[FieldDifference]:
    left, right = described(a), described(b)
    for name in dict.fromkeys((*left, *right)):
        if name in varying or name in _OWN or {f"prefill_{name}", f"decode_{name}"} & varying:
            continue
        if left.get(name) != right.get(name):
            yield FieldDifference(name, left.get(name), right.get(name))


def _figures(a: Sequence[Point], b: Sequence[Point]) -> Iterator[Figure]:
    for name in FIGURES:
        pair = _median([getattr(p, name) for p in a]), _median([getattr(p, name) for p in b])
        if pair != (None, None):
            yield Figure(name, *pair)
    for name in dict.fromkeys(key for p in (*a, *b) for key in p.metrics):
        yield Figure(
            name, _median([p.metrics.get(name) for p in a]), _median([p.metrics.get(name) for p in b])
        )


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
