"""Which workloads there are, how one travels to a worker process, and the source of its requests."""

from __future__ import annotations

import msgspec

from isoline.measure.dialogue import SessionSource
from isoline.measure.listed import Listed
from isoline.measure.loads import Load
from isoline.measure.sessions import Sessions
from isoline.measure.source import RequestSource, Source
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic

Workload = Synthetic | Listed | Sessions


class Packed(msgspec.Struct):
    """A workload on the wire: exactly one of these is set."""

    synthetic: Synthetic | None = None
    listed: Listed | None = None
    sessions: Sessions | None = None


def pack(workload: Workload) -> Packed:
    if isinstance(workload, Synthetic):
        return Packed(synthetic=workload)
    return Packed(listed=workload) if isinstance(workload, Listed) else Packed(sessions=workload)


def unpack(packed: Packed) -> Workload:
    workload = packed.synthetic or packed.listed or packed.sessions
    assert workload is not None
    return workload


def source_for(target: Target, workload: Workload, load: Load, worker: int, workers: int) -> Source:
    """The requests of one of several processes."""
    ahead = max(1_024, 2 * (load.concurrency or 0) // workers)
    if isinstance(workload, Sessions):
        return SessionSource(target, workload, load.requests, worker, workers, ahead)
    return RequestSource(target, workload, load.indices(worker, workers), ahead)
