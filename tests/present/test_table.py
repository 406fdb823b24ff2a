"""Rows of the table of readings."""

from __future__ import annotations

import pytest

from isoline.present import table
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
