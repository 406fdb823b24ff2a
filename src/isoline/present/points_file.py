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

_LOAD = ("concurrency", "request_rate")
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
    lengths = ("isl", "osl", "workload_kind")
    columns = ("side", *RECIPE_FIELDS, *lengths, *_LOAD, *_OWN, *_SOURCE, RUNS, *_PRINTED)
    writer.writerow([*columns, *names])
    for side, point in rows:
        cells: dict[str, Cell] = {"side": side, RUNS: len(point.single_runs), **_fields(point)}
        cells |= point.recipe.items()
        writer.writerow([*(_cell(cells[name]) for name in columns), *map(point.metrics.get, names)])
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
        **{name: getattr(point, name) for name in (*_LOAD, *_OWN, *_SOURCE, *_PRINTED)},
    }


def _cell(value: Cell) -> Cell:
    return plain(value) if isinstance(value, str) else value


WRITERS = {".csv": points_csv, ".json": points_json}
