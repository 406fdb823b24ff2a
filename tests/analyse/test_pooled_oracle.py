"""`pooled` is the reference's convention: its figures on the shared rows, to 1e-9.

Its output and input figures are per decode and per prefill GPU.
"""

from __future__ import annotations

from typing import Any

import pytest

from isoline.analyse.budget import highest_within
from isoline.analyse.line import Line
from isoline.analyse.metrics import cost_per_mtok, tokens_per_s_per_mw
from isoline.analyse.quantities import QUANTITIES, Rates
from isoline.analyse.read import read_pooled
from isoline.domain.point import Point
from isoline.domain.sequence import parse_sequence
from tests.rows import benchmark_points, oracle
from tests.shared import needs_shared

pytestmark = needs_shared
TIERS = ("costh", "costn", "costr")
OF_ROLES = tuple(
    QUANTITIES[key] for key in ("output_throughput_per_decode_gpu", "input_throughput_per_prefill_gpu")
)
COSTS = {
    "total": QUANTITIES["cost_per_mtok"],
    "output": QUANTITIES["cost_per_mtok_output_decode_gpus"],
    "input": QUANTITIES["cost_per_mtok_input_prefill_gpus"],
}


def group(case: dict[str, Any]) -> list[Point]:
    lengths = parse_sequence(case["sequence"])
    hardware, _, rest = case["key"].partition("_")
    spec = "mtp" if rest.endswith("_mtp") else "none"
    engine = rest.removesuffix("_mtp")
    return [
        p
        for p in benchmark_points()
        if p.recipe.hardware == hardware
        and p.recipe.precision == case["precision"]
        and (p.workload.isl, p.workload.osl) == lengths
        and (case["level"] == "hardware" or (p.recipe.engine, p.recipe.spec_method) == (engine, spec))
    ]


def rates(hardware: str, tier: str) -> Rates:
    facts = oracle("hardware")[hardware]
    return Rates(facts[tier], facts["power"])


def test_readings_along_every_curve() -> None:
    checked = 0
    for case in oracle("interpolate-curves"):
        line = Line.of(group(case), None, pooled=True)
        assert line is not None
        hardware = case["key"].split("_")[0]
        for i, x in enumerate(case["interactivityTargets"]):
            row = case["i2t"]["costh"][i]
            reading = read_pooled(line, x, rates(hardware, "costh"))
            clamped, above, below = row[10:13]
            if clamped:
                assert reading.status == "outside"
                assert reading.throughput_per_gpu is None
                assert reading.bound is not None
                assert reading.bound.edge == ("last" if above else "first")
                assert above != below
                assert reading.bound.throughput_per_gpu == pytest.approx(row[0], rel=1e-9)
                continue
            seen = (
                reading.throughput_per_gpu,
                *(read_pooled(line, x, rates(hardware, "costh"), about).value for about in OF_ROLES),
                reading.cost_per_mtok,
                reading.tokens_per_s_per_mw,
                reading.concurrency,
            )
            assert seen == pytest.approx((*row[0:4], row[6], row[9]), rel=1e-9), (case["key"], x)
            for tier in ("costn", "costr"):
                cost = read_pooled(line, x, rates(hardware, tier)).cost_per_mtok
                assert cost == pytest.approx(case["i2t"][tier][i][0], rel=1e-9)
            checked += 1
    assert checked > 900


def test_highest_interactivity_within_a_budget() -> None:
    data = oracle("max-interactivity-at-cost")
    checked = 0
    for case in data["groups"]:
        line = Line.of(group(case), None, pooled=True)
        assert line is not None
        for name, results in case["results"].items():
            tier, kind = name.split("|")
            rate = rates(case["key"].split("_")[0], tier)

            def cost(x: float, line: Line = line, rate: Rates = rate, kind: str = kind) -> float | None:
                return line.value(COSTS[kind], x, rate)

            for budget, expected in zip(data["budgets"], results, strict=True):
                found = highest_within(cost, line.first.interactivity, line.last.interactivity, budget)
                if expected is None:
                    assert found is None, (case, name, budget)
                else:
                    assert found == pytest.approx(expected, rel=1e-9), (case["key"], name, budget)
                checked += 1
    assert checked > 2000


def test_cost_and_power_of_single_points() -> None:
    checked = 0
    for case in oracle("datapoints"):
        for point in case["points"]:
            hardware = case["hardware"]
            facts = oracle("hardware")[hardware]
            for tier in TIERS:
                assert cost_per_mtok(facts[tier], point["throughput"]) == pytest.approx(
                    point[tier], rel=1e-12
                )
            assert tokens_per_s_per_mw(point["throughput"], facts["power"]) == pytest.approx(
                point["tpPerMw"], rel=1e-12
            )
            checked += 1
    assert checked > 200
