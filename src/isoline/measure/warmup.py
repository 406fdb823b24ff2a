"""Warm-up: the load that will be measured, round after round, until the server answers the same way."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from isoline.measure.fleet import THIS_HOST, OnProgress, run_load
from isoline.measure.loads import SMALLEST_ROUND, Load
from isoline.measure.member import Place
from isoline.measure.metrics import measure_window
from isoline.measure.records import RequestRecord
from isoline.measure.sink import ListSink, Sink
from isoline.measure.supply import Workload
from isoline.measure.target import Target
from isoline.measure.windows import whole_run

_SALT = 0x77A2_0000  # prompts of the warm-up, one salt a round: none is measured later


class Round(msgspec.Struct, frozen=True):
    """Medians of one round, in seconds; `None` when nothing was answered."""

    requests: int
    errors: int
    tokens: int
    ttft: float | None
    tpot: float | None


class WarmUp(msgspec.Struct, frozen=True):
    """What the warm-up did, for the report; `stable`: its last two rounds agreed."""

    rounds: list[Round]
    stable: bool
    stopped: str | None = None  # why it ended early

    @property
    def tokens(self) -> int:
        return sum(one.tokens for one in self.rounds)


def warm_up(
    target: Target,
    workload: Workload,
    load: Load,
    sink: Sink,
    processes: int | None = None,
    most: int = 5,
    tolerance: float = 0.05,
    least: int = SMALLEST_ROUND,
    place: Place = THIS_HOST,
    on_progress: OnProgress | None = None,
) -> WarmUp:
    """At most `most` rounds of one request a stream; ends when two agree within `tolerance`.

    A round has `least` requests at least. It covers the shapes that will be measured because it is the
    same load: kernels compiled and graphs captured at the first request of a batch size are compiled
    here. Its records go to `sink`, marked.
    """
    once = load.round(least)
    rounds: list[Round] = []
    for number in range(most):
        salted = replace(workload, salt=workload.salt ^ _SALT ^ number + 1)
        kept = ListSink()
        report = run_load(target, salted, once, kept, processes, True, on_progress, place=place)
        for record in kept.records:
            sink.write(record)
        rounds.append(_round(kept.records))
        unanswered = rounds[-1].ttft is None  # a second round would only be another wait
        if report.stopped or unanswered or (len(rounds) > 1 and _agree(rounds[-2], rounds[-1], tolerance)):
            return WarmUp(rounds, stable=not (report.stopped or unanswered), stopped=report.stopped)
    return WarmUp(rounds, stable=False)


def _round(records: list[RequestRecord]) -> Round:
    window = whole_run(records)
    metrics = measure_window(records, window) if window else None
    failed = sum(1 for record in records if record.error)
    if metrics is None:
        return Round(len(records), failed, 0, None, None)
    ttft = metrics.ttft.median if metrics.ttft else None
    return Round(
        len(records), failed, metrics.tokens_out, ttft, metrics.tpot.median if metrics.tpot else None
    )


def _agree(earlier: Round, later: Round, tolerance: float) -> bool:
    """Neither median moved by more than `tolerance`, as a fraction, and something was answered."""
    if later.ttft is None or earlier.ttft is None or later.errors > earlier.errors:
        return False
    pairs = [(earlier.ttft, later.ttft), (earlier.tpot or 0.0, later.tpot or 0.0)]
    return all(abs(new - old) <= tolerance * max(old, 1e-9) for old, new in pairs)
