"""Starts each configuration of a matrix, measures it, stops it; `repeats` times, taking turns."""

from __future__ import annotations

import hashlib
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from isoline.cli.bench.compared import comparisons
from isoline.cli.bench.earlier import Beginning, begin
from isoline.cli.bench.engine_log import excerpt
from isoline.cli.bench.hiding import HIDDEN, Hider
from isoline.cli.bench.hosts import on_hosts
from isoline.cli.bench.keeper import About, StoreKeeper
from isoline.cli.bench.matrix import Configuration
from isoline.cli.bench.matrix_live import matrix_watch
from isoline.cli.bench.matrix_progress import NOWHERE, Progress, planned
from isoline.cli.bench.matrix_view import Measured, Shown
from isoline.cli.bench.plan import target_of
from isoline.cli.bench.recipe import Declared, declare
from isoline.cli.bench.run import dataset_of, exit_code, hold, measure, say_notes, say_resumed
from isoline.cli.bench.secrecy import secret_name
from isoline.cli.bench.spec import Spec, SpecProblem
from isoline.cli.bench.telemetry import sources
from isoline.cli.bench.workload import Offer
from isoline.domain.catalog import Catalog
from isoline.domain.point import SIMULATED, Point, Selection
from isoline.errors import EngineError
from isoline.measure.engines.identify import identify
from isoline.measure.engines.identity import Identity
from isoline.measure.engines.probe import Probe
from isoline.measure.launchers.server import Server, free_port
from isoline.measure.live.watch import LiveWatch
from isoline.measure.member import Place
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.interrupts import interrupts_wait
from isoline.measure.sweep.sweep import SweepResult
from isoline.store.store import Store

_LOOKED_AT = 200  # requests of which the longest must fit into what the engine takes


@dataclass(frozen=True, slots=True)
class _Means:
    """What a run holds while it lasts."""

    store: Store
    beginning: Beginning
    place: Place
    file: LiveWatch


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
            place = held.enter_context(on_hosts(self._spec, self._address))
            file = held.enter_context(self._watched(matrix))
            try:
                with _stopped_by_signals():
                    self._rounds(_Means(store, beginning, place, file))
            except KeyboardInterrupt:
                self._interrupted = True
                print("isoline: interrupted; the same command goes on where it was", file=sys.stderr)
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
            say_resumed(beginning.began, sum(len(p.done) for p in self._all), planned)
        return beginning

    @property
    def _address(self) -> str:
        assert self._spec.engine is not None
        return f"http://{self._spec.engine.host}"

    def _watched(self, matrix: str) -> LiveWatch:
        return matrix_watch(
            self._root, matrix, self._spec, self._offer.lengths, self._measured(), self._hider
        )

    def _rounds(self, means: _Means) -> None:
        """Configurations take turns in an order of their own each time: drift favours none of them."""
        for repeat in range(self._spec.repeats):
            order = list(self._all)
            random.Random(f"starts/{self._spec.seed}/{repeat}").shuffle(order)
            for progress in order:
                due = Agenda(progress.plan, repeat).next(progress.done) is not None
                if due and progress.failed is None:
                    self._turn(progress, repeat, means)

    def _turn(self, progress: Progress, repeat: int, means: _Means) -> None:
        """One start of one configuration. What goes wrong with it leaves the others to be measured."""
        name, start = progress.configuration.name, f"start {repeat + 1} of {self._spec.repeats}"
        title = f"{name}, {start}"
        print(f"{title}: starting {progress.configuration.launcher.engine}", file=sys.stderr)
        means.file.turn(name, f"starting {progress.configuration.launcher.engine}, {start}")
        progress.stopped = None
        try:
            with self._serving(progress, repeat) as (server, settled):
                print(f"{title}: measuring", file=sys.stderr)
                self._measure(progress, repeat, server, settled, means)
        except EngineError as problem:
            progress.failed = self._hider.text(str(problem))
        if told := progress.failed or progress.stopped:
            print(f"isoline: {title}: {self._hider.text(told)}", file=sys.stderr)
            means.file.trouble(f"{title}: {told}")

    @contextmanager
    def _serving(self, progress: Progress, repeat: int) -> Iterator[tuple[Server, Identity]]:
        """The started engine, verified against its recipe; it is stopped whatever happens."""
        one = progress.configuration
        settings = replace(one.settings, port=one.settings.port or free_port(one.settings.host))
        stamp = self._began.replace(":", "").replace("+0000", "Z")
        log = self._root / "engine-logs" / f"{progress.plan.id}-{stamp}-{one.name}-r{repeat}.log"
        server = Server(one.launcher, settings, log)
        try:
            server.wait(one.start_timeout)
            target = target_of(self._spec, server.url, one.served)
            identity = identify(Probe(server.url, headers=target.headers))
            progress.declared = self._declare(one, identity)
            self._notes(progress)
            yield server, identity
        finally:
            with interrupts_wait():
                server.stop()

    def _declare(self, one: Configuration, identity: Identity) -> Declared:
        need = max(map(sum, self._offer.workload.plan(_LOOKED_AT)))
        declared = declare(
            one.recipe, one.served, self._catalog, identity, model=one.served, tokens=need
        )  # fmt: skip
        told = " ".join(text for text in (one.flags, identity.fields.get("flags")) if isinstance(text, str))
        if "flags" not in one.recipe and told:
            declared.recipe = msgspec.structs.replace(declared.recipe, flags=told)
        declared.recipe = self._hider.recipe(declared.recipe)
        return declared

    def _measure(
        self,
        progress: Progress,
        repeat: int,
        server: Server,
        identity: Identity,
        means: _Means,
    ) -> None:
        assert progress.declared is not None
        target = target_of(self._spec, server.url, progress.configuration.served)
        target = replace(target, ignore_eos=target.ignore_eos and "ignore_eos" not in identity.refuses)
        target = replace(target, keep_text=progress.plan.target.keep_text)
        plan = replace(progress.plan, target=target, place=means.place)
        about = About(
            dataset_of(self._spec.dataset, progress.declared),
            self._command,
            progress.declared,
            identity,
            source=self._spec.prompts,
            engine=self._engine(progress.configuration, server, repeat),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            log=lambda: excerpt(server.log),
        )
        so_far = replace(means.beginning, reports={plan.id: progress.done})
        keeper = StoreKeeper(means.store, plan, about, self._hider, so_far)
        telemetry = sources(self._spec.telemetry, server.url)
        means.file.serves(about.dataset, telemetry, simulated=progress.declared.status == SIMULATED)
        result = measure(plan, keeper, telemetry, means.file, repeat=repeat, check=server.confirm)
        progress.done = {report.slot: report for report in result.points}
        if result.interrupted:
            raise KeyboardInterrupt
        progress.stopped = result.stopped

    def _engine(self, one: Configuration, server: Server, repeat: int) -> dict[str, object]:
        settings = {key: value for key, value in asdict(one.settings).items() if value not in (None, (), {})}
        if variables := one.settings.environment:
            # By name as well: a numeric password is too plain a text to be hidden wherever it occurs.
            shown = {name: HIDDEN if secret_name(name) else value for name, value in variables.items()}
            settings["environment"] = shown
        return {
            "configuration": one.name,
            "start": repeat,
            "command": server.command,
            "settings": settings,
        }

    def _notes(self, progress: Progress) -> None:
        assert progress.declared is not None
        new = [note for note in progress.declared.notes if note not in progress.seen]
        progress.seen.update(new)
        say_notes(replace(progress.declared, notes=[f"{progress.configuration.name}: {n}" for n in new]))

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
        for line in shown.words(where):
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
