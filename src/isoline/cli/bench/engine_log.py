"""What of an engine's log is kept with a point."""

from __future__ import annotations

import os
from pathlib import Path

HALF = 256 * 1024  # bytes kept of each end


def excerpt(path: Path) -> bytes:
    """The log so far; of a long one both ends, with a line between that says what is left out."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        if size <= 2 * HALF:
            return file.read()
        head = file.read(HALF)
        file.seek(size - HALF)
        return head + b"\n[... %d bytes left out ...]\n" % (size - 2 * HALF) + file.read()
