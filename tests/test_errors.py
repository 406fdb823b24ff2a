"""What an unknown name is answered with, and that an error's code has one meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline import errors
from isoline.errors import EXIT_CODES, IsolineError, closest, unknown

NAMES = ("deepseek-v4", "gptoss-120b", "qwen-3-5", "qwen-3-8b", "throughput_per_gpu", "h100")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("qwen3", ("qwen-3-5", "qwen-3-8b")),  # begins so, whatever separates its parts
        ("QWEN-3-8B", ("qwen-3-8b", "qwen-3-5")),
        ("120b", ("gptoss-120b",)),  # within
        ("thruput", ("throughput_per_gpu",)),  # like one of its parts
        ("deepsek-v4", ("deepseek-v4",)),
        ("gpt-4", ()),
        ("", ()),
    ],
)
def test_names_that_were_meant_are_suggested_and_no_others(text: str, expected: tuple[str, ...]) -> None:
    assert closest(text, NAMES) == expected


@given(st.text(max_size=12), st.lists(st.text(max_size=12), max_size=12))
def test_suggestions_are_known_few_and_never_twice(text: str, known: list[str]) -> None:
    found = closest(text, known)
    assert set(found) <= set(known)
    assert len(set(found)) == len(found) <= errors.CLOSE


def test_all_names_are_listed_only_where_none_is_close_and_they_are_few() -> None:
    assert unknown("model", "gpt-4", NAMES, "add it") == (
        "there is no model 'gpt-4'; there is " + ", ".join(NAMES) + "; add it",
        (),
    )
    assert unknown("model", "h10", NAMES) == ("there is no model 'h10'", ("h100",))
    assert unknown("model", "?", map(str, range(1000))) == ("there is no model '?'", ())


def test_every_error_leaves_with_a_code_that_is_explained() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert {kind.exit_code for kind in kinds if issubclass(kind, IsolineError)} <= EXIT_CODES.keys()
