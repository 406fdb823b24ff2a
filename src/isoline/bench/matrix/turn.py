"""One start of one configuration: the engine starts, is verified, measured and stopped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from isoline.bench.asked.hosts import reachable
from isoline.bench.asked.plan import target_of
from isoline.bench.asked.recipe import Declared, declare
from isoline.bench.asked.secrecy import secret_name
from isoline.bench.asked.spec import Spec
from isoline.bench.asked.workload import Offer
from isoline.bench.kept.earlier import Beginning
from isoline.bench.kept.engine_log import drop_kept, excerpt, hide_in
from isoline.bench.kept.hiding import HIDDEN, Hider
from isoline.bench.kept.keeper import About, StoreKeeper
from isoline.bench.matrix.configurations import Configuration
from isoline.bench.matrix.progress import Progress
from isoline.bench.running import dataset_of, measure, say_notes
from isoline.bench.telemetry import with_own
from isoline.domain.catalog import Catalog
from isoline.domain.point import SIMULATED
from isoline.errors import EngineError
from isoline.measure.engines.identify import identify
from isoline.measure.engines.identity import Identity
from isoline.measure.engines.probe import Probe
from isoline.measure.launchers.server import Server, free_port
from isoline.measure.live.watch import LiveWatch
from isoline.measure.member import Place
from isoline.measure.sweep.interrupts import interrupts_wait
from isoline.measure.target import Target
from isoline.measure.telemetry import Telemetry
from isoline.store.store import Store

_LOOKED_AT = 200  # requests of which the longest must fit into what the engine takes


@dataclass(frozen=True, slots=True)
class Means:
    """What all starts of a matrix share, and hold while it lasts. `command` is as it was typed."""

    spec: Spec
    offer: Offer
    catalog: Catalog
    root: Path
    command: str
    hider: Hider
    store: Store
    beginning: Beginning
    place: Place
    file: LiveWatch


@dataclass(frozen=True, slots=True)
class _Serving:
    """An engine that serves what was declared."""

    server: Server
    target: Target
    identity: Identity
    declared: Declared
    telemetry: list[Telemetry]


class Turn:
    """Start `repeat` of one configuration."""

    def __init__(self, progress: Progress, repeat: int, means: Means) -> None:
        self._progress, self._repeat, self._means = progress, repeat, means
        self._one = progress.configuration

    def run(self) -> None:
        """Measures what is due. What goes wrong with it is told, and leaves the others to be measured."""
        progress, hide = self._progress, self._means.hider.text
        start = f"start {self._repeat + 1} of {self._means.spec.repeats}"
        title, starting = f"{self._one.name}, {start}", f"starting {self._one.launcher.engine}"
        print(f"{title}: {starting}", file=sys.stderr)
        self._means.file.turn(self._one.name, f"{starting}, {start}")
        progress.stopped = None
        try:
            with self._serving() as serving:
                print(f"{title}: measuring", file=sys.stderr)
                self._measure(serving)
            if progress.stopped is None:
                drop_kept(serving.server.log)
        except EngineError as problem:
            progress.failed = hide(str(problem))
        if told := progress.failed or progress.stopped:
            print(f"isoline: {title}: {hide(told)}", file=sys.stderr)
            self._means.file.trouble(f"{title}: {told}")

    @contextmanager
    def _serving(self) -> Iterator[_Serving]:
        """The started engine, verified against its recipe; it is stopped whatever happens."""
        one, settings = self._one, self._one.settings
        settings = replace(settings, port=settings.port or free_port(settings.host))
        server = Server(one.launcher, settings, self._log())
        try:
            server.wait(one.start_timeout)
            yield self._verified(server)
        finally:
            with interrupts_wait():
                server.stop()
                hide_in(server.log, self._means.hider)

    def _log(self) -> Path:
        stamp = self._means.beginning.began.replace(":", "").replace("+0000", "Z")
        name = f"{self._progress.plan.id}-{stamp}-{self._one.name}-r{self._repeat}.log"
        return self._means.root / "engine-logs" / name

    def _verified(self, server: Server) -> _Serving:
        target = target_of(self._means.spec, server.url, self._one.served)
        probe = Probe(server.url, headers=target.headers)
        identity = identify(probe)
        declared = self._declare(identity)
        asked = self._means.spec.telemetry
        telemetry = with_own(asked, target, probe.root, identity, declared.notes)
        self._notes(declared)
        return _Serving(server, target, identity, declared, telemetry)

    def _declare(self, identity: Identity) -> Declared:
        one, means = self._one, self._means
        need = max(map(sum, means.offer.workload.plan(_LOOKED_AT)))
        declared = declare(one.recipe, one.served, means.catalog, identity, model=one.served, tokens=need)
        told = " ".join(text for text in (one.flags, identity.fields.get("flags")) if isinstance(text, str))
        if "flags" not in one.recipe and told:
            declared.recipe = msgspec.structs.replace(declared.recipe, flags=told)
        declared.recipe = means.hider.recipe(declared.recipe)
        return declared

    def _measure(self, serving: _Serving) -> None:
        progress, means = self._progress, self._means
        target = replace(
            serving.target,
            url=reachable(self._one.settings.host, serving.server.url, means.place),
            ignore_eos=serving.target.ignore_eos and "ignore_eos" not in serving.identity.refuses,
            keep_text=progress.plan.target.keep_text,
        )
        plan, about = replace(progress.plan, target=target, place=means.place), self._about(serving)
        so_far = replace(means.beginning, reports={plan.id: progress.done})
        keeper = StoreKeeper(means.store, plan, about, means.hider, so_far)
        simulated = serving.declared.status == SIMULATED
        means.file.serves(about.dataset, serving.telemetry, simulated=simulated)
        result = measure(
            plan, keeper, serving.telemetry, means.file, repeat=self._repeat, check=serving.server.confirm
        )
        progress.done = {report.slot: report for report in result.points}
        if result.interrupted:
            raise KeyboardInterrupt
        progress.stopped = result.stopped

    def _about(self, serving: _Serving) -> About:
        return About(
            dataset_of(self._means.spec.dataset, serving.declared),
            self._means.command,
            serving.declared,
            serving.identity,
            source=self._means.spec.prompts,
            engine=_details(self._one, serving.server, self._repeat),
            started=datetime.now(UTC).isoformat(timespec="seconds"),
            log=lambda: excerpt(serving.server.log),
        )

    def _notes(self, declared: Declared) -> None:
        """Those that no earlier start of the configuration said."""
        seen = self._progress.seen
        new = [note for note in declared.notes if note not in seen]
        seen.update(new)
        say_notes(replace(declared, notes=[f"{self._one.name}: {note}" for note in new]))


def _details(one: Configuration, server: Server, repeat: int) -> dict[str, object]:
    """How it was started, for the manifest of its runs."""
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
