"""What is offered where a question has no answer: only what leads to one."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from isoline.ask.answer import answer
from isoline.ask.choices import choices
from isoline.ask.question import Question
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Dataset, Workload
from isoline.domain.slugs import parse_slug
from isoline.errors import NoDataError
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point

CATALOG = load_catalog(())
SLUG = parse_slug("glm-5-b300-fp4-vs-bf16", CATALOG)  # nothing about it is packaged


def held(root: Path, *rows: tuple[str, str, int, str]) -> Sources:
    """A store with a point per dataset, precision, input length and date."""
    for dataset in sorted({row[0] for row in rows}):
        points = [
            replace(
                point(40.0, 900.0, 8, model=SLUG.model, precision=precision),
                key=f"{precision} {isl} {date}",
                workload=Workload(isl, 1024),
                dataset=dataset,
                date=date,
            )
            for name, precision, isl, date in rows
            if name == dataset
        ]
        Store(root).write_run(Dataset(dataset, "runs"), "import", points=points)
    return Sources(lambda: Store(root))


def refused(data: Sources, **asked: object) -> NoDataError:
    with pytest.raises(NoDataError) as caught:
        answer(Question(SLUG, **asked), data, CATALOG)  # type: ignore[arg-type]
    return caught.value


def test_what_is_offered_has_data_on_both_sides(tmp_path: Path) -> None:
    """2k/1k has FP4 alone, 8k/1k a side in each of two datasets, 1k/1k both, from May on."""
    data = held(
        tmp_path,
        ("a", "fp4", 1024, "2026-03-01"),
        ("a", "bf16", 1024, "2026-05-01"),
        ("a", "fp4", 2048, "2026-01-01"),
        ("a", "fp4", 8192, "2026-06-01"),
        ("b", "bf16", 8192, "2026-06-02"),
        ("b", "fp4", 4096, "2026-06-02"),
    )
    offered = "there is 1k/1k (2026-05-01, dataset a)"
    assert str(refused(data, sequence="16k/1k")) == f"no data for {SLUG.canonical} at 16k/1k; {offered}"
    assert str(refused(data, as_of="2020-01-01")).endswith(f" as of 2020-01-01; {offered}")
    assert choices(SLUG, data).sequences == ("1k/1k",)
    assert choices(SLUG, data).datasets == ("a",)
    found = answer(Question(SLUG), data, CATALOG)
    assert found.has_both
    assert (found.sequence, found.sources[0].dataset) == ("1k/1k", "a")


def test_a_dataset_of_both_sides_apart_is_not_preferred(tmp_path: Path) -> None:
    data = held(
        tmp_path,
        *(("a", "fp4", 1024, "2026-03-01"), ("a", "bf16", 8192, "2026-03-01")),
        *(("b", "fp4", 8192, "2026-03-01"), ("b", "bf16", 8192, "2026-03-01")),
    )
    found = answer(Question(SLUG), data, CATALOG)
    assert [source.dataset for source in found.sources] == ["b"]
    assert found.has_both


def test_where_no_data_are_shared_other_comparisons_are_offered(tmp_path: Path) -> None:
    data = held(tmp_path, ("a", "fp4", 1024, "2026-03-01"), ("a", "bf16", 8192, "2026-03-01"))
    error = refused(data, sequence="2k/1k")
    assert "at 2k/1k, and nothing that both sides have" in str(error)
    assert error.suggestions
    assert SLUG.canonical not in error.suggestions


def test_invalid_runs_of_the_selection_are_counted_in_a_note(tmp_path: Path) -> None:
    """Two of this comparison; one of another precision is none of its business."""
    data = held(tmp_path, ("a", "fp4", 1024, "2026-03-01"), ("a", "bf16", 1024, "2026-03-01"))
    wrong = [
        replace(
            point(50.0, 950.0, load, model=SLUG.model, precision=precision),
            dataset="a",
            valid=False,
        )
        for precision, load in (("fp4", 64), ("bf16", 128), ("fp8", 256))
    ]
    folder = Store(tmp_path).write_run(Dataset("a", "runs"), "bench", points=wrong)
    (note,) = (note for note in answer(Question(SLUG), data, CATALOG).notes if "INVALID" in note)
    assert note == (f"2 INVALID runs were left out (at 64 and 128 streams); `isoline show {folder}` says why")
    for side in answer(Question(SLUG), data, CATALOG).sides:
        assert [p.interactivity for p in side.points] == [40.0]


def test_a_missing_side_is_told_what_there_is_of_it_and_of_the_model(tmp_path: Path) -> None:
    """FP4 on B300 at 1k/1k; of the other GPU there is FP8 alone, of a third and of BF16 nothing."""
    made = [
        replace(point(x, 900.0, 8, model=SLUG.model, precision=precision, hardware=hardware), dataset="a")
        for precision, hardware, x in (("fp4", "b300", 40.0), ("fp8", "h200", 30.0), ("fp8", "h200", 20.0))
    ]
    Store(tmp_path).write_run(Dataset("a", "runs"), "import", points=made)
    data = Sources(lambda: Store(tmp_path))

    def note(slug: str, **asked: object) -> str:
        question = Question(parse_slug(slug, CATALOG), **asked)  # type: ignore[arg-type]
        return answer(question, data, CATALOG).notes[0]

    assert note("glm-5-b300-vs-h200", precision="fp4") == (
        "No points of H200 here; of it there is: 2 points of GLM 5/5.1: FP8 on H200, 1k/1k (dataset a)"
    )
    there = "of GLM 5/5.1 there is B300 (FP4), H200 (FP8)"
    assert note("glm-5-b300-fp4-vs-bf16") == f"No points of BF16 here; {there}"
    with pytest.raises(NoDataError) as caught:
        answer(Question(parse_slug("glm-5-h100-fp4-vs-fp8", CATALOG)), data, CATALOG)
    assert there in str(caught.value)


def test_other_comparisons_of_the_model_are_suggested_before_those_of_others(tmp_path: Path) -> None:
    error = refused(held(tmp_path, ("a", "fp8", 1024, "2026-03-01")))
    assert not any(other.startswith("glm") for other in error.suggestions)
    made = [
        replace(point(40.0, 900.0, 8, model=SLUG.model, precision=key, hardware="h200"), dataset="a")
        for key in ("fp4", "fp8")
    ]
    Store(tmp_path).write_run(Dataset("a", "runs"), "import", points=made)
    error = refused(Sources(lambda: Store(tmp_path)))
    assert error.suggestions[0] == "glm-5-1-h200-fp4-vs-fp8"
