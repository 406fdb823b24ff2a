"""A watcher of a sweep that keeps its progress file up to date, about once a second."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from isoline.measure.fleet import Counts
from isoline.measure.live.eta import seconds_left, share_done
from isoline.measure.live.file import write_live
from isoline.measure.live.state import FINISHED, RUNNING, STOPPED, LivePoint, LiveSample, LiveSweep
from isoline.measure.records import RequestRecord
from isoline.measure.sweep.enough import tpot_ns
from isoline.measure.sweep.plan import Slot
from isoline.measure.sweep.report import PointReport
from isoline.measure.telemetry import Telemetry
from isoline.numerics.order import quantile

PERIOD = 1.0  # seconds between two writings
KEPT = 600  # samples: ten minutes


class LiveWatch:
    """Runs in the process that commands the load generator, never in one that measures.

    A thread writes, so that a server that says nothing for a minute is seen saying nothing. A file that
    cannot be written is a pity and no more: the sweep goes on. `hide` takes secrets out of texts.
    """

    def __init__(
        self,
        path: Path,
        sweep: LiveSweep,
        telemetry: Sequence[Telemetry] = (),
        hide: Callable[[str], str] = str,
    ) -> None:
        self._path, self._sweep, self._telemetry, self._hide = path, sweep, telemetry, hide
        self._samples: deque[LiveSample] = deque(maxlen=KEPT)
        self._ttfts: list[int] = []
        self._tpots: list[float] = []
        self._took: list[float] = []
        self._slot: Slot | None = None
        self._counts: dict[str | None, tuple[int, int]] = {}  # planned and finished, by configuration
        self._point_began = self._load_began = self._began = time.monotonic()
        self._lock, self._over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self.cpu_seconds = 0.0  # what the writing has cost

    def __enter__(self) -> LiveWatch:
        self._write()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is not None:
            self.end(str(error) or type(error).__name__)
        self._over.set()
        self._thread.join()
        self._write()

    def end(self, stopped: str | None) -> None:
        """The sweep is over: by itself, or for a reason."""
        with self._lock:
            self._sweep.status = FINISHED if stopped is None else STOPPED
            self._sweep.stopped = None if stopped is None else self._hide(stopped)
            self._sweep.slot = self._sweep.configuration = None
            self._sweep.in_flight = self._sweep.oldest = self._sweep.eta = None

    # -- what a matrix tells beside

    def turn(self, configuration: str, words: str) -> None:
        """A configuration is started."""
        with self._lock:
            self._slot, sweep = None, self._sweep
            sweep.configuration, sweep.words, sweep.slot = configuration, words, None
            sweep.in_flight = sweep.oldest = None
            sweep.requests = sweep.failed = 0

    def serves(self, dataset: str, telemetry: Sequence[Telemetry], *, simulated: bool) -> None:
        """It serves and is measured; power comes from these."""
        with self._lock:
            self._telemetry = telemetry
            self._sweep.dataset, self._sweep.simulated = dataset, simulated

    def count(self, configuration: str | None, points: int, finished: int) -> None:
        """How much of one configuration is planned and finished."""
        with self._lock:
            self._count(configuration, points, finished)

    def trouble(self, text: str) -> None:
        """What went wrong and leaves the rest to be measured."""
        with self._lock:
            self._sweep.troubles.append(self._hide(text))

    # -- what a `Watcher` is told

    def planned(self, points: int, finished: int) -> None:
        with self._lock:
            self._count(self._sweep.configuration, points, finished)

    def phase(self, slot: Slot, words: str) -> None:
        with self._lock:
            sweep = self._sweep
            self._slot, self._load_began = slot, time.monotonic()
            self._ttfts, self._tpots = [], []
            sweep.slot, sweep.words = slot.name, words
            sweep.in_flight = sweep.oldest = None
            sweep.requests = sweep.failed = 0

    def progress(self, counts: Counts) -> None:
        with self._lock:
            self._sweep.requests, self._sweep.failed = counts.finished, counts.failed
            self._sweep.in_flight, self._sweep.oldest = counts.in_flight, counts.oldest

    def see(self, records: Sequence[RequestRecord]) -> None:
        good = [record for record in records if record.ok]
        ttfts = [(record.first_token or 0) - (record.sent or 0) for record in good]
        tpots = [tpot for record in good if (tpot := tpot_ns(record)) is not None]
        with self._lock:
            self._ttfts += ttfts
            self._tpots += tpots

    def point(self, report: PointReport) -> None:
        with self._lock:
            now, configuration = time.monotonic(), self._sweep.configuration
            self._took.append(now - self._point_began)
            self._point_began = now
            self._sweep.points.append(live_point(report, self._hide, configuration))
            points, finished = self._counts.get(configuration, (0, 0))
            self._count(configuration, points, finished + 1)

    def _count(self, configuration: str | None, points: int, finished: int) -> None:
        self._counts[configuration] = (points, finished)
        self._sweep.planned = sum(count for count, _ in self._counts.values())
        self._sweep.finished = sum(count for _, count in self._counts.values())

    # -- writing

    def _run(self) -> None:
        while not self._over.wait(PERIOD):
            self._write()

    def _write(self) -> None:
        began = time.thread_time()
        with self._lock:
            self._update()
            with suppress(OSError):
                write_live(self._path, self._sweep)
        self.cpu_seconds += time.thread_time() - began

    def _update(self) -> None:
        sweep, now = self._sweep, time.monotonic()
        watts = [power for source in self._telemetry if (power := source.watts()) is not None]
        if sweep.slot is not None:
            self._samples.append(
                LiveSample(
                    round(now - self._began, 1),
                    sweep.slot,
                    sweep.in_flight,
                    _median(self._ttfts),
                    _median(self._tpots),
                    sweep.failed,
                    sum(watts) if watts else None,
                )
            )
        sweep.eta = self._eta(now) if sweep.status == RUNNING else None
        self._ttfts, self._tpots = [], []
        sweep.samples, sweep.updated = list(self._samples), time.time()

    def _eta(self, now: float) -> float | None:
        """A point takes from the end of the one before to its own: starts of engines count, too."""
        loading, share = now - self._load_began, None
        if self._slot is not None and self._sweep.words == "measuring":
            share = share_done(self._slot.load, self._sweep.requests, loading)
        remaining = self._sweep.planned - self._sweep.finished
        return seconds_left(self._took, remaining, now - self._point_began, share, loading)


def live_point(
    report: PointReport, hide: Callable[[str], str] = str, configuration: str | None = None
) -> LivePoint:
    """What is shown of a finished point."""
    watts = [source.metrics["avg_power_w"] for source in report.telemetry if "avg_power_w" in source.metrics]
    return LivePoint(
        slot=report.slot,
        load=report.load,
        configuration=configuration,
        repeat=report.repeat,
        valid=report.valid,
        interactivity=report.interactivity,
        throughput=report.throughput.total if report.throughput else None,
        ttft=report.ttft.median if report.ttft else None,
        tpot=report.tpot.median if report.tpot else None,
        watts=watts[0] if watts else None,
        errors=sum(report.errors.values()),
        reasons=[hide(reason.text) for reason in report.reasons],
        run=report.run,
    )


def _median(ns: Sequence[float]) -> float | None:
    return quantile(sorted(ns), 0.5) / 1e9 if ns else None
