"""What the store asks of the file system."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from isoline.store.layout import TEMPORARY

STALE_SECONDS = 86_400.0  # a day: no writer rests that long between two files


def fsync(path: Path) -> None:
    """Asks the disk to keep a file or a folder's names."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_stale(folder: Path, older_than: float = STALE_SECONDS) -> None:
    """Deletes what crashed writers left: `.tmp-` entries that nothing touched for a day."""
    limit = time.time() - older_than
    names = os.listdir(folder)  # a glob over 10,000 runs takes three times as long
    for path in (folder / name for name in names if name.startswith(TEMPORARY)):
        try:
            if max(entry.stat().st_mtime for entry in (path, *path.rglob("*"))) < limit:
                shutil.rmtree(path, ignore_errors=True)
        except OSError:
            continue  # its writer has just finished it
