"""Numbers as people write them."""

from __future__ import annotations

import pytest

from isoline.analyse import words


@pytest.mark.parametrize(
    ("value", "text"),
    [(160.0, "160"), (37.5, "37.5"), (9.999, "10"), (1234.5, "1,234.5"), (0.25, "0.25"), (1e6, "1,000,000")],
)
def test_interactivity(value: float, text: str) -> None:
    assert words.interactivity(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4219.8, "4,220"), (712.0, "712"), (46.61, "46.6"), (3.14159, "3.14"), (0.0371, "0.0371"),
        (0, "0.00"), (9.996, "10.0"), (999.5, "1,000"), (1365.0, "1,360"), (1375.0, "1,380"),
        (6_336_881, "6,340,000"),
    ],
)  # fmt: skip
def test_figures_have_three_significant_digits(value: float, text: str) -> None:
    """Exact halves go to the even digit, as everywhere in Python."""
    assert words.amount(value) == words.throughput(value) == text
    assert words.usd(value) == f"${text}"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(7618.3, 9855.2, "7,620–9,860"), (10_120, 10_135, "10,120–10,135"), (0.0371, 0.0452, "0.0371–0.0452")],
)
def test_ends_of_an_interval_are_told_apart(low: float, high: float, text: str) -> None:
    assert words.range_of(low, high) == text
