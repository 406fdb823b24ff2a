"""Holding both sides equal: which points are left, in what, and how much of a ratio goes with that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from isoline.analyse.dimensions import DIMENSIONS
from isoline.analyse.matching import FIELDS, Matching, equal, matchable, matched, most, named
from isoline.domain.point import Point
from isoline.domain.recipe import RECIPE_FIELDS
from tests.points import point

LINE = ((100.0, 3000.0), (140.0, 2000.0), (200.0, 1000.0))


def side(*recipes: dict[str, object], shift: float = 0.0) -> list[Point]:
    """Three points of each recipe."""
    return [point(x + shift, y, **recipe) for recipe in recipes for x, y in LINE]


def tps(points: list[Point]) -> set[int | None]:
    return {point.recipe.decode_tp for point in points}


def both(tp: int, **more: object) -> dict[str, object]:
    return {"decode_tp": tp, "prefill_tp": tp, **more}


def test_what_one_side_lacks_is_left_out_of_the_other() -> None:
    a, b = matched((side(both(4), both(8)), side(both(8), both(16))), ("tp",))
    assert (tps(a), tps(b)) == ({8}, {8})
    assert len(a) == len(b) == 3


def test_fields_are_equal_together_not_each_by_itself() -> None:
    a = side(both(4, engine="sglang"), both(8, engine="vllm"))
    b = side(both(8, engine="sglang"), both(4, engine="vllm"))
    assert all(matched((a, b), ("tp",)))
    assert all(matched((a, b), ("engine",)))
    assert matched((a, b), ("tp", "engine")) == ([], [])
    # The engine comes first, tp gives way.
    assert most((a, b), ("engine", "tp")) == Matching(("engine",), ("tp",))


def test_a_field_gives_way_whose_equal_points_share_no_speed() -> None:
    """Equal ones that cannot be compared are no use."""
    a, b = side(both(4), both(8)), [*side(both(4), shift=500.0), *side(both(16))]
    assert most((a, b), ("tp",)) == Matching((), ("tp",))
    assert most((a, side(both(4), both(16))), ("tp",)) == Matching(("tp",), ())


def test_one_value_everywhere_is_nothing_that_had_to_be_held() -> None:
    assert most((side(both(4)), side(both(4, precision="fp8"))), ("tp", "engine")) == Matching()


def test_roles_of_a_disaggregated_deployment_are_both_equal() -> None:
    apart = {"disaggregated": True, "prefill_tp": 2, "decode_tp": 8}
    other = {"disaggregated": True, "prefill_tp": 4, "decode_tp": 8}
    assert matched((side(apart), side(other)), ("tp",)) == ([], [])
    assert all(matched((side(apart), side(other)), ("decode_tp",)))


def test_how_lengths_were_drawn_is_a_field() -> None:
    drawn = [replace(p, workload=replace(p.workload, kind="uniform")) for p in side(both(4))]
    fixed = side(both(4))
    assert matched((drawn, fixed), ("lengths",)) == ([], [])
    assert most((drawn + fixed, fixed), ("lengths",)) == Matching(("lengths",), ())


@pytest.mark.parametrize("kind", DIMENSIONS)
def test_what_is_compared_cannot_be_held_equal(kind: str) -> None:
    dimension = DIMENSIONS[kind]
    left_out = {*dimension.attributes, *dimension.implied, *dimension.carriers}
    assert not left_out & set(matchable(dimension))
    assert left_out | set(matchable(dimension)) == set(FIELDS)
    assert set(FIELDS) >= set(RECIPE_FIELDS) - {"model"}


SOME = st.lists(
    st.builds(
        lambda tp, engine, x: point(x, 1000.0, engine=engine, **both(tp)),
        st.sampled_from([1, 2, 4]),
        st.sampled_from(["sglang", "vllm"]),
        st.floats(10, 400),
    ),
    max_size=8,
)


@given(SOME, SOME, st.permutations(["tp", "engine", "flags"]))
def test_what_is_left_is_equal_and_as_much_as_can_be(
    a: list[Point], b: list[Point], names: list[str]
) -> None:
    found = most((a, b), names)
    left = matched((a, b), found.fields)
    keys = [
        {
            tuple(getattr(p.recipe, {"tp": "decode_tp"}.get(name, name)) for name in found.fields)
            for p in group
        }
        for group in left
    ]
    assert keys[0] == keys[1]
    assert "flags" not in found.fields  # nobody says any
    if found.fields:
        ranges = [(min(p.interactivity for p in g), max(p.interactivity for p in g)) for g in left]
        assert max(r[0] for r in ranges) < min(r[1] for r in ranges)
    assert set(found.fields).isdisjoint(found.apart)


def test_many_fields_of_one_thing_have_one_name() -> None:
    assert named(("gpus", "tp")) == "topology"
    assert named(("tp", "flags")) == "TP and flags"
    assert named(("prefill_tp", "decode_tp", "spec_method", "spec_draft_tokens")) == (
        "topology and speculative decoding"
    )
    assert named(("gpus", "decode_gpus", "tp"), beside=("ep",)) == "GPUs and TP"
    assert equal(("tp", "flags")) == "equal TP and flags"
    assert equal(("engine", "gpus", "tp", "image")) == "equal configurations"
