"""Holding both sides equal: which points are left, in what, and how much of a ratio goes with that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from isoline.analyse.dimensions import DIMENSIONS
from isoline.analyse.matching import FIELDS, Matching, headline, left, matchable, matched, most, named
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


def test_both_sides_are_read_at_one_configuration() -> None:
    """Of several that both have the one with most points: a side's best of two may not be the other's."""
    a = [*side(both(4)), *side(both(8)), *side(both(8), shift=5.0)]
    a, b = matched((a, side(both(4), both(8))), ("tp",))
    assert (tps(a), tps(b)) == ({8}, {8})
    # Not where the speeds of more points do not overlap.
    far = [*side(both(8), shift=500.0), *side(both(8), shift=505.0)]
    a, b = matched(([*side(both(4)), *far], side(both(4), both(8))), ("tp",))
    assert (tps(a), tps(b)) == ({4}, {4})


def test_fields_are_equal_together_not_each_by_itself() -> None:
    a = side(both(4, engine="sglang"), both(8, engine="vllm"))
    b = side(both(8, engine="sglang"), both(4, engine="vllm"))
    assert all(matched((a, b), ("tp",)))
    assert all(matched((a, b), ("engine",)))
    assert matched((a, b), ("tp", "engine")) == ([], [])
    assert most((a, b), ("engine", "tp")) == ("engine",)  # the engine comes first, tp gives way
    assert left(matched((a, b), ("engine",)), ("engine", "tp")) == ("tp",)


def test_a_field_gives_way_whose_equal_points_share_no_speed() -> None:
    """Equal ones that cannot be compared are no use, nor are two configurations that share one each."""
    a, b = side(both(4), both(8)), [*side(both(4), shift=500.0), *side(both(16))]
    assert most((a, b), ("tp",)) == ()
    assert most((a, side(both(4), both(16))), ("tp",)) == ("tp",)
    a, b = [*side(both(4)), *side(both(8), shift=500.0)], [*side(both(4), shift=500.0), *side(both(8))]
    assert most((a, b), ("tp",)) == ()


def test_one_value_everywhere_is_nothing_that_had_to_be_held() -> None:
    assert most((side(both(4)), side(both(4, precision="fp8"))), ("tp", "engine")) == ()


def test_roles_of_a_disaggregated_deployment_are_both_equal() -> None:
    apart = {"disaggregated": True, "prefill_tp": 2, "decode_tp": 8}
    other = {"disaggregated": True, "prefill_tp": 4, "decode_tp": 8}
    assert matched((side(apart), side(other)), ("tp",)) == ([], [])
    assert all(matched((side(apart), side(other)), ("decode_tp",)))


def test_how_lengths_were_drawn_is_a_field() -> None:
    drawn = [replace(p, workload=replace(p.workload, kind="uniform")) for p in side(both(4))]
    fixed = side(both(4))
    assert matched((drawn, fixed), ("lengths",)) == ([], [])
    assert most((drawn + fixed, fixed), ("lengths",)) == ("lengths",)


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


def overlap(groups: tuple[list[Point], list[Point]]) -> bool:
    spans = [[p.interactivity for p in group] for group in groups]
    return all(spans) and max(map(min, spans)) < min(map(max, spans))


@given(SOME, SOME, st.permutations(["tp", "engine", "flags"]))
def test_one_configuration_is_left_in_as_many_fields_as_go_one_after_the_other(
    a: list[Point], b: list[Point], names: list[str]
) -> None:
    found = most((a, b), names)
    kept = matched((a, b), found)
    attributes = {"tp": "decode_tp"}
    for name in names:
        values = [{getattr(p.recipe, attributes.get(name, name)) for p in group} for group in (a, b)]
        if name in found:
            left_over = [getattr(p.recipe, attributes.get(name, name)) for group in kept for p in group]
            assert len(set(left_over)) == 1
            assert overlap(kept)
        else:
            before = [other for other in found if names.index(other) < names.index(name)]
            assert len(values[0] | values[1]) < 2 or not overlap(matched((a, b), [*before, name]))


def test_many_fields_of_one_thing_have_one_name() -> None:
    assert named(("gpus", "tp")) == "topology"
    assert named(("tp", "flags")) == "TP and flags"
    assert named(("prefill_tp", "decode_tp", "spec_method", "spec_draft_tokens")) == (
        "topology and speculative decoding"
    )
    assert named(("gpus", "decode_gpus", "tp"), beside=("ep",)) == "GPUs and TP"
    assert headline(Matching(("tp", "flags"))) == "with equal TP and flags"
    assert headline(Matching(("engine", "gpus", "tp", "image"))) == "with equal configurations"
    assert headline(Matching(("engine", "gpus", "tp", "flags"), ("image",))) == "equal but for image"
    # What still differs in topology is not called equal in it.
    some = Matching(("engine", "gpus", "tp"), ("ep", "engine_version", "image"))
    assert headline(some) == "equal in 3 fields"
