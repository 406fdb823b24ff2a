"""Several processes on one store: killed writers, writers at once, readers while it is reindexed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from isoline.domain.point import Selection
from isoline.store.store import Store
from tests.store.fakes import batch, point

ANY = Selection()
PROJECT = Path(__file__).parents[2]


def start(root: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.writer_process", str(root), name, str(count)]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)


def test_a_killed_writer_leaves_whole_runs_only(tmp_path: Path) -> None:
    randomness = random.Random(7)
    told = 0
    for attempt in range(5):
        process = start(tmp_path, f"w{attempt}", 10_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(randomness.uniform(0.0, 0.5))
        process.kill()
        told += 1 + len(process.stdout.read().splitlines())
        process.stdout.close()
        process.wait()
        store = Store(tmp_path)
        counts = Counter(row.run for row in store.points(ANY))
        assert set(counts.values()) == {3}
        assert len(counts) >= told  # what was said to be stored is
        assert store.problems(deep=True) == []
    assert store.reindex().runs == len(counts)


def test_writers_at_once_all_succeed(tmp_path: Path) -> None:
    processes = [start(tmp_path, name, 30) for name in ("a", "b", "c")]
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    store = Store(tmp_path)
    assert len(store.points(ANY)) == 3 * 30 * 3
    assert store.problems(deep=True) == []
    assert len(store.points(ANY)) == store.reindex().points


def test_the_same_import_at_once_is_stored_once(tmp_path: Path) -> None:
    processes = [start(tmp_path, "same", 20) for _ in range(2)]
    for process in processes:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert len(Store(tmp_path).points(ANY)) == 20 * 3


def test_a_reader_survives_new_revisions(tmp_path: Path) -> None:
    writer, reader = Store(tmp_path), Store(tmp_path)
    writer.add([batch(*(point(f"{number:03}") for number in range(50)))], importer="fake")
    writer.reindex()
    stop, failures, reads = threading.Event(), [], []

    def read() -> None:
        while not stop.is_set():
            try:
                reads.append(len(reader.points(ANY)))
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(15):
        writer.add([batch(point(f"new-{number}"))], importer="fake")
        writer.reindex()
    stop.set()
    thread.join()
    assert failures == []
    assert reads == sorted(reads)  # nothing vanishes in between
    assert len(reader.points(ANY)) == 65
