"""Becomes the command it is given, and dies with the process that started it.

`python -P guard.py PARENT COMMAND…`, of the standard library alone: an engine must not outlive a measurement
that was killed. Linux sends the signal; elsewhere the engine is only stopped in the orderly way.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG in linux/prctl.h


def main(parent: int, command: list[str]) -> None:
    """Never returns."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the kernel was asked
            sys.exit(1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
