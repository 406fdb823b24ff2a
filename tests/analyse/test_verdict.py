"""The first sentence: which target it tells, and what it may not leave out."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from isoline.analyse.narrative import headline_target
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
    assert "tokens per dollar)" + said in sentence
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
