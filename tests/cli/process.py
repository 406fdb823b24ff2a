"""The command line as a process, with a store of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def isoline(store: Path, *arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command; checks its exit code (`None`: any) and that no traceback reached the user."""
    ran = subprocess.run(
        [sys.executable, "-m", "isoline", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "ISOLINE_STORE": str(store),
            "XDG_CONFIG_HOME": str(store / "config"),
            "COLUMNS": "80",
        },
    )
    assert code is None or ran.returncode == code, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran


def told_at(spec: Path, line: int, words: str) -> None:
    """`bench` refuses a spec with its file and line, in these words, before it makes a store."""
    store = spec.parent / "store"
    ran = isoline(store, "bench", str(spec), "--store", str(store), code=None)
    assert ran.returncode in (1, 2)
    assert f"{spec}:{line}: " in ran.stderr
    assert words in ran.stderr
    assert not store.exists()
