"""All points behind a comparison, with recipes and every metric, as CSV or JSON.

Names, units and conventions are those of the store's table of points (docs/formats.md); beside them stand
`side`, output and input throughput over all GPUs (`…_per_gpu`), since those of the table are per role where
disaggregated, and `runs`: how many repeats a point stands for, in JSON each of them.
"""

from __future__ import annotations

import csv
import io

import msgspec

from isoline import __version__
from isoline.analyse.comparison import Comparison
from isoline.analyse.repeats import RUNS
from isoline.domain.point import Point
from isoline.domain.recipe import RECIPE_FIELDS, Scalar
from isoline.present.csv_view import plain

Cell = Scalar | float

_OWN = (
    *("interactivity", "throughput", "output_throughput", "input_throughput"),
    *("output_throughput_per_gpu", "input_throughput_per_gpu"),
)
_SOURCE = ("status", "dataset", "date", "run_started_at", "run_url", "run", "repeat", "key")
_PRINTED = ("printed_cost", "printed_tokens_per_mw")


def points_csv(comparison: Comparison) -> str:
    """A row per point, sides one after the other, speed ascending; metrics in the order of their names."""
    rows = [(side.label, point) for side in comparison.sides for point in _in_order(side.points)]
    names = sorted({name for _, point in rows for name in point.metrics} - {RUNS})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    loads = ("isl", "osl", "workload_kind", "concurrency", "request_rate")
    writer.writerow(["side", *RECIPE_FIELDS, *loads, *_OWN, *_SOURCE, RUNS, *_PRINTED, *names])
    for side, point in rows:
        fields = {**dict(point.recipe.items()), **_fields(point)}
        recipe = [fields[name] for name in RECIPE_FIELDS]
        own = [fields[name] for name in (*loads, *_OWN, *_SOURCE)]
        cells = [side, *recipe, *own, len(point.single_runs), *(fields[name] for name in _PRINTED)]
        writer.writerow([*map(_cell, cells), *(point.metrics.get(name) for name in names)])
    return out.getvalue()


def points_json(comparison: Comparison) -> str:
    """The same as a document; a point's repeats are under `runs`."""
    points = [
        {"side": side.label, **_document(point), "runs": [_document(run) for run in point.runs]}
        for side in comparison.sides
        for point in _in_order(side.points)
    ]
    document = {
        "comparison": comparison.slug,
        "sequence": comparison.sequence,
        "isoline_version": __version__,
        "sources": [msgspec.structs.asdict(source) for source in comparison.sources],
        "notes": list(comparison.notes),
        "points": points,
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _in_order(points: tuple[Point, ...]) -> list[Point]:
    return sorted(points, key=lambda point: point.interactivity)


def _document(point: Point) -> dict[str, object]:
    known = {name: value for name, value in _fields(point).items() if value is not None}
    recipe = {name: value for name, value in point.recipe.items() if value is not None}
    metrics = {name: value for name, value in sorted(point.metrics.items()) if name != RUNS}
    return {**known, "recipe": {"id": point.recipe.id, **recipe}, "metrics": metrics}


def _fields(point: Point) -> dict[str, Cell]:
    """All of a point but its recipe, its metrics and its repeats."""
    workload = point.workload
    return {
        "isl": workload.isl,
        "osl": workload.osl,
        "workload_kind": workload.kind,
        "concurrency": point.concurrency,
        "request_rate": point.request_rate,
        **{name: getattr(point, name) for name in (*_OWN, *_SOURCE, *_PRINTED)},
    }


def _cell(value: Cell) -> Cell:
    return plain(value) if isinstance(value, str) else value


WRITERS = {".csv": points_csv, ".json": points_json}
