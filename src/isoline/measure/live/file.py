"""The progress files of a store: `.live-PLAN.json`, replaced whole: a reader never sees half of one."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from isoline.measure.live.state import LiveSweep

PREFIX, SUFFIX = ".live-", ".json"
STALE = 7 * 86_400.0  # seconds after which a sweep is no news

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(LiveSweep).decode


def live_path(root: Path, plan: str) -> Path:
    """Where the sweep of a plan tells how it stands."""
    return root / f"{PREFIX}{plan}{SUFFIX}"


def write_live(path: Path, sweep: LiveSweep) -> None:
    """Replaces the file; raises OSError. Not synced to the disk: after a crash nobody needs it."""
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(_encode(sweep))
    os.replace(new, path)


def read_live(root: Path) -> list[LiveSweep]:
    """Sweeps of the last week, the latest news first; what cannot be read is left out."""
    oldest = time.time() - STALE
    found = [sweep for path in _paths(root) if (sweep := _read(path)) and sweep.updated > oldest]
    return sorted(found, key=lambda sweep: -sweep.updated)


def live_state(root: Path) -> object:
    """The same value as long as no file was replaced."""
    state = []
    for path in _paths(root):
        with suppress(OSError):
            seen = path.stat()
            state.append((path.name, seen.st_ino, seen.st_mtime_ns))
    return tuple(sorted(state))


def remove_stale_live(root: Path) -> None:
    """Deletes what nobody has written to for a week."""
    for path in root.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - STALE:
                path.unlink()


def _paths(root: Path) -> list[Path]:
    try:
        names = os.listdir(root)
    except OSError:
        return []
    return [root / name for name in names if name.startswith(PREFIX) and name.endswith(SUFFIX)]


def _read(path: Path) -> LiveSweep | None:
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.DecodeError):  # just removed; of another version
        return None
