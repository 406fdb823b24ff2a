"""All processes that came of one start, also those that left its group."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

MARK = "ISOLINE_LAUNCH"  # in the environment of a started engine and of whatever it starts


def marked(mark: str) -> list[int]:
    """Ids of the processes with this mark, this one never among them; none where there is no /proc."""
    wanted = f"{MARK}={mark}".encode()
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or another user's
            if wanted in (folder / "environ").read_bytes().split(b"\0") and not _is_dead(folder):
                found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid()]


def outside(mark: str, group: int) -> list[int]:
    """Ids of those with this mark that left the group of their start."""
    found: list[int] = []
    for pid in marked(mark):
        with suppress(ProcessLookupError):
            if os.getpgid(pid) != group:
                found.append(pid)
    return found


def send(pids: list[int], number: signal.Signals) -> None:
    """Signals each process that still is there."""
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _is_dead(folder: Path) -> bool:
    """A zombie holds neither port nor memory; its parent has not looked yet."""
    return (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
