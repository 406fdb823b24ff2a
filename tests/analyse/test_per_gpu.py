"""Rates of output and input are over all GPUs, whatever the aggregation: only those compare."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isoline.analyse.caveats import caveats
from isoline.analyse.compare import compare
from isoline.analyse.filters import offers
from isoline.analyse.quantities import QUANTITIES, Rates
from isoline.analyse.terms import Terms, View
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Point
from isoline.domain.slugs import parse_slug
from isoline.present.charts import comparison_chart
from tests.points import point
from tests.rows import benchmark_points, selected
from tests.shared import SHARED, needs_shared

CATALOG = load_catalog(user_dirs=())
RATES = Rates(2.0, 1.5)
OF_OUTPUT = [key for key, q in QUANTITIES.items() if q.base.word == "output" and not q.role]
OF_INPUT = [key for key, q in QUANTITIES.items() if q.base.word == "input" and not q.role]


def disaggregated(x: float, total: float, share: float, prefill: int, decode: int) -> Point:
    """As sources write it: of `total` tok/s/GPU the output over `decode`, the input over `prefill` GPUs."""
    served = total * (prefill + decode)
    return msgspec.structs.replace(
        point(x, total, disaggregated=True, prefill_gpus=prefill, decode_gpus=decode),
        output_throughput=served * share / decode,
        input_throughput=served * (1 - share) / prefill,
    )


def aggregated(x: float, total: float, share: float) -> Point:
    return msgspec.structs.replace(
        point(x, total), output_throughput=total * share, input_throughput=total * (1 - share)
    )


@given(
    st.floats(1, 1e5),
    st.floats(0.01, 0.99),
    st.integers(1, 500),
    st.integers(1, 500),
)
def test_equal_totals_and_shares_read_the_same(total: float, share: float, prefill: int, decode: int) -> None:
    one, other = aggregated(50, total, share), disaggregated(50, total, share, prefill, decode)
    for key in (*OF_OUTPUT, *OF_INPUT):
        assert QUANTITIES[key].of(other, RATES) == pytest.approx(QUANTITIES[key].of(one, RATES), rel=1e-9)
    assert len(OF_OUTPUT) == len(OF_INPUT) == 4  # throughput, cost, per megawatt, joules


@given(st.floats(0.05, 0.95), st.integers(1, 99), st.integers(1, 99), st.integers(1, 99), st.integers(1, 99))
def test_counts_that_contradict_the_total_give_no_figure(
    share: float, prefill: int, decode: int, said_prefill: int, said_decode: int
) -> None:
    """Rows exist whose counts are not those that their rates were divided by."""
    assume(abs(decode / (prefill + decode) - said_decode / (said_prefill + said_decode)) > 0.2)
    true = disaggregated(50, 100, share, prefill, decode)
    assert true.output_throughput is not None
    assert true.input_throughput is not None
    assume(abs(true.output_throughput - true.input_throughput) > 10)
    recipe = msgspec.structs.replace(true.recipe, prefill_gpus=said_prefill, decode_gpus=said_decode)
    wrong = msgspec.structs.replace(true, recipe=recipe)
    assert (wrong.output_throughput_per_gpu, wrong.input_throughput_per_gpu) == (None, None)


def test_without_counts_there_is_no_figure_and_a_note_says_so() -> None:
    whole = disaggregated(50, 100, 0.5, 4, 4)
    for counts in ({"prefill_gpus": None}, {"decode_gpus": None}, {"decode_gpus": 0}):
        lost = msgspec.structs.replace(whole, recipe=msgspec.structs.replace(whole.recipe, **counts))
        assert (lost.output_throughput_per_gpu, lost.input_throughput_per_gpu) == (None, None)
        (note,) = caveats([whole, lost, point(60, 90)])
        assert "of 1 disaggregated point are left out" in note
    silent = msgspec.structs.replace(whole, output_throughput=None, input_throughput=None)
    assert caveats([whole, silent]) == ()


def test_one_rate_alone_is_held_against_the_total() -> None:
    """Without the other nothing adds up, but no part is more than the whole."""
    alone = msgspec.structs.replace(disaggregated(50, 100, 0.25, 16, 8), input_throughput=None)
    assert alone.output_throughput_per_gpu == pytest.approx(25)
    assert alone.input_throughput_per_gpu is None
    assert msgspec.structs.replace(alone, output_throughput=310).output_throughput_per_gpu is None


def test_a_metric_of_a_role_says_that_it_does_not_compare() -> None:
    points = [disaggregated(50, 100, 0.5, 12, 4), point(60, 90)]
    (note,) = caveats(points, "cost_per_mtok_output_decode_gpus")
    assert "decode GPUs alone" in note
    assert "cost_per_mtok_output counts all GPUs of both" in note
    assert caveats(points[1:], "cost_per_mtok_output_decode_gpus") == ()
    assert caveats(points, "cost_per_mtok_output") == ()
    assert QUANTITIES["cost_per_mtok_output_decode_gpus"].of(points[0], RATES) == pytest.approx(2.0 / 0.72)
    assert QUANTITIES["cost_per_mtok_output"].of(points[0], RATES) == pytest.approx(2.0 / 0.18)


@needs_shared
def test_a_real_row_by_hand() -> None:
    """16 prefill and 8 decode GPUs of B300; a reader pays for all 24, at $2.26 an hour."""
    rows = json.loads((SHARED / "data/inferencex/benchmarks.json").read_text())
    (i,) = (
        i
        for i, row in enumerate(rows)
        if (row["hardware"], row["precision"], row["isl"]) == ("b300", "fp8", 8192)
        and 37 < row["metrics"]["median_intvty"] < 38
    )
    row, one = rows[i], benchmark_points()[i]
    assert (row["disagg"], row["num_prefill_gpu"], row["num_decode_gpu"]) == (True, 16, 8)
    output = 8 * row["metrics"]["output_tput_per_gpu"]  # tok/s of the deployment
    inputs = 16 * row["metrics"]["input_tput_per_gpu"]
    assert (output + inputs) / 24 == pytest.approx(row["metrics"]["tput_per_gpu"], rel=1e-12)
    an_hour = Rates(2.26, 2.17)
    worth = {key: q.of(one, an_hour) for key, q in QUANTITIES.items()}
    assert worth["output_throughput_per_gpu"] == pytest.approx(output / 24, rel=1e-12)
    assert worth["input_throughput_per_gpu"] == pytest.approx(inputs / 24, rel=1e-12)
    assert worth["cost_per_mtok_output"] == pytest.approx(24 * 2.26 / (output * 3600 / 1e6), rel=1e-12)
    assert worth["cost_per_mtok_output"] == pytest.approx(0.875, abs=5e-4)
    assert worth["cost_per_mtok_output_decode_gpus"] == pytest.approx(0.292, abs=5e-4)
    assert worth["provisioned_j_per_output_token"] == pytest.approx(24 * 2170 / output, rel=1e-12)


@needs_shared
def test_a_comparison_of_both_kinds_and_its_chart() -> None:
    """SGLang aggregated on 8 H200 against disaggregated Dynamo TRTLLM: output costs differ as totals do."""
    slug = parse_slug("deepseek-r1-h200-fp8-dynamo-trt-vs-sglang", CATALOG)
    points = selected(slug, "8k/1k", None)
    terms = Terms("8k/1k", targets=(35.450942795574335,), view=View(metric="cost_per_mtok_output"))
    shown = offers(points, slug.hardware, CATALOG)
    found = compare(slug, points, terms, CATALOG, offers=shown, draw=True)
    (at,) = found.targets
    assert {r.status for r in at.readings} <= {"measured", "interpolated"}
    assert at.throughput_ratio == pytest.approx(1.60, abs=0.005)
    assert at.ratio is not None
    assert 1 / at.ratio == pytest.approx(1.58, abs=0.005)
    for reading in at.readings:
        assert reading.output_throughput_per_gpu is not None
        assert reading.input_throughput_per_gpu is not None
        both = reading.output_throughput_per_gpu + reading.input_throughput_per_gpu
        assert both == pytest.approx(reading.throughput_per_gpu, rel=1e-3)
    drawn = comparison_chart(found)["datasets"]["points"]  # type: ignore[index]
    held = {p.key: p for side in found.sides for p in side.points}
    assert {row["gpus"] for row in drawn} >= {"8", "24"}
    for row in drawn:
        one = held[row["key"]]
        gpus, role = one.recipe.gpus, one.recipe.decode_gpus
        assert gpus is not None
        assert role is not None
        assert one.output_throughput is not None
        served = one.output_throughput * (role if one.recipe.disaggregated else gpus)
        assert row["y"] == pytest.approx(gpus * 1.22 / (served * 3600 / 1e6), rel=1e-9)
