"""Adds runs until done or killed: python -m tests.store.writer_process ROOT NAME COUNT."""

from __future__ import annotations

import sys
from pathlib import Path

from isoline.store.store import Store
from tests.store.fakes import batch, point


def main(root: str, name: str, count: int) -> None:
    """Adds `count` runs of three points each and says so, one line a run."""
    store = Store(Path(root))
    for number in range(count):
        store.add([batch(*(point(f"{name}-{number:04}-{part}") for part in range(3)))], importer="fake")
        print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
