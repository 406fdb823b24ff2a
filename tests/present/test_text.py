"""A comparison on a terminal of 80 columns."""

from __future__ import annotations

import io
import re

from rich.console import Console

from isoline.analyse.comparison import Comparison
from isoline.present import text
from tests.analyse.test_compare import SLUG, compared
from tests.points import point

GAPS = [point(x, y, 8) for x, y in ((20, 6000), (100, 3000), (250, 400))]


def printed(comparison: Comparison) -> str:
    out = io.StringIO()
    text.print_comparison(comparison, [], Console(file=out, width=80, highlight=False))
    return out.getvalue()


def test_long_names_of_rows_do_not_push_targets_into_tables_of_their_own() -> None:
    other = [point(x, y / 2, 8, precision="bf16") for x, y in ((20, 6000), (100, 3000), (250, 400))]
    found = printed(compared(SLUG, [*GAPS, *other], targets=(50.0, 150.0, 200.0)))
    heads = re.findall(r"^at tok/s/user (.*)$", found, re.MULTILINE)
    assert [head.split() for head in heads] == [["50", "150", "200"]]
    assert "Best known point at or above," in found
    assert max(map(len, found.splitlines())) <= 80


def test_without_a_second_side_only_the_first_is_told() -> None:
    """No rows of a side that has no points, no ratios, no sentences about each target."""
    comparison = compared(SLUG, GAPS, targets=(50.0, 150.0))
    for found in (printed(comparison), text.to_markdown(comparison, [])):
        assert "no data for BF16, so there is nothing to compare" in " ".join(found.split())
        assert not re.search(r"^(\| \| |  )BF16", found, re.MULTILINE)
        assert "÷" not in found
        assert "At 50 tok/s/user" not in found
        assert "Fewer bits can cost answer quality" in found
    assert len(printed(comparison).splitlines()) < 45
