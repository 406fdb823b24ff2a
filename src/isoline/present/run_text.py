"""A run as text: plain columns, whole lines, readable in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from isoline.analyse.run_difference import Load, flatten, load_of, recipe_fields
from isoline.domain.point import Point
from isoline.domain.run import StoredRun
from isoline.present.grid import grid
from isoline.present.numbers import figure, named, plain

# Figures a reader looks for first, by the name of a point's attribute or metric.
USUAL = (
    "interactivity",
    "throughput",
    "output_throughput_per_gpu",
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
_FIRST = ("command", "valid", "reasons", "remarks", "notes")  # of what the writer said


class Lines(list[str]):
    """A field's value that takes several lines."""


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
    for name in ("reasons", "remarks"):
        if isinstance(told := first.get(name), list):
            first[name] = Lines(map(_reason, told))
    yield _columns("run", first)
    rest = {name: v for name, v in details.items() if name not in _FIRST}
    yield _columns("details", {name: v for name, v in rest.items() if not isinstance(v, Mapping)})
    for name, section in rest.items():
        if isinstance(section, Mapping):
            yield _columns(name, dict(flatten(section)))


def _reason(reason: object) -> str:
    """`errors: 30 of 60 requests failed …; read its log`, as the sweep told it."""
    if not isinstance(reason, Mapping):
        return plain(reason)
    said = "; ".join(plain(reason[name]) for name in ("text", "advice") if reason.get(name))
    return f"{plain(reason.get('code'))}: {said}"


def _points(points: Sequence[Point], every: bool) -> str:
    if not points:
        return ""
    held = dict.fromkeys(name for p in points for name in p.metrics)
    own = ("interactivity", "throughput", "output_throughput_per_gpu")
    names = [*own, *(held if every else [name for name in USUAL if name in held])]
    head = ("points", *map(named, names), *(("",) if any(not p.valid for p in points) else ()))
    rows = [
        (
            load_words(load_of(p)),
            *(figure(name, getattr(p, name) if name in own else p.metrics.get(name)) for name in names),
            *(("" if p.valid else "INVALID",) if len(head) > len(names) + 1 else ()),
        )
        for p in sorted(points, key=_order)
    ]
    return grid([head, *rows])


def _order(point: Point) -> tuple[float, ...]:
    w = point.workload
    return tuple(v or 0 for v in (w.isl, w.osl, point.concurrency, point.request_rate, point.repeat))


def _scores(value: StoredRun) -> str:
    rows = [
        (e.task, e.metric, f"{e.score:.4f}", "" if e.standard_error is None else f"± {e.standard_error:.4f}")
        for e in value.evaluations
    ]
    return grid([("scores", "metric", "score", "std. error"), *rows]) if rows else ""


def _held(value: StoredRun) -> str:
    rows = {name: f"{count:,} rows" for name, count in value.rows.items() if count}
    files = {name: f"{size:,} bytes" for name, size in value.files.items() if not name.endswith(".parquet")}
    return _columns("holds", {**rows, **files})


def load_words(load: Load) -> str:
    """`1024/512 uniform concurrency 16`."""
    values = dict(load)
    isl, osl, drawn = (values.pop(name, None) for name in ("isl", "osl", "workload"))
    lengths = [f"{isl}/{osl}"] if isl and osl else []
    lengths += [str(drawn)] if drawn else []
    return (
        " ".join([*lengths, *(f"{name} {plain(value)}" for name, value in values.items())]) or "unknown load"
    )


def _columns(title: str, fields: Mapping[str, object]) -> str:
    if not fields:
        return ""
    width = max(map(len, fields))
    lines = [title]
    for name, value in fields.items():
        held = value if isinstance(value, Lines) else [plain(value)]
        names = [name, *[""] * (len(held) - 1)]
        lines += [f"  {label:<{width}}  {text}".rstrip() for label, text in zip(names, held, strict=True)]
    return "\n".join(lines)
