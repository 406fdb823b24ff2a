"""What is remembered is forgotten when the data changes."""

from __future__ import annotations

from pathlib import Path

from isoline.domain.point import Dataset
from isoline.present.web.memory import Memory
from isoline.store.store import Store
from tests.points import point
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
