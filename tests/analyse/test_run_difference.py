"""Two runs side by side: what differs, and figures only at loads that both have."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from isoline.analyse.moves import BETTER, SAME, SLOWER, TRADED, WORSE, move
from isoline.analyse.run_difference import recipe_fields, run_difference
from isoline.domain.point import Dataset, Point, Workload
from isoline.domain.recipe import Recipe
from isoline.domain.run import StoredRun

RECIPE = Recipe("qwen-3-5", "b300", "vllm", "fp8", prefill_tp=4, decode_tp=4, decode_gpus=4, prefill_gpus=4)


def point(concurrency: int, interactivity: float, recipe: Recipe = RECIPE, **metrics: float) -> Point:
    return Point(
        key=f"{concurrency}-{interactivity}",
        recipe=recipe,
        workload=Workload(1024, 512),
        interactivity=interactivity,
        throughput=1000.0,
        output_throughput=None,
        input_throughput=None,
        concurrency=concurrency,
        dataset="d",
        metrics=metrics,
    )


def run(*points: Point, **details: object) -> StoredRun:
    return StoredRun("id", "bench", "2026", Dataset("d", "runs"), "0.1", details, points, (), {}, {}, ())


def test_fields_differ_and_those_alike_are_left_out() -> None:
    newer = replace(RECIPE, engine_version="0.23", decode_tp=8, prefill_tp=8)
    a = run(point(1, 50.0), command="x", environment={"host": "h", "cores": 2})
    b = run(point(1, 50.0, newer), command="x", environment={"host": "h", "cores": 4})
    assert {(d.field, d.a, d.b) for d in run_difference(a, b).fields} == {
        ("tp", 4, 8),
        ("engine_version", None, "0.23"),
        ("environment.cores", 2, 4),
    }


def test_figures_are_compared_at_shared_loads_only() -> None:
    a = run(point(1, 50.0, median_ttft=0.2), point(2, 40.0))
    b = run(point(1, 55.0, p99_ttft=0.4), point(4, 30.0))
    found = run_difference(a, b)
    assert [dict(load.load)["concurrency"] for load in found.loads] == [1]
    figures = {f.name: (f.a, f.b, f.change) for f in found.loads[0].figures}
    assert figures["interactivity"] == (50.0, 55.0, pytest.approx(0.1))
    assert figures["median_ttft"] == (0.2, None, None)
    assert figures["p99_ttft"] == (None, 0.4, None)
    assert "output_throughput_per_gpu" not in figures
    assert [[dict(load)["concurrency"] for load in side] for side in found.only] == [[2], [4]]


def test_repeats_count_by_their_geometric_mean_and_two_a_side_have_an_interval() -> None:
    (load,) = run_difference(run(*(point(1, v) for v in (10.0, 90.0))), run(point(1, 60.0))).loads
    assert load.repeats == (2, 1)
    assert (load.figures[0].a, load.figures[0].change) == (pytest.approx(30.0), pytest.approx(1.0))
    assert load.figures[0].interval is None
    once, twice = (run(point(1, low), point(1, high)) for low, high in ((10.0, 12.0), (20.0, 24.0)))
    (load,) = run_difference(once, twice).loads
    low, high = load.figures[0].interval or (0.0, 0.0)
    assert load.figures[0].change == pytest.approx(1.0)
    assert low < 1.0 < high
    assert {f.name: f.interval for f in load.figures}["throughput"] is None  # never varies: spread unknown


def test_invalid_points_are_in_no_figure_and_are_counted() -> None:
    bad = replace(point(4, 5_000.0), valid=False)
    a, b = (
        run(point(4, 50.0), point(16, 40.0), valid=True),
        run(point(4, 55.0), bad, replace(bad, concurrency=16)),
    )
    found = run_difference(a, b)
    (load,) = found.loads
    assert (load.repeats, load.figures[0].b) == ((1, 1), 55.0)
    assert [[dict(load)["concurrency"] for load in side] for side in found.only] == [[16], []]
    assert [{dict(load)["concurrency"]: n for load, n in side.items()} for side in found.invalid] == [
        {}, {4: 1, 16: 1},
    ]  # fmt: skip
    assert found.fields == ()  # `valid` is said by the count


def test_loads_ascend() -> None:
    a = run(*(point(n, 50.0) for n in (16, 1, 4)), point(2, 50.0, replace(RECIPE, precision="bf16")))
    loads = [dict(load.load) for load in run_difference(a, a).loads]
    assert [(load["precision"], load["concurrency"]) for load in loads] == [
        ("bf16", 2), ("fp8", 1), ("fp8", 4), ("fp8", 16),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("speeds", "totals", "kind"),
    [
        ((60.0, 60.1), (1200.0, 1201.0), BETTER),
        ((40.0, 40.1), (800.0, 801.0), WORSE),
        ((46.0, 46.1), (1060.0, 1061.0), TRADED),
        ((46.0, 46.1), (900.0, 1110.0), SLOWER),
        ((30.0, 80.0), (600.0, 1600.0), SAME),
    ],
)
def test_a_move_is_what_both_intervals_say(
    speeds: tuple[float, float], totals: tuple[float, float], kind: str
) -> None:
    before = run(point(16, 50.0), replace(point(16, 50.1), throughput=1001.0))
    after = [replace(point(16, v), throughput=t) for v, t in zip(speeds, totals, strict=True)]
    (load,) = run_difference(before, run(*after)).loads
    found = move(load)
    assert found is not None
    assert found.kind == kind
    (alone,) = run_difference(before, run(after[0])).loads
    assert move(alone) is None  # one repeat has no interval


def test_of_commands_only_flags_that_differ_are_told() -> None:
    first = "isoline bench http://h:1 --seed 1 --isl 8 --recipe tp=1"
    second = "isoline bench http://h:2 --isl 8 --seed=2 --fresh"
    a = run(point(1, 50.0), command=first, workload={"id": "x"})
    b = run(point(1, 50.0), command=second, workload={"id": "y"})
    assert {(d.field, d.a, d.b) for d in run_difference(a, b).fields} == {
        ("command", "isoline bench http://h:1", "isoline bench http://h:2"),
        ("--seed", "1", "2"),
    }


def test_a_field_that_varies_within_a_run_matches_points_instead_of_differing() -> None:
    fp4 = replace(RECIPE, precision="fp4")
    a = run(point(1, 50.0), point(1, 80.0, fp4))
    b = run(point(1, 51.0), point(1, 84.0, fp4))
    found = run_difference(a, b)
    assert found.fields == ()
    assert {dict(load.load)["precision"]: load.figures[0].change for load in found.loads} == {
        "fp8": pytest.approx(0.02),
        "fp4": pytest.approx(0.05),
    }


def test_a_zero_has_no_relative_change() -> None:
    found = run_difference(run(point(1, 1.0, x=0.0)), run(point(1, 1.0, x=3.0)))
    assert {f.name: f.change for f in found.loads[0].figures}["x"] is None


def test_roles_that_are_alike_are_named_once() -> None:
    assert recipe_fields(run(point(1, 1.0)))["tp"] == 4
    split = replace(RECIPE, disaggregated=True)
    assert {"prefill_tp", "decode_tp"} <= recipe_fields(run(point(1, 1.0, split))).keys()
