"""Index and tail together say what the run folders say, whatever the order of adds and reindexing."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isoline.domain.point import Point, Selection
from isoline.store import compact
from isoline.store.store import Store
from tests.store.fakes import RECIPE, batch, evaluation, point

MODELS = ("a", "b", "c")
ANY = Selection()

_points = st.builds(
    lambda key, model, valid, date: point(
        key,
        recipe=type(RECIPE)(model, "b300", "vllm", "fp4"),
        valid=valid,
        date=date,
    ),
    st.integers(0, 60).map(str),
    st.sampled_from(MODELS),
    st.booleans(),
    st.none() | st.sampled_from(["2026-01-01", "2026-02-01"]),
)
_steps = st.lists(st.none() | st.lists(_points, max_size=6), max_size=12)  # None: reindex


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a handful of points makes several segments and parts."""
    monkeypatch.setattr(compact, "TAIL_FOLDERS", 1)
    monkeypatch.setattr(compact, "MERGE_ROWS", 12)
    monkeypatch.setattr(compact, "PART_ROWS", 3)
    monkeypatch.setattr(compact, "CHUNK_FILES", 2)


def expected(steps: list[list[Point] | None]) -> dict[str, Point]:
    known: dict[str, Point] = {}
    for step in steps:
        for row in step or []:
            known.setdefault(row.key, row)
    return known


def facts(points: list[Point]) -> Counter[tuple[object, ...]]:
    return Counter((row.key, row.recipe, row.date, row.valid) for row in points)


@settings(max_examples=20, deadline=None)
@given(_steps)
def test_any_order_of_adds_and_reindexing(steps: list[list[Point] | None]) -> None:
    known = expected(steps)
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder)) as store:
        for step in steps:
            if step is None:
                store.reindex()
            else:
                store.add([batch(*step)], importer="fake")
        for _ in range(2):  # index and tail, then index alone
            assert facts(store.points(ANY, include_invalid=True)) == facts(list(known.values()))
            for model in MODELS:
                chosen = Selection(model=model, until="2026-01-15")
                want = [row for row in known.values() if row.recipe.model == model and row.valid]
                dated = [row for row in want if row.date == "2026-01-01"]
                assert facts(store.points(chosen)) == facts(dated)
                assert sum(row.points for row in store.coverage(Selection(model=model))) == len(want)
            assert sum(entry.points for entry in store.datasets()) == len(known)
            assert Store(Path(folder)).points(ANY) == store.points(ANY)
            store.reindex()


def test_segments_stay_few_and_old_ones_are_removed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for number in range(40):
        store.write_run(
            batch().dataset, "bench", points=[point(f"{number}")], evaluations=[evaluation(f"{number}")]
        )
    revision = store._reader.index.revision()
    assert 1 < len(revision.segments) <= 8  # full ones of 7 to 12 points, and a few small ones
    folders = {path.name for path in (tmp_path / "index").glob("seg-*")}
    assert folders == {segment.name for segment in revision.segments} | set(revision.previous)
    assert len(store.points(ANY)) == len(store.evaluations(ANY)) == 40
    store.reindex()
    assert len(store._reader.index.revision().segments) == 1
    assert len(store.points(ANY)) == len(store.evaluations(ANY)) == 40


def test_an_index_that_cannot_be_written_is_a_problem_only(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (tmp_path / "index").write_text("in the way")
    for number in range(4):
        store.add([batch(point(f"{number}"))], importer="fake")
    assert len(store.points(ANY)) == 4
    assert "queries are slower" in store.problems()[0].reason


def test_the_state_is_the_same_object_until_the_data_changes(tmp_path: Path) -> None:
    """Whatever is remembered of a store hangs on it, also of one that is not there yet."""
    root = tmp_path / "later"
    store = Store(root)
    nothing = store.state()
    assert store.state() is nothing
    Store(root).add([batch(point("1"))], importer="fake")
    something = store.state()
    assert something is not nothing
    assert store.state() is something
