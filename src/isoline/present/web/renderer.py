"""A process beside the server, for what keeps hundreds of megabytes of a JavaScript engine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait


def renderer() -> ProcessPoolExecutor:
    """One process, started by its first task; it ends with the executor, or with this process however
    that ends."""
    return ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
    )


def _end_with_parent() -> None:
    """A worker holds both ends of the queue that it reads its tasks from, so it never sees that queue end:
    the worker of a server that was killed stayed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(parent: int) -> None:
    wait([parent])
    os._exit(0)
