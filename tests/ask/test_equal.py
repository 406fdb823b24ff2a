"""A question with both sides held equal, and what of a ratio goes with that, from a store."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from isoline.analyse.comparison import Attribution, Comparison
from isoline.analyse.repeats import ONE_SERVER
from isoline.ask.answer import answer
from isoline.ask.asked import Asked, question
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Dataset, Point
from isoline.domain.slugs import parse_slug
from isoline.errors import NoDataError, UsageError
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point

CATALOG = load_catalog(())
SLUG = "qwen-3-5-b300-fp4-vs-fp8"
TP8 = {"decode_tp": 8, "prefill_tp": 8, "decode_gpus": 8, "prefill_gpus": 8}


def line(scale: float, **recipe: object) -> list[Point]:
    """Straight, so that what is read between its points can be computed in one's head."""
    return [point(x, scale * (400 - x), **recipe) for x in (100.0, 140.0, 200.0)]


# FP4 gives twice what FP8 does on four GPUs; on eight, where only FP4 was measured, three times.
POINTS = [*line(20), *line(30, **TP8), *line(10, precision="fp8", kv_format="bf16")]


def asked(tmp_path: Path, points: list[Point] = POINTS, slug: str = SLUG, **texts: object) -> Comparison:
    store = Store(tmp_path)
    store.write_run(Dataset("test", "runs"), "import", points=points)
    wanted = question(parse_slug(slug, CATALOG), Asked(**texts), CATALOG)  # type: ignore[arg-type]
    return answer(wanted, Sources(lambda: store), CATALOG)


def split(found: Comparison) -> Attribution:
    assert found.attribution is not None
    return found.attribution


def test_a_ratio_is_split_into_what_is_compared_and_the_rest(tmp_path: Path) -> None:
    found = asked(tmp_path, at="150")
    assert found.targets[0].ratio == pytest.approx(3)
    told = split(found)
    assert (told.fields, told.apart) == (("gpus", "prefill_gpus", "decode_gpus", "tp"), ("kv_format",))
    assert (told.best, told.equal, told.rest) == (pytest.approx(3), pytest.approx(2), pytest.approx(1.5))
    assert told.points == (3, 3)
    assert told.sentence == (
        "At 150 tok/s/user FP4 gives 3.00× the tokens per GPU of FP8 with the best configuration of each "
        "side and 2.00× where both have the same topology: 2.00× goes with the precision and KV cache "
        "format, 1.50× with the rest."
    )
    assert found.offers.match == told.fields
    assert found.held == ()


def test_held_equal_nothing_but_the_equal_points_is_read(tmp_path: Path) -> None:
    found = asked(tmp_path, at="150", match=("all",))
    assert found.targets[0].ratio == pytest.approx(2)
    assert [len(side.points) for side in found.sides] == [3, 3]
    assert {one.field: one.a for one in found.held} == {"gpus": "4", "tp": "4"}  # roles are one here
    assert [one.field for one in found.differences] == ["kv_format"]
    assert "with equal topology" in found.narrative[0]
    assert "best in the configuration that both have" in found.narrative[-1]
    assert sum(source.points for source in found.sources) == 6
    told = split(found)
    assert (told.best, told.equal) == (pytest.approx(3), pytest.approx(2))


def test_where_the_rest_changes_nothing_that_is_said(tmp_path: Path) -> None:
    points = [*line(20), *line(5, **TP8), *line(10, precision="fp8")]
    assert split(asked(tmp_path, points, at="150")).sentence.endswith(
        "topology: holding that equal changes nothing."
    )


def test_two_common_configurations_are_not_read_against_each_other(tmp_path: Path) -> None:
    """FP4 is better on eight GPUs, FP8 on four: the best of each would not be the same."""
    points = [*line(20), *line(30, **TP8), *line(10, precision="fp8"), *line(6, precision="fp8", **TP8)]
    found = asked(tmp_path, points, at="150", match=("all",))
    assert [len({p.recipe.decode_tp for p in side.points}) for side in found.sides] == [1, 1]
    told = split(found)
    assert told.best == pytest.approx(3)
    assert told.equal in (pytest.approx(2), pytest.approx(5))  # on four GPUs each, or on eight


def test_what_a_named_field_leaves_is_told(tmp_path: Path) -> None:
    points = [*line(20, image="a"), *line(30, image="b", **TP8), *line(10, precision="fp8", image="b")]
    told = split(asked(tmp_path, points, at="150", match=("image",)))
    assert (told.fields, told.apart[0]) == (("image",), "gpus")
    assert told.sentence.endswith("holding that equal changes nothing. They can still differ in topology.")


def test_what_could_be_held_equal_does_not_depend_on_what_was_asked(tmp_path: Path) -> None:
    offered = [
        asked(tmp_path / name, at="150", match=match).offers.match
        for name, match in (("a", ()), ("b", ("tp",)), ("c", ("all",)))
    ]
    assert offered == [("gpus", "prefill_gpus", "decode_gpus", "tp")] * 3


def test_of_costs_tokens_per_dollar_are_split(tmp_path: Path) -> None:
    told = split(asked(tmp_path, at="150", view="per-dollar"))
    assert (told.best, told.equal) == (pytest.approx(1 / 3), pytest.approx(1 / 2))  # of the costs
    assert "FP4 gives 3.00× the tokens per dollar of FP8" in told.sentence


def test_where_a_ratio_is_not_known_another_target_is_told(tmp_path: Path) -> None:
    points = [*line(20), *line(30, **TP8), *line(10, precision="fp8")]
    far = [point(x, 100.0, precision="fp8", **TP8) for x in (300.0, 390.0)]
    told = split(asked(tmp_path, [*points, *far], at="250,120"))
    assert told.interactivity == 120
    assert told.best
    assert told.equal


def test_single_fields_are_held_equal_in_any_case(tmp_path: Path) -> None:
    found = asked(tmp_path, at="150", match=("TP",))
    assert found.matching.fields == ("tp",)
    assert found.targets[0].ratio == pytest.approx(2)


def test_what_cannot_be_held_equal_is_told_with_its_values(tmp_path: Path) -> None:
    with pytest.raises(NoDataError, match=r"no KV cache format in common \(FP4: not recorded; FP8: bf16\)"):
        asked(tmp_path, match=("kv_format",))
    only = [*line(20), *line(10, precision="fp8", kv_format="bf16")]
    with pytest.raises(NoDataError, match="FP4 and FP8 have no KV cache format in common"):
        asked(tmp_path / "b", only, match=("all",))
    told = split(asked(tmp_path / "c", only))
    assert (told.equal, told.rest, told.points) == (None, None, (0, 0))
    assert told.sentence.startswith("The sides share no speeds at equal KV cache format, so what")


def test_without_another_difference_there_is_nothing_to_split(tmp_path: Path) -> None:
    points = [*line(20), *line(10, precision="fp8")]
    assert asked(tmp_path, points).attribution is None
    found = asked(tmp_path / "b", points, match=("all",))  # equal already
    assert (found.held, found.attribution) == ((), None)
    assert [len(side.points) for side in found.sides] == [3, 3]


@pytest.mark.parametrize(
    ("match", "said"),
    [("precision", "is what qwen-3-5-b300-fp4-vs-fp8 compares"), ("tpp", "there is no match 'tpp'")],
)
def test_other_words_are_refused(tmp_path: Path, match: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        asked(tmp_path, match=(match,))


def test_published_readings_cannot_be_held_equal(tmp_path: Path) -> None:
    found = asked(tmp_path, slug="qwen-3-5-b300-fp4-vs-bf16")  # BF16 is on a published page only
    assert found.attribution is None
    assert not any(one.shared for one in found.differences)
    with pytest.raises(NoDataError, match="published readings do not say how they were served"):
        asked(tmp_path / "b", slug="qwen-3-5-b300-fp4-vs-bf16", match=("all",))


def test_repeats_are_counted_of_the_points_that_are_read(tmp_path: Path) -> None:
    """FP4 was repeated on four GPUs, measured once on eight; FP8 on four GPUs once."""
    points = [
        replace(one, key=f"{one.key}/{number}", repeat=number, concurrency=int(one.interactivity or 0))
        for one in POINTS
        for number in range(2 if one.recipe.precision == "fp4" and one.recipe.decode_tp == 4 else 1)
    ]
    every, one_server = "3 points are the mean of 2 runs each, from one server start", ONE_SERVER
    best, equal = asked(tmp_path / "best", points), asked(tmp_path / "equal", points, match=["all"])
    assert best.notes[:3] == (every, one_server, "6 points have one valid run only")
    assert equal.notes[:3] == (every, one_server, "3 points have one valid run only")
