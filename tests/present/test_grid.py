"""Columns of words: nothing lost, nothing beside the width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from isoline.present.grid import wrapped

NAMES = st.text("xyz", min_size=1, max_size=20)
WORDS = st.lists(st.text("abc/=", min_size=1, max_size=40), max_size=12).map(" ".join)


@given(st.lists(st.tuples(NAMES, WORDS, WORDS), min_size=1), st.integers(60, 120))
def test_wrapped_lines_fit_and_keep_every_character(rows: list[tuple[str, str, str]], width: int) -> None:
    text = wrapped(rows, width)
    assert max(map(len, text.splitlines()), default=0) <= width
    written = sorted(c for row in rows for cell in row for c in cell if c != " ")
    assert sorted(c for c in text if not c.isspace()) == written


def test_without_a_width_a_row_is_a_line() -> None:
    assert wrapped([("field", "a b " * 40, "c")], None).count("\n") == 0
