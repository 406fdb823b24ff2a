"""What a worker process is told, what it answers, and the wire between them."""

from __future__ import annotations

import msgspec

from isoline.measure.loads import Load
from isoline.measure.monitor import ClientReport
from isoline.measure.supply import Packed
from isoline.measure.target import Target


class Job(msgspec.Struct):
    """One process's share of a load. It travels over a pipe: it may hold secrets."""

    target: Target
    workload: Packed
    load: Load
    worker: int = 0
    workers: int = 1
    warmup: bool = False
    progress: bool = False


class Ready(msgspec.Struct, tag=True):
    """Connected: waiting for the common start."""


class Progress(msgspec.Struct, tag=True):
    """Requests that have ended so far, how many of them failed, how many are under way, the oldest of these
    for how many seconds.
    """

    worker: int
    finished: int
    failed: int
    in_flight: int = 0
    oldest: float | None = None


class Refused(msgspec.Struct, tag=True):
    """The target cannot be measured."""

    kind: str
    message: str


class Done(msgspec.Struct, tag=True):
    """Every record is in the spool file."""

    report: ClientReport


Answer = Ready | Progress | Refused | Done

encode_line = msgspec.json.Encoder().encode
decode_answer = msgspec.json.Decoder(Answer).decode
decode_job = msgspec.json.Decoder(Job).decode
