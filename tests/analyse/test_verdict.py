"""The first sentence: which target it tells, and what it may not leave out."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from isoline.analyse.quantities import COST
from isoline.analyse.rates import PriceTerms
from isoline.analyse.terms import View
from isoline.analyse.told import headline_target
from tests.analyse.test_compare import BF16, FP4, KNOTS, SLUG, compared, of_repeats, repeats
from tests.points import point

CROSSING = [
    point(x, y, load, precision="bf16") for x, y, load in ((90, 4200, 64), (110, 2500, 32), (130, 800, 16))
]


@pytest.mark.parametrize("asked", [*itertools.permutations((100.0, 105.0, 125.0))])
def test_it_tells_the_middle_speed_in_whatever_order_speeds_were_asked(asked: tuple[float, ...]) -> None:
    found = compared(SLUG, [*FP4, *BF16], targets=asked)
    assert ", at 105 tok/s/user: FP4 is higher by" in found.narrative[0]


def test_a_speed_where_the_other_side_is_ahead_is_said() -> None:
    found = compared(SLUG, [*FP4, *CROSSING], targets=(125.0, 120.0, 101.0))
    assert ", at 120 tok/s/user: FP4 is higher by" in found.narrative[0]
    assert found.narrative[0].endswith("; at 101 BF16 is ahead.")


def test_a_speed_where_nobody_is_ahead_is_said() -> None:
    equal = [point(x, y, load, precision="bf16") for x, y, load in ((100, 3000, 64), (140, 1000, 16))]
    found = compared(SLUG, [*FP4, *equal], targets=(100.0, 120.0, 140.0))
    assert found.narrative[0].endswith("; at 100 neither is ahead.")


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        (("mtp", "mtp"), "; FP4 without speculative decoding, BF16 with MTP"),
        (("mtp", "none"), "; FP4 without speculative decoding, BF16 partly with MTP"),
        (("mtp", "eagle"), "; FP4 without speculative decoding, BF16 with EAGLE or MTP"),
        (("none", "none"), ""),
    ],
)
def test_speculative_decoding_of_one_side_only_is_said(methods: tuple[str, str], said: str) -> None:
    """Of the points that the told reading stands on; in a series of their own, they are one recipe's line."""
    drafting = [
        replace(p, recipe=replace(p.recipe, spec_method=method))
        for p, method in zip(BF16, methods, strict=True)
    ]
    sentence = compared(SLUG, [*FP4, *drafting], targets=(110.0,), method="pooled").narrative[0]
    assert "tokens per dollar), from single runs" + said in sentence
    assert ("speculative" in sentence) == bool(said)


def test_repeated_measurements_are_told_before_those_made_once() -> None:
    """At 130 a point beside is measured once, so its ratio, which is greater, is not the one to tell."""
    loads = {x: load for x, _, load in KNOTS}
    fastest = loads[max(loads)]
    fp4 = repeats("fp4", 2, (-0.01, 0, 0.01))
    once = [p for p in fp4 if p.concurrency != fastest or p.run_started_at == fp4[0].run_started_at]
    speeds = sorted(loads)
    found = of_repeats(once, repeats("bf16", 1, (-0.01, 0, 0.01)), targets=(speeds[0], speeds[-1]))
    told = headline_target(found.targets)
    assert told is not None
    assert told.interactivity == speeds[0]
    # The middle of two is the faster one: that another is told instead is said, where it is not, nothing.
    assert f"; at {speeds[-1]:g} a point beside was measured once" in found.narrative[0]
    three = of_repeats(once, repeats("bf16", 1, (-0.01, 0, 0.01)), targets=(*speeds[:2], speeds[-1]))
    assert headline_target(three.targets) is three.targets[1]
    assert "measured once" not in three.narrative[0]


def test_where_only_gaps_are_the_best_known_points_are_told_as_measured() -> None:
    """FP4 is 1.6 times apart around 130, so the next point above counts, of its best series; BF16 has one."""
    fp4 = [
        point(x, y, load, engine=engine)
        for x, y, load, engine in (
            (100, 4000, 64, "sglang"), (160, 1500, 16, "sglang"),
            (140, 1450, 20, "vllm"), (150, 900, 9, "vllm"),
        )
    ]  # fmt: skip
    bf16 = [point(x, y, None, precision="bf16") for x, y in ((110, 2000), (145.26, 500))]
    found = compared(SLUG, [*fp4, *bf16], targets=(130.0,))
    told = ", not matched: FP4 1,500 tok/s/GPU at 160 tok/s/user (16 in flight), BF16 500 at 145.3."
    why = "no ratio can be claimed at these targets, whose points beside are too far apart"
    assert found.narrative[0].endswith(f"{why}; measured at or above 130 tok/s/user{told}")
    assert found.narrative[1].endswith(f". Measured at or above it{told}")
    (target,) = found.targets
    assert [r.best.throughput_per_gpu for r in target.readings if r.best] == [1500, 500]
    assert target.ratio is None
    # At $2.70 per GPU-hour 1,500 tok/s are $0.50 per million tokens, and 500 are $1.50.
    pricing = PriceTerms("hyperscaler", False, {"b300": 2.7}, {}, None)
    dollars = compared(SLUG, [*fp4, *bf16], targets=(130.0,), view=View("per-dollar", COST), pricing=pricing)
    told = (
        ", not matched: FP4 $0.500 per M tokens and 1,500 tok/s/GPU at 160 tok/s/user (16 in flight), "
        "BF16 $1.50 and 500 at 145.3."
    )
    assert dollars.narrative[0].endswith(f"{why}; measured at or above 130 tok/s/user{told}")
    assert dollars.narrative[1].endswith(f". Measured at or above it{told}")


@pytest.mark.parametrize(
    ("level", "gpus", "loads", "said"),
    [
        (2000, 32, (64, 64), "; FP4 on 32 GPUs at 64 streams, BF16 on 4 GPUs at 16–64 streams"),
        (2000, 4, (512, 256), "; FP4 on 4 GPUs at 256–512 streams, BF16 on 4 GPUs at 16–64 streams"),
        (2000, 4, (None, None), ""),  # not said
        (2000, 16, (64, 64), ""),  # 4 times as many, not more
        (700, 32, (512, 512), ""),  # no extreme ratio
    ],
)
def test_an_extreme_ratio_names_gpus_and_streams_that_differ_as_much(
    level: int, gpus: int, loads: tuple[int | None, int | None], said: str
) -> None:
    """At 110 the other side has 4 GPUs and 750 tok/s/GPU between 64 and 16 streams."""
    fp4 = [
        point(x, y * level, load, decode_gpus=gpus) for x, y, load in ((100, 3, loads[0]), (140, 2, loads[1]))
    ]
    sentence = compared(SLUG, [*fp4, *BF16], targets=(110.0,)).narrative[0]
    assert f"from single runs{said}" in sentence
    assert ("streams" in sentence) == bool(said)


def test_a_side_that_reaches_no_further_has_no_best_point() -> None:
    bf16 = [point(x, y, 8, precision="bf16") for x, y in ((90, 2000), (120, 500))]
    fp4 = [point(x, y, 8) for x, y in ((100, 4000), (160, 1500))]
    found = compared(SLUG, [*fp4, *bf16], targets=(110.0, 130.0))
    assert "BF16 nothing." in found.narrative[2]
    assert found.targets[1].readings[1].best is None
    assert found.targets[0].readings[1].best is not None  # itself known there, but there is no ratio


def test_no_best_point_is_told_beside_a_ratio() -> None:
    (target,) = compared(SLUG, [*FP4, *BF16], targets=(120.0,)).targets
    assert target.ratio
    assert [reading.best for reading in target.readings] == [None, None]


def test_a_ratio_without_an_interval_says_what_it_rests_on() -> None:
    once = compared(SLUG, [*FP4, *BF16], targets=(120.0,))
    assert "the tokens per dollar), from single runs" in once.narrative[0]
    printed = [replace(p, status="published") for p in (*FP4, *BF16)]
    assert "), as published" in compared(SLUG, printed, targets=(120.0,)).narrative[0]
    simulated = [replace(p, status="simulated") for p in (*FP4, *BF16)]
    assert "single runs" not in compared(SLUG, simulated, targets=(120.0,)).narrative[0]
    repeated = repeats("fp4", 2, (-0.01, 0, 0.01))
    speeds = sorted(x for x, _, _ in KNOTS)
    half = of_repeats(repeated, BF16, targets=(110.0,))
    assert "), BF16 from single runs" in half.narrative[0]
    both = of_repeats(repeated, repeats("bf16", 1, (-0.01, 0, 0.01)), targets=(speeds[1],))
    assert "[" in both.narrative[0]
    assert "single runs" not in both.narrative[0]
