"""The difference of two runs: fields first, then figures at the loads that both have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, geometric_mean

from isoline.analyse.command_line import differing_flags
from isoline.analyse.figure import Figure
from isoline.analyse.repeats import server_of
from isoline.analyse.same_speed import SameSpeed, same_speed
from isoline.domain.point import FIXED, Point
from isoline.domain.recipe import RECIPE_FIELDS
from isoline.domain.run import StoredRun
from isoline.numerics.student import ratio_interval

Load = tuple[tuple[str, object], ...]  # fields and their values

# Figures of every point, before its metrics.
FIGURES = ("interactivity", "throughput", "output_throughput_per_gpu", "input_throughput_per_gpu")
# What differs between any two runs and says nothing about either, or follows from command and seed.
_OWN = (
    *("locations", "sweep.id", "sweep.began", "sweep.slot", "sweep.position", "sweep.order", "sweep.plan"),
    *("workload.id", "workload.salt"),
    *("valid", "reasons", "remarks"),  # INVALID points are left out and counted instead
)


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field and what the runs say; `None` where one does not say it."""

    field: str
    a: object
    b: object


@dataclass(frozen=True, slots=True)
class LoadDifference:
    """Both runs at one load, the mean of each run's valid repeats.

    `servers`: how many server starts those ran on; what a new start changes is not in an interval over one.
    """

    load: Load
    repeats: tuple[int, int]
    servers: tuple[int, int]
    figures: tuple[Figure, ...]

    def figure(self, name: str) -> Figure | None:
        """That of a name, if both runs or one of them have it."""
        return next((found for found in self.figures if found.name == name), None)


@dataclass(frozen=True, slots=True)
class RunDifference:
    """Loads in ascending order. `only`: those at which one of the runs alone has valid points; `invalid`: how
    many INVALID points of each were left out, by load. `speeds`: both runs at the same speed per user, by
    what their points share whatever the load.
    """

    fields: tuple[FieldDifference, ...]
    loads: tuple[LoadDifference, ...]
    only: tuple[tuple[Load, ...], tuple[Load, ...]]
    invalid: tuple[Mapping[Load, int], Mapping[Load, int]]
    speeds: tuple[tuple[Load, tuple[SameSpeed, ...]], ...] = ()


def run_difference(a: StoredRun, b: StoredRun) -> RunDifference:
    """What differs from `a` to `b`. Points are matched by workload, load and by the recipe fields
    that vary within a run; recipe fields that are one value in each are differences of the runs.
    """
    varying = _varying(a.points) | _varying(b.points)
    left, right = (_by_load([p for p in run.points if p.valid], varying) for run in (a, b))
    shared = [load for load in left if load in right]
    return RunDifference(
        fields=tuple(_fields(a, b, varying)),
        loads=tuple(_at_load(load, left[load], right[load]) for load in shared),
        only=(
            tuple(load for load in left if load not in right),
            tuple(load for load in right if load not in left),
        ),
        invalid=(_invalid(a, varying), _invalid(b, varying)),
        speeds=tuple(_speeds(left, right)),
    )


def _speeds(
    left: Mapping[Load, list[Point]], right: Mapping[Load, list[Point]]
) -> Iterator[tuple[Load, tuple[SameSpeed, ...]]]:
    """Of every workload (and recipe that varies within a run) that both runs have."""
    a, b = (_whatever_load(groups) for groups in (left, right))
    for what in a:
        if what in b and (found := same_speed(a[what], b[what])):
            yield what, found


def _whatever_load(groups: Mapping[Load, list[Point]]) -> dict[Load, list[Point]]:
    found: dict[Load, list[Point]] = {}
    for load, points in groups.items():
        what = tuple(field for field in load if field[0] not in ("concurrency", "request_rate"))
        found.setdefault(what, []).extend(points)
    return found


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
        "isl": w.isl, "osl": w.osl, "workload": None if w.kind == FIXED else w.kind,
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
    return {load: groups[load] for load in sorted(groups, key=_order)}


def _invalid(run: StoredRun, varying: set[str]) -> dict[Load, int]:
    groups = _by_load([point for point in run.points if not point.valid], varying)
    return {load: len(points) for load, points in groups.items()}


def _order(load: Load) -> list[tuple[str, float, str]]:
    """Numbers by size, words by letter."""
    return [
        (name, value, "") if isinstance(value, int | float) else (name, 0, str(value)) for name, value in load
    ]


def _fields(a: StoredRun, b: StoredRun, varying: set[str]) -> Iterator[FieldDifference]:
    left, right = described(a), described(b)
    for name in dict.fromkeys((*left, *right)):
        if name in varying or name in _OWN or {f"prefill_{name}", f"decode_{name}"} & varying:
            continue
        if name == "command":
            flags = differing_flags(str(left.get(name) or ""), str(right.get(name) or ""))
            yield from (FieldDifference(*flag) for flag in flags)
        elif left.get(name) != right.get(name):
            yield FieldDifference(name, left.get(name), right.get(name))


def _at_load(load: Load, a: Sequence[Point], b: Sequence[Point]) -> LoadDifference:
    servers = len(set(map(server_of, a))), len(set(map(server_of, b)))
    return LoadDifference(load, (len(a), len(b)), servers, tuple(_figures(a, b)))


def _figures(a: Sequence[Point], b: Sequence[Point]) -> Iterator[Figure]:
    for name in FIGURES:
        found = _figure(name, [getattr(p, name) for p in a], [getattr(p, name) for p in b])
        if (found.a, found.b) != (None, None):
            yield found
    for name in dict.fromkeys(key for p in (*a, *b) for key in p.metrics):
        yield _figure(name, [p.metrics.get(name) for p in a], [p.metrics.get(name) for p in b])


def _figure(name: str, a: Sequence[float | None], b: Sequence[float | None]) -> Figure:
    left, right = ([value for value in side if value is not None] for side in (a, b))
    ratio = ratio_interval(left, right)
    interval = (ratio[0] - 1, ratio[1] - 1) if ratio else None
    return Figure(name, _mean(left), _mean(right), interval)


def _mean(values: Sequence[float]) -> float | None:
    """Geometric, as repeats are pooled elsewhere, where all are above 0."""
    if len(set(values)) < 2:
        return values[0] if values else None  # exactly, not by way of logarithms
    return geometric_mean(values) if min(values) > 0 else fmean(values)
