"""A run and the difference of two as JSON. Figures are in base units, as in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from msgspec import to_builtins

from isoline.analyse.figure import Figure
from isoline.analyse.moves import move
from isoline.analyse.run_difference import Load, RunDifference, recipe_fields
from isoline.analyse.same_speed import SameSpeed
from isoline.domain.point import Point
from isoline.domain.run import StoredRun


def run(value: StoredRun) -> str:
    """The run whole: every field, point and score."""
    document = {
        "run": value.id,
        "kind": value.kind,
        "created": value.created,
        "dataset": asdict(value.dataset),
        "isoline_version": value.isoline_version,
        "recipe": recipe_fields(value),
        "details": value.details,
        "points": [_stored(point) for point in value.points],
        "evaluations": to_builtins(value.evaluations),
        "rows": value.rows,
        "files": value.files,
        "folders": value.folders,
    }
    return json.dumps(document, indent=2)


def difference(a: StoredRun, b: StoredRun, value: RunDifference) -> str:
    """Fields that differ and every figure at every shared load; `change` is b / a - 1, `interval` its own.

    INVALID points are in no figure; `invalid_a` and `invalid_b` count them.
    """
    document = {
        "a": a.id,
        "b": b.id,
        "fields": [{"field": d.field, "a": d.a, "b": d.b} for d in value.fields],
        "loads": [
            {
                "load": dict(load.load),
                "repeats": {"a": load.repeats[0], "b": load.repeats[1]},
                "server_starts": {"a": load.servers[0], "b": load.servers[1]},
                "moved": found.kind if (found := move(load)) else None,
                "figures": [_figure(f) for f in load.figures],
            }
            for load in value.loads
        ],
        "same_speed": [
            {"what": dict(what), "at": [_same_speed(one) for one in found]} for what, found in value.speeds
        ],
        "only_a": _loads(value.only[0]),
        "only_b": _loads(value.only[1]),
        "invalid_a": _left_out(value.invalid[0]),
        "invalid_b": _left_out(value.invalid[1]),
    }
    return json.dumps(document, indent=2)


def _same_speed(value: SameSpeed) -> dict[str, object]:
    return {
        "interactivity": value.interactivity,
        "throughput_per_gpu": {"a": value.figure.a, "b": value.figure.b},
        "statuses": {"a": value.statuses[0], "b": value.statuses[1]},
        "change": value.figure.change,
        "interval": value.figure.interval,
    }


def _figure(value: Figure) -> dict[str, object]:
    return {**asdict(value), "change": value.change}


def _loads(loads: tuple[Load, ...]) -> list[dict[str, object]]:
    return [dict(load) for load in loads]


def _left_out(loads: Mapping[Load, int]) -> list[dict[str, object]]:
    return [{"load": dict(load), "points": count} for load, count in loads.items()]


def _stored(point: Point) -> dict[str, object]:
    """A point as a run holds it: what stands for several runs is made when they are compared."""
    found: dict[str, object] = to_builtins(point)
    del found["runs"]
    return found
