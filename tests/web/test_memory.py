"""What is remembered is forgotten when the data changes."""

from __future__ import annotations

from itertools import product
from pathlib import Path

from msgspec.structs import replace

from isoline.domain.point import Dataset, Selection
from isoline.present.web.memory import Memory, RememberingSources
from isoline.store.sources import Sources
from isoline.store.store import Store
from tests.points import point
from tests.shared import needs_shared
from tests.store.fakes import evaluation
from tests.web.conftest import client
from tests.web.test_routes import SEED


def test_memory_keeps_what_was_used_last() -> None:
    state = object()
    memory = Memory(lambda: state, kept=2)
    made: list[str] = []

    def ask(key: str) -> str:
        return memory.recall(key, lambda: made.append(key) or key)

    for key in "abacab":
        assert ask(key) == key
    assert made == ["a", "b", "c", "b"]
    state = object()
    ask("a")
    assert made[-1] == "a"


def test_what_is_remembered_is_what_the_store_says(tmp_path: Path) -> None:
    kinds = product(("fp4", "fp8"), ("vllm", "sglang"), ("one", "two"))
    for number, (precision, engine, dataset) in enumerate(kinds):
        points = [
            replace(point(x, 9000 / x, 8, precision=precision, engine=engine), dataset=dataset,
                    key=f"{number}-{x}", date=f"2026-0{number + 1}-01")
            for x in (40.0, 50.0)
        ]  # fmt: skip
        scores = [evaluation(f"{number}", recipe=points[0].recipe, dataset=dataset, date=points[0].date)]
        Store(tmp_path).write_run(Dataset(dataset, "runs"), "import", points=points, evaluations=scores)
    model, hardware = points[0].recipe.model, (points[0].recipe.hardware,)
    plain = Sources(lambda: Store(tmp_path))
    remembering, after_lists = (RememberingSources(Sources(lambda: Store(tmp_path))) for _ in range(2))
    assert after_lists.coverage(Selection()) == plain.coverage(Selection())
    for precision, engine, datasets, isl, until in product(
        (None, ("fp4",), ("fp4", "fp8")), (None, ("vllm",)), (None, ("two",)), (None, 1024, 7),
        (None, "2026-03-15"),
    ):  # fmt: skip
        asked = Selection(model, hardware, precision, engine, isl=isl, datasets=datasets, until=until)
        assert remembering.coverage(asked) == after_lists.coverage(asked) == plain.coverage(asked)
        assert remembering.evaluations(asked) == plain.evaluations(asked)


def test_a_page_is_the_same_whatever_was_asked_before(tmp_path: Path) -> None:
    """Parts of it are rendered once for all targets; what depends on them must not be among those."""
    asked = ["", "?at=60", "?at=75,90", "?at=1,1000", "?metric=cost_per_mtok", "?at=60&metric=cost_per_mtok"]
    alone = []
    for query in asked:
        with client(tmp_path) as fresh:
            alone.append(fresh.get(f"{SEED}{query}").text)
    assert len(set(alone)) == len(asked)
    with client(tmp_path) as pages:
        for order in (asked, asked[::-1]):
            assert {query: pages.get(f"{SEED}{query}").text for query in order} == dict(
                zip(asked, alone, strict=True)
            )


def test_a_page_shows_what_was_imported_since(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with client(tmp_path) as pages:
        assert pages.get(f"{SEED}.json").json()["sources"][0]["dataset"] == "published"
        points = [
            point(x, 9000 / x, 8, precision=precision)
            for precision in ("fp4", "bf16")
            for x in (40.0, 50.0, 60.0)
        ]
        store.write_run(Dataset("test", "runs"), "import", points=points)
        assert pages.get(f"{SEED}.json").json()["sources"][0]["dataset"] == "test"
        assert "test" in pages.get("/compare-precision").text


@needs_shared
def test_scores_remembered_for_one_target_are_not_told_for_another(shared_store: Path) -> None:
    """A server asked in turn says what one that was asked nothing before says; page and twin alike."""
    path = "/compare/deepseek-r1-b300-vs-h200"
    with client(shared_store) as asked_before:
        seen = set()
        for at in (37.5, 76.5, 110, 200, 37.5):
            twin = asked_before.get(f"{path}.json?at={at}").json()["scores"]
            with client(shared_store) as fresh:
                assert twin == fresh.get(f"{path}.json?at={at}").json()["scores"]
            assert {score["at"] for score in twin if score["differs"] is not None} <= {at}
            page = asked_before.get(f"{path}?at={at}").text
            assert f"Read are the recipes beside {at} tok/s/user." in page
            seen.add(str([score["differs"] for score in twin]))
    assert len(seen) > 1
