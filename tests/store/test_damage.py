"""Broken, foreign and newer folders are reported and skipped; the index may be lost or broken."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from isoline.domain.point import Selection
from isoline.errors import StoreError
from isoline.store import layout
from isoline.store.store import Store
from isoline.store.write import RunWriter
from tests.store.fakes import FAKE, batch, point

ANY = Selection()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "store")
    for key in "abc":
        made.add([batch(point(key))], importer="fake")
    return made


def keys(store: Store) -> str:
    return "".join(row.key for row in store.points(ANY))


def folder(store: Store, key: str) -> Path:
    (found,) = (row for row in store.points(ANY) if row.key == key)
    return store.root / "runs" / str(found.run)


def rewrite(path: Path, **changes: object) -> None:
    manifest = path / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | changes))


def test_a_missing_store_reads_as_empty_and_is_not_created(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    assert (store.points(ANY), store.coverage(ANY), store.evaluations(ANY)) == ([], [], [])
    assert (store.datasets(), store.quarantine(), store.problems()) == ([], [], [])
    assert not store.root.exists()


def test_unusable_folders_are_reported_and_skipped(store: Store) -> None:
    runs = store.root / "runs"
    folders = {key: folder(store, key) for key in "abc"}
    (folders["a"] / "manifest.json").unlink()
    os.truncate(folders["b"] / "points.parquet", 100)
    rewrite(folders["c"], format_version=2)
    (runs / "holiday photos").mkdir()
    (runs / "notes.txt").write_text("x")
    copied = runs / layout.new_run_id()
    shutil.copytree(folders["c"], copied)
    rewrite(copied, format_version=1)
    (runs / ".tmp-crashed").mkdir()
    fresh = Store(store.root)
    fresh.add([batch(point("d"))], importer="fake")
    assert keys(fresh) == "d"
    reasons = {problem.path.name: problem.reason for problem in fresh.problems()}
    assert set(reasons) == {path.name for path in runs.iterdir()} - {folder(fresh, "d").name, ".tmp-crashed"}
    assert "no manifest.json" in reasons[folders["a"].name]
    assert "has 100 bytes" in reasons[folders["b"].name]
    assert "newer than this Isoline reads" in reasons[folders["c"].name]
    assert "belongs to run" in reasons[copied.name]
    assert "not a run folder" in reasons["notes.txt"]
    assert fresh.reindex().points == 1


@pytest.mark.parametrize(
    "change",
    [
        {"rows": None},
        {"rows": {"passwords": 1}},
        {"files": {"../../../../etc/passwd": {"bytes": 1, "sha256": ""}}},
        {"files": {"/etc/passwd": {"bytes": 1, "sha256": ""}}},
        {"dataset": {"name": 1}},
        {"surprise": 1},
        {"format_version": "1"},
    ],
)
def test_odd_manifests_are_problems(store: Store, change: dict[str, object]) -> None:
    path = folder(store, "b")
    rewrite(path, **change)
    fresh = Store(store.root)
    assert keys(fresh) == "ac"
    assert [problem.path for problem in fresh.problems()] == [path]


def test_damage_found_only_by_the_query(store: Store) -> None:
    path = folder(store, "b")
    file = path / "points.parquet"
    content = bytearray(file.read_bytes())
    content[4:-8] = bytes(len(content) - 12)  # only the size is right
    file.write_bytes(content)
    fresh = Store(store.root)
    assert keys(fresh) == "ac"
    assert [problem.path for problem in fresh.problems()] == [path]
    assert fresh.reindex().points == 2
    assert keys(fresh) == "ac"


def test_a_changed_value_is_found_by_its_digest(store: Store) -> None:
    path = folder(store, "b")
    file = path / "points.parquet"
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)
    (problem,) = Store(store.root).problems(deep=True)
    assert "SHA-256 differs" in problem.reason


def test_a_lost_or_broken_index_loses_nothing(store: Store) -> None:
    index = store.root / "index"
    store.reindex()
    damages: list[Callable[[Path], object]] = [
        lambda segment: (segment / "points-000.parquet").write_bytes(b"PAR1"),
        lambda segment: (segment / "points-000.parquet").unlink(),
        lambda segment: (segment / "runs.parquet").unlink(),
        shutil.rmtree,
        lambda _: (index / "CURRENT.json").write_text("{"),
        lambda _: (index / "CURRENT.json").write_text('{"index_version": 99}'),
        lambda _: shutil.rmtree(index),
    ]
    for damage in damages:
        damage(max(index.glob("seg-*"), key=lambda path: path.stat().st_mtime_ns))
        assert keys(Store(store.root)) == "abc"
        assert keys(store) == "abc"
        store.reindex()
        assert keys(store) == keys(Store(store.root)) == "abc"
        assert store.problems() == []


def test_a_long_tail_is_indexed_by_the_next_reader(tmp_path: Path) -> None:
    for number in range(70):
        with RunWriter(tmp_path, FAKE, "simulated", durable=False) as writer:
            writer.points([point(f"{number:02}")])
            writer.commit()
    store = Store(tmp_path)
    assert len(store.points(ANY)) == 70
    assert (tmp_path / "index" / "CURRENT.json").exists()
    shutil.rmtree(tmp_path / "index")
    assert len(store.points(ANY)) == 70
    assert (tmp_path / "index" / "CURRENT.json").exists()


def test_a_deleted_run_is_gone_at_once(store: Store) -> None:
    store.reindex()
    shutil.rmtree(folder(store, "b"))
    assert keys(store) == keys(Store(store.root)) == "ac"
    assert store.datasets()[0].points == 2
    assert store.reindex().points == 2


def test_crashed_writers_are_cleaned_up_after_a_day(store: Store) -> None:
    runs = store.root / "runs"
    for name, age in (("old", 90_000), ("young", 1_000)):
        (runs / f".tmp-{name}").mkdir()
        (runs / f".tmp-{name}" / "points.parquet").write_text("x")
        for path in (runs / f".tmp-{name}" / "points.parquet", runs / f".tmp-{name}"):
            os.utime(path, (time.time() - age,) * 2)
    store.add([], importer="fake")
    assert [path.name for path in runs.glob(".tmp-*")] == [".tmp-young"]


@pytest.mark.parametrize(
    "name",
    ["../x", "/x", "a/../../x", "", ".", "a//b", "a\\..\\b", ".hidden", "manifest.json", "points.parquet"],
)
def test_file_names_stay_inside_the_run(store: Store, name: str) -> None:
    before = {path for path in store.root.parent.rglob("*") if "index" not in path.parts}
    with pytest.raises(StoreError, match="file name"):
        store.write_run(FAKE, "bench", points=[point("z")], files={name: b"x"})
    assert {path for path in store.root.parent.rglob("*") if "index" not in path.parts} == before


def test_where_the_store_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(StoreError, match=r"store.*choose another store with --store"):
        Store(tmp_path / "store").add([batch(point())], importer="fake")


def test_a_full_disk_is_named_and_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("isoline.store.write.fsync", full)
    with pytest.raises(StoreError, match=r"runs.*No space left on device; free some space"):
        store.add([batch(point("z"))], importer="fake")
    assert keys(store) == "abc"
    assert list((store.root / "runs").glob(".tmp-*")) == []


def test_odd_characters_in_the_path(tmp_path: Path) -> None:
    store = Store(tmp_path / "it's [a] *store*?")
    for key in ("a", "b"):
        store.add([batch(point(key))], importer="fake")
        store.reindex()
    assert keys(store) == "ab"


def test_resolve_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ISOLINE_STORE", raising=False)
    assert layout.resolve_root(None).name == "isoline"
    monkeypatch.setenv("ISOLINE_STORE", "/somewhere")
    assert layout.resolve_root(None) == Path("/somewhere")
    assert layout.resolve_root(Path("x")) == Path("x")
