"""A run and the difference of two as text: plain columns, whole lines, readable in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from isoline.analyse.run_difference import (
    Load,
    RunDifference,
    flatten,
    load_of,
    recipe_fields,
)
from isoline.domain.point import Point
from isoline.domain.run import StoredRun
from isoline.present.numbers import changed, figure, named, plain

# Figures a reader looks for first: name in the store, heading.
USUAL = (
    "interactivity",
    "throughput",
    "output_throughput",
    "median_ttft",
    "p99_ttft",
    "median_tpot",
    "p99_tpot",
    "median_e2el",
    "total_requests_completed",
    "avg_power_w",
    "spec_acceptance_length",
    "spec_acceptance_length_shown",
)
_FIRST = ("command", "valid", "reasons", "notes")  # of what the writer said


def run(value: StoredRun, *, every: bool = False) -> str:
    """Id, recipe, what its writer said, points, scores, files; absent fields are left out."""
    blocks = [
        _title(value),
        _columns("recipe", recipe_fields(value)),
        *_said(value),
        _points(value.points, every),
        _scores(value),
        _held(value),
    ]
    return "\n\n".join(block for block in blocks if block)


def difference(a: StoredRun, b: StoredRun, value: RunDifference, *, every: bool = False) -> str:
    """Fields that differ, then a block per load that both have, then what only one has."""
    blocks = [f"a  {a.id}  {a.dataset.name}\nb  {b.id}  {b.dataset.name}", _fields(value)]
    for load in value.loads:
        rows = [
            (named(f.name), figure(f.name, f.a), figure(f.name, f.b), changed(f.change))
            for f in load.figures
            if every or f.name in USUAL
        ]
        repeats = "" if load.repeats == (1, 1) else f" (median of {load.repeats[0]} and {load.repeats[1]})"
        blocks.append(_grid([(f"at {_load(load.load)}{repeats}", "a", "b", "change"), *rows]))
    for side, loads in zip("ab", value.only, strict=True):
        if loads:
            blocks.append(f"only {side} has: " + "; ".join(map(_load, loads)))
    if any(min(load.repeats) < 3 for load in value.loads):
        blocks.append("Fewer than three repeats: no interval is known, so a change may be noise.")
    elif not value.loads:
        blocks.append("No load is in both runs, so no figures are compared.")
    return "\n\n".join(blocks)


def _title(value: StoredRun) -> str:
    folders = f", {len(value.folders)} run folders" if len(value.folders) > 1 else ""
    source = f" ({value.dataset.source})" if value.dataset.source else ""
    label = " · SIMULATED" if value.kind == "simulated" or value.dataset.kind == "simulated" else ""
    return (
        f"{value.kind} {value.id}{label}\n"
        f"dataset {value.dataset.name}{source}, stored {value.created[:19]} UTC "
        f"by Isoline {value.isoline_version}{folders}"
    )


def _said(value: StoredRun) -> Iterator[str]:
    """The writer's own words: first command and validity, then one block per section."""
    details = value.details
    first = {name: details[name] for name in _FIRST if details.get(name) not in (None, [], "")}
    yield _columns("run", first)
    rest = {name: v for name, v in details.items() if name not in _FIRST}
    yield _columns("details", {name: v for name, v in rest.items() if not isinstance(v, Mapping)})
    for name, section in rest.items():
        if isinstance(section, Mapping):
            yield _columns(name, dict(flatten(section)))


def _points(points: Sequence[Point], every: bool) -> str:
    if not points:
        return ""
    held = dict.fromkeys(name for p in points for name in p.metrics)
    own = ("interactivity", "throughput", "output_throughput")
    names = [*own, *(held if every else [name for name in USUAL if name in held])]
    head = ("points", *map(named, names), *(("",) if any(not p.valid for p in points) else ()))
    rows = [
        (
            _load(load_of(p)),
            *(figure(name, getattr(p, name) if name in own else p.metrics.get(name)) for name in names),
            *(("" if p.valid else "INVALID",) if len(head) > len(names) + 1 else ()),
        )
        for p in sorted(points, key=_order)
    ]
    return _grid([head, *rows])


def _order(point: Point) -> tuple[float, ...]:
    w = point.workload
    return tuple(v or 0 for v in (w.isl, w.osl, point.concurrency, point.request_rate, point.repeat))


def _scores(value: StoredRun) -> str:
    rows = [
        (e.task, e.metric, f"{e.score:.4f}", "" if e.standard_error is None else f"± {e.standard_error:.4f}")
        for e in value.evaluations
    ]
    return _grid([("scores", "metric", "score", "std. error"), *rows]) if rows else ""


def _held(value: StoredRun) -> str:
    rows = {name: f"{count:,} rows" for name, count in value.rows.items() if count}
    files = {name: f"{size:,} bytes" for name, size in value.files.items() if not name.endswith(".parquet")}
    return _columns("holds", {**rows, **files})


def _fields(value: RunDifference) -> str:
    if not value.fields:
        return "no field differs"
    rows = [(d.field, plain(d.a), plain(d.b)) for d in value.fields]
    return _grid([("fields that differ", "a", "b"), *rows], right=False)


def _load(load: Load) -> str:
    values = dict(load)
    isl, osl = values.pop("isl", None), values.pop("osl", None)
    lengths = [f"{isl}/{osl}"] if isl and osl else []
    return (
        " ".join([*lengths, *(f"{name} {plain(value)}" for name, value in values.items())]) or "unknown load"
    )


def _columns(title: str, fields: Mapping[str, object]) -> str:
    if not fields:
        return ""
    width = max(map(len, fields))
    lines = (f"  {name:<{width}}  {plain(value)}".rstrip() for name, value in fields.items())
    return "\n".join([title, *lines])


def _grid(rows: Sequence[Sequence[str]], *, right: bool = True) -> str:
    """Columns two spaces apart: the first to the left, the others to the right unless they are words."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

    def line(row: Sequence[str]) -> Iterable[str]:
        yield row[0].ljust(widths[0])
        for cell, width in zip(row[1:], widths[1:], strict=True):
            yield cell.rjust(width) if right else cell.ljust(width)

    return "\n".join("  ".join(line(row)).rstrip() for row in rows)
