"""What of an engine's log is kept: an excerpt with each point, and all of it where that says more."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from isoline.bench.kept.hiding import Hider

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


def drop_kept(path: Path) -> None:
    """Deletes the log of a start that went well, if the excerpts of its points left nothing out."""
    with suppress(OSError):
        if path.stat().st_size <= 2 * HALF:
            path.unlink()
            path.parent.rmdir()  # if it was the only one


def hide_in(path: Path, hider: Hider) -> None:
    """The whole log without secrets, once nobody writes to it any more: engines print their arguments.

    What stands in the way of that is told, and ends nothing.
    """
    try:
        _rewrite(path, hider)
    except OSError as problem:
        print(f"note: {path} may hold secrets that the engine printed: {problem}", file=sys.stderr)


def _rewrite(path: Path, hider: Hider) -> None:
    masked, changed = path.with_suffix(".masked"), False
    with _text(path, "r") as log, _text(masked, "w") as file:
        for line in log:
            plain = hider.text(line)
            changed = changed or plain != line
            file.write(plain)
    if changed:
        masked.replace(path)
    else:
        masked.unlink()


def _text(path: Path, mode: str) -> IO[str]:
    """Any bytes come back as they were."""
    return path.open(mode, encoding="utf-8", errors="surrogateescape", newline="")
