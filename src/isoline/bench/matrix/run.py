"""Starts each configuration of a matrix, measures it, stops it; `repeats` times, taking turns."""

from __future__ import annotations

import hashlib
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from isoline.analyse.repeats import pool_repeats
from isoline.analyse.strays import stray_notes
from isoline.bench.asked.hosts import on_hosts, reachable
from isoline.bench.asked.spec import Spec, SpecProblem
from isoline.bench.asked.workload import Offer
from isoline.bench.kept.earlier import Beginning, begin
from isoline.bench.kept.hiding import Hider
from isoline.bench.matrix.compared import comparisons
from isoline.bench.matrix.configurations import Configuration
from isoline.bench.matrix.live import matrix_watch
from isoline.bench.matrix.progress import NOWHERE, Progress, planned
from isoline.bench.matrix.turn import Means, Turn
from isoline.bench.matrix.view import Measured, Shown
from isoline.bench.running import exit_code, hold, say_foretold, say_resumed
from isoline.bench.telemetry import sources
from isoline.domain.catalog import Catalog
from isoline.domain.point import Point, Selection
from isoline.measure.live.watch import LiveWatch
from isoline.measure.member import Place
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.sweep import SweepResult
from isoline.store.store import Store


class MatrixRun:
    """All configurations of a spec, checked as far as they can be before anything is started."""

    def __init__(
        self,
        spec: Spec,
        found: Sequence[Configuration],
        offer: Offer,
        catalog: Catalog,
        root: Path,
        command: str,
        hider: Hider,
    ) -> None:
        if spec.url is not None:
            raise SpecProblem(("url",), "name either a url or an engine that is started, not both")
        self._spec, self._offer, self._catalog, self._root = spec, offer, catalog, root
        self._command, self._hider = command, hider
        sources(spec.telemetry, NOWHERE)
        self._all = planned(found, spec, offer, catalog, hider)
        self._began = ""
        self._interrupted = False

    def run(self, output: str, *, fresh: bool) -> int:
        """Measures, stores, prints, compares; returns the exit code."""
        with ExitStack() as held, Store(self._root) as store:
            ids = "".join(progress.plan.id for progress in self._all)
            matrix = hashlib.sha256(ids.encode()).hexdigest()[:12]
            hold(self._root, matrix, held)
            beginning = self._begin(store, fresh)
            place = held.enter_context(on_hosts(self._spec, ""))
            reachable(self._host, NOWHERE, place)
            say_foretold(self._all[0].plan)
            file = held.enter_context(self._watched(matrix))
            try:
                with _stopped_by_signals():
                    self._rounds(self._means(store, beginning, place, file))
            except KeyboardInterrupt:
                self._interrupted = True
                print("isoline: interrupted", file=sys.stderr)
            file.end("interrupted" if self._interrupted else self._ended())
        self._print(output)
        return self._code()

    def _begin(self, store: Store, fresh: bool) -> Beginning:
        beginning = begin(store, self._datasets(), [p.plan for p in self._all], fresh=fresh)
        self._began = beginning.began
        for progress in self._all:
            progress.done = beginning.done(progress.plan)
        if beginning.resumed:
            planned = sum(Agenda(p.plan).planned(p.done) for p in self._all)
            say_resumed(beginning.began, sum(len(p.done) for p in self._all), planned, beginning.again)
        return beginning

    @property
    def _host(self) -> str:
        assert self._spec.engine is not None
        return self._spec.engine.host

    def _watched(self, matrix: str) -> LiveWatch:
        return matrix_watch(
            self._root, matrix, self._spec, self._offer.lengths, self._measured(), self._hider
        )

    def _means(self, store: Store, beginning: Beginning, place: Place, file: LiveWatch) -> Means:
        return Means(
            self._spec, self._offer, self._catalog, self._root, self._command, self._hider,
            store, beginning, place, file,
        )  # fmt: skip

    def _rounds(self, means: Means) -> None:
        """Configurations take turns in an order of their own each time: drift favours none of them.

        A load generator that lost a host would be another one: then no more is started.
        """
        for repeat in range(self._spec.repeats):
            order = list(self._all)
            random.Random(f"starts/{self._spec.seed}/{repeat}").shuffle(order)
            for progress in order:
                due = Agenda(progress.plan, repeat).next(progress.done) is not None
                lost = any(report.lost for report in means.place.reports())
                if due and progress.failed is None and not lost:
                    Turn(progress, repeat, means).run()

    def _print(self, output: str) -> None:
        points = self._stored()
        isl, osl = self._offer.lengths
        sequence = None if isl is None or osl is None else f"{isl}/{osl}"
        datasets = sorted({point.dataset for point in points})
        recipes = list(dict.fromkeys(point.recipe for point in points))
        shown = Shown(
            self._began,
            self._measured(),
            comparisons(recipes, datasets, sequence, self._root, self._catalog),
        )
        if output == "json":
            print(shown.json(self._hider))
        else:
            shown.print_tables()
        where = f"dataset {', '.join(datasets) or self._spec.dataset} of {self._root}"
        for line in (*shown.words(where), *stray_notes(pool_repeats(points))):
            print(line, file=sys.stderr)

    def _measured(self) -> list[Measured]:
        return [Measured(p.configuration.name, p.plan, self._id(p), p.result()) for p in self._all]

    def _id(self, progress: Progress) -> str:
        return f"{progress.plan.id}-{self._began}"

    def _stored(self) -> list[Point]:
        """The valid points of this beginning, also those that an earlier start of the command stored."""
        ids = tuple(f"{self._id(progress)}/" for progress in self._all)
        with Store(self._root) as store:
            found = store.points(Selection(datasets=self._datasets()))
        return [point for point in found if point.key.startswith(ids)]

    def _datasets(self) -> tuple[str, ...]:
        """Where its points may lie: simulated ones are kept apart."""
        name = self._spec.dataset
        return tuple(dict.fromkeys((name, name if "simulated" in name else f"{name}-simulated")))

    def _code(self) -> int:
        results = [progress.result() for progress in self._all]
        points = [point for result in results for point in result.points]
        return exit_code(SweepResult(points, len(points), self._ended(), self._interrupted))

    def _ended(self) -> str | None:
        """Why points are missing."""
        return next((stopped for p in self._all if (stopped := p.result().stopped)), None)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM ends the sweep as Ctrl-C does, wherever it is: the engine is stopped in its orderly way."""
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
