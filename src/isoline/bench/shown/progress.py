"""What a sweep is doing, live, for a person at a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from isoline.measure.fleet import Counts
from isoline.measure.records import RequestRecord
from isoline.measure.sweep.plan import Slot
from isoline.measure.sweep.report import PointReport

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_LONG = 10.0  # seconds from which the oldest request is worth a word
_RECENT = 5.0  # seconds over which tok/s is shown


class Quiet:
    """Says nothing but what went wrong: stderr is no terminal."""

    def planned(self, points: int, finished: int) -> None:
        pass

    def phase(self, slot: Slot, words: str) -> None:
        pass

    def progress(self, counts: Counts) -> None:
        pass

    def see(self, records: Sequence[RequestRecord]) -> None:
        pass

    def point(self, report: PointReport) -> None:
        for line in point_words(report):
            print(line, file=sys.stderr)


class Live:
    """One moving line: points, streams, tok/s, TTFT, time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar: Progress = Progress(
            MofNCompleteColumn(),
            TextColumn("points"),
            BarColumn(bar_width=20),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID = self._bar.add_task("starting")
        self._words, self._counts = "", ""
        self._recent: list[tuple[float, int]] = []
        self._ttft: float | None = None

    def __enter__(self) -> Live:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def planned(self, points: int, finished: int) -> None:
        self._bar.update(self._task, total=points, completed=finished)

    def phase(self, slot: Slot, words: str) -> None:
        self._words, self._counts, self._ttft = f"{slot.load.words}, {words}", "", None
        self._recent = [(time.monotonic(), 0)]
        self._show()

    def progress(self, counts: Counts) -> None:
        failed = f", {counts.failed} failed" if counts.failed else ""
        waiting = f", the oldest for {counts.oldest:.0f} s" if (counts.oldest or 0) > _LONG else ""
        self._counts = f" {counts.finished} requests{failed}, {counts.in_flight} in flight{waiting}"
        self._show()

    def see(self, records: Sequence[RequestRecord]) -> None:
        now = time.monotonic()
        self._recent = [(at, tokens) for at, tokens in self._recent if now - at < _RECENT] or self._recent[
            -1:
        ]
        self._recent.append((now, sum(record.tokens_out or 0 for record in records)))
        spans = sorted((r.first_token or 0) - (r.sent or 0) for r in records if r.ok)
        self._ttft = spans[len(spans) // 2] / 1e9 if spans else self._ttft

    def point(self, report: PointReport) -> None:
        self._bar.advance(self._task)
        for line in point_words(report):
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _show(self) -> None:
        words = self._words + self._counts
        if len(self._recent) > 1 and (span := time.monotonic() - self._recent[0][0]) > 0:
            words += f", {sum(tokens for _, tokens in self._recent[1:]) / span:,.0f} tok/s"
        if self._ttft is not None:
            words += f", TTFT {self._ttft * 1e3:,.0f} ms"
        self._bar.update(self._task, description=words)


def point_words(report: PointReport) -> list[str]:
    """Why a point should not be believed, or what went wrong with it all the same, and what to do."""
    reasons = [f"{report.slot} INVALID: {reason.text}; {reason.advice}" for reason in report.reasons]
    return [*reasons, *(f"{report.slot}: note: {one.text}; {one.advice}" for one in report.notes)]
