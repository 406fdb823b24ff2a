"""The reference's readings of awkward point sets: single, duplicate, equal, unsorted, zero, NaN."""

from __future__ import annotations

import math
from typing import Any

import pytest

from isoline.analyse.line import Line
from isoline.analyse.quantities import Rates
from isoline.analyse.read import read_pooled
from isoline.domain.point import Point
from tests.points import point
from tests.rows import oracle
from tests.shared import needs_shared

RATE = 1.73  # $/GPU-hour of these sets, B200 hyperscaler

# `badCost` gives a point a cost that no price implies: only printed costs can do that here.
SETS = ("empty", "single", "two", "duplicateX", "dominated", "equalY", "identical", "plateau", "unsorted")


def build(raw: dict[str, Any]) -> Point:
    return point(raw["interactivity"], raw["throughput"], raw["concurrency"])


@needs_shared
@pytest.mark.parametrize("name", [*SETS, "nonMonotoneConc", "zeroX", "nanY"])
def test_readings_of_awkward_sets(name: str) -> None:
    case = next(
        c for c in oracle("interpolate-edge") if c["set"] == name and c["mode"].startswith("interactivity")
    )
    line = Line.of([build(p) for p in case["points"]], None, pooled=True)
    compared = 0
    for row in case["results"]:
        reading = read_pooled(line, row["target"], Rates(RATE, None))
        want = row["result"]
        if want is None or want["clamped"]:
            at_knot = want is not None and line is not None and row["target"] in line.curve.xs
            assert at_knot or reading.status == "outside"
            continue
        if math.isnan(want["value"]):
            continue
        assert reading.throughput_per_gpu == pytest.approx(want["value"], rel=1e-9)
        assert reading.cost_per_mtok == pytest.approx(want["cost"], rel=1e-9)
        assert reading.concurrency == want["concurrency"]
        compared += 1
    assert compared or name in ("empty", "single", "identical", "equalY", "nanY")
