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
