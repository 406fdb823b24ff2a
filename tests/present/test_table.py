"""Rows of the table of readings."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from isoline.analyse.rates import PriceTerms
from isoline.present import around, table
from tests.analyse.test_compare import BF16, FP4, SLUG, compared, of_repeats, repeats
from tests.points import point

FASTER = [point(x, y, 8, precision="bf16") for x, y in ((90, 12_000), (130, 8_000))]
NOISE = (-0.01, 0.0, 0.01)


def ratios(found: object) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {row.metric: (row.label, row.cells) for row in table.rows(found) if row.is_ratio}  # type: ignore[arg-type]


def test_ratios_point_where_the_verdict_points() -> None:
    """Above 1 at the told target, and the label says of which side to which; the others follow it."""
    found = compared(SLUG, [*FP4[:2], *BF16], targets=(100.0, 120.0))
    assert ratios(found)["Throughput"] == ("FP4 ÷ BF16", ("3.43×", "4.00×"))
    assert ratios(found)["Cost"] == ("BF16 ÷ FP4", ("3.43×", "4.00×"))
    other = compared(SLUG, [*FP4[:2], *FASTER], targets=(100.0, 120.0))
    assert ratios(other)["Throughput"] == ("BF16 ÷ FP4", ("3.67×", "3.60×"))
    assert ratios(other)["Cost"][0] == "FP4 ÷ BF16"
    assert other.targets[0].throughput_ratio == pytest.approx(3000 / 11_000)  # data keep first ÷ second


def test_an_interval_is_turned_with_its_ratio() -> None:
    found = of_repeats(repeats("fp4", 1, NOISE), repeats("bf16", 2, NOISE), targets=(100.0,))
    interval = found.targets[0].throughput_interval
    assert interval is not None
    label, (cell,) = ratios(found)["Throughput"]
    assert label == "BF16 ÷ FP4"
    assert cell == f"2.00× [{1 / interval.high:.2f}–{1 / interval.low:.2f}]"


def test_no_measurable_difference_has_the_direction_of_the_sides() -> None:
    found = of_repeats(repeats("fp4", 0.999, NOISE), repeats("bf16", 1, NOISE), targets=(100.0,))
    assert "no measurable difference" in found.narrative[0]
    assert ratios(found)["Throughput"][0] == "FP4 ÷ BF16"


def test_printed_readings_keep_their_digits_and_others_have_three() -> None:
    printed = [point(x, y, 8, status="published") for x, y in ((100, 4219.84), (140, 2000))]
    found = compared(SLUG, [*printed, *BF16], targets=(100.0, 120.0))
    first, second = (row.cells for row in table.rows(found)[:2])
    assert first == ("4,219.84", "3,110")
    assert second == ("875", "625")


def test_printed_costs_keep_three_digits_after_the_point() -> None:
    """As their page prints them: $0.910, not $0.91; one with more digits keeps them."""
    printed = [
        replace(
            point(x, 5000 - x, 8, status="published", precision=key),
            printed_cost=cost,
            printed_tokens_per_mw=5e5,
        )
        for key, costs in (("fp4", (0.316, 0.1234)), ("bf16", (0.91, 2.0)))
        for x, cost in zip((100, 140), costs, strict=True)
    ]
    found = compared(SLUG, printed, targets=(100.0, 140.0))
    cells = [row.cells for row in table.rows(found) if row.metric == "Cost" and not row.is_ratio]
    assert cells == [("$0.316", "$0.1234"), ("$0.910", "$2.000")]


def test_ratios_from_10_on_have_no_decimals() -> None:
    for level, expected in ((9.94, "9.94×"), (10.04, "10×"), (147.81, "148×")):
        sides = [
            point(x, y * times, 8, precision=key)
            for key, times in (("fp4", level), ("bf16", 1))
            for x, y in ((100, 1000), (120, 900))
        ]
        assert ratios(compared(SLUG, sides, targets=(100.0,)))["Throughput"][1] == (expected,)


def test_a_budget_across_a_gap_tells_the_fastest_point_within_it_as_well() -> None:
    """At $3.60 per GPU-hour $0.40 buys 2,500 tok/s/GPU: of FP4 between 100 and 200, which are far apart, of
    BF16 between 100 and 120, which are not. $1 buys 1,000, which FP4 has at its last point."""
    sides = [
        *(point(x, y, 8) for x, y in ((100, 3000), (200, 1000))),
        *(point(x, y, 8, precision="bf16") for x, y in ((100, 2600), (120, 2400))),
    ]
    pricing = PriceTerms("hyperscaler", False, {"b300": 3.6}, {}, None)
    first, second, third = around.within(compared(SLUG, sides, budgets=(0.4, 1.0, 0.3), pricing=pricing))
    assert first == (
        "Within $0.4 per M tokens: FP4 up to 125 tok/s/user (a guess across a wide gap; known to 100), "
        "BF16 up to 110 tok/s/user (interpolated)"
    )
    assert second.startswith("Within $1 per M tokens: FP4 up to 200 tok/s/user (measured), ")
    assert third == "Within $0.3 per M tokens: FP4 nowhere, BF16 nowhere"


def test_a_reading_beside_a_point_says_why_no_wide_gap_is_told() -> None:
    """100 and 200 are 2x apart: 100.3 is read beside 100, 130 lies in the gap; from 200 on there is none."""
    sides = [
        point(x, y, 8, precision=precision)
        for precision in ("fp4", "bf16")
        for x, y in ((100, 3000), (200, 1000), (250, 900))
    ]
    cases = ((100.3, "interpolated", True), (130, "wide gap", False), (220, "interpolated", False))
    for at, status, told in cases:
        found = compared(SLUG, sides, targets=(at,))
        assert {reading.status for reading in found.targets[0].readings} == {status}
        assert (table.LEGEND["close"] in table.legend(found)) is told
