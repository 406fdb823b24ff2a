"""Runs a sweep that was asked for, says how it went, and with which exit code."""

from __future__ import annotations

import secrets as randomness
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from isoline.bench.asked.hosts import on_hosts
from isoline.bench.asked.plan import plan_of, probe_of, target_of
from isoline.bench.asked.reading import Asked
from isoline.bench.asked.recipe import Declared, declare
from isoline.bench.asked.secrecy import secrets
from isoline.bench.asked.spec import Spec, SpecProblem
from isoline.bench.asked.workload import Offer, offer_of
from isoline.bench.kept.hiding import Hider, command_line
from isoline.bench.kept.keeper import About, StoreKeeper
from isoline.bench.shown.live import Both, live_watch
from isoline.bench.shown.progress import Live, Quiet
from isoline.bench.shown.view import document, print_table, to_json
from isoline.bench.telemetry import doubts, with_own
from isoline.domain.catalog import Catalog
from isoline.domain.point import SIMULATED
from isoline.errors import UsageError
from isoline.measure.engines.identify import recognise
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.plan import Plan
from isoline.measure.sweep.roles import Watcher
from isoline.measure.sweep.sweep import SweepResult, run_sweep
from isoline.measure.telemetry import Telemetry
from isoline.store.failures import storing
from isoline.store.lock import locked
from isoline.store.store import Store

ALL_VALID, SOME_INVALID, NOTHING, INTERRUPTED = 0, 4, 5, 130


def bench(
    asked: Asked, catalog: Catalog, root: Path, arguments: Sequence[str], output: str, *, fresh: bool = False
) -> int:
    """Measures, stores, prints; returns the exit code."""
    spec = asked.spec()
    with TemporaryDirectory(prefix="isoline-") as folder:
        if spec.engine is not None:
            from isoline.bench.matrix.configurations import configurations
            from isoline.bench.matrix.run import MatrixRun

            with asked.located():
                found = configurations(spec)
                hider = Hider(secrets(spec, (secret for one in found for secret in one.secrets)))
                command = command_line(arguments, hider)
                run = MatrixRun(spec, found, offer_of(spec, Path(folder)), catalog, root, command, hider)
                return run.run(output, fresh=fresh)
        hider = Hider(secrets(spec))
        command = command_line(arguments, hider)
        with asked.located():
            offer = offer_of(spec, Path(folder))
            return _bench_url(spec, offer, catalog, root, command, hider, output, fresh)


def _bench_url(
    spec: Spec,
    offer: Offer,
    catalog: Catalog,
    root: Path,
    command: str,
    hider: Hider,
    output: str,
    fresh: bool,
) -> int:
    url, model = _place(spec)
    target = target_of(spec, url, model)
    probe = probe_of(target)
    identity = recognise(probe)
    if "ignore_eos" in identity.refuses:
        target = replace(target, ignore_eos=False)
    declared = declare(spec.recipe, model, catalog, identity)
    declared.recipe = hider.recipe(declared.recipe)
    telemetry = with_own(spec.telemetry, target, probe.root, identity, declared.notes)
    plan = plan_of(spec, offer, target, {"recipe": declared.recipe.id}, randomness.randbits(32), hider.text)
    if identity.served and model not in identity.served:
        declared.notes.append(f"the server lists {', '.join(identity.served[:5])}, not {model}")
    say_notes(declared)
    dataset = dataset_of(spec.dataset, declared)
    about = About(dataset, command, declared, identity, fresh, source=spec.prompts)
    with ExitStack() as held, Store(root) as store:
        hold(root, plan.id, held)
        plan = replace(plan, place=held.enter_context(on_hosts(spec, url)))
        keeper = StoreKeeper(store, plan, about, hider)
        if keeper.resumed:
            done, all_of_it = len(keeper.finished()), Agenda(plan).planned(keeper.finished())
            say_resumed(keeper.began, done, all_of_it)
        with live_watch(root, plan, keeper, about, hider, telemetry) as file:
            result = measure(plan, keeper, telemetry, file)
            file.end(result.stopped)
    if output == "json":
        print(to_json(document(result, plan, keeper.id), hider))
    elif result.points:
        print_table(result)
    _say(result, root, dataset, hider)
    return exit_code(result)


def _place(spec: Spec) -> tuple[str, str]:
    """URL and model of a server that runs already."""
    if spec.matrix:
        raise SpecProblem(("matrix",), "is for an engine that is started; name it under engine")
    if spec.url is None:
        raise UsageError("give the server's URL or a spec file; isoline bench --example prints one")
    if spec.model is None:
        raise SpecProblem((), "model is missing")
    return spec.url, spec.model


def hold(root: Path, plan: str, held: ExitStack) -> None:
    """Nobody else measures this plan until `held` is left."""
    with storing(root, "create a store in"):
        root.mkdir(parents=True, exist_ok=True)
        if not held.enter_context(locked(root / f".bench-{plan}.lock", wait=False)):
            raise UsageError("this very sweep is running already; wait for it or stop it")


def say_notes(declared: Declared) -> None:
    for note in declared.notes:
        print(f"note: {note}", file=sys.stderr)


def dataset_of(name: str, declared: Declared) -> str:
    """Simulated points lie in a dataset of their own: it is known by its name and kind."""
    return f"{name}-simulated" if declared.status == SIMULATED and "simulated" not in name else name


def exit_code(result: SweepResult) -> int:
    """0: all points of the plan are valid; 4: some are not, or missing; 5: nothing was measured."""
    if result.interrupted:
        return INTERRUPTED
    if not result.answered:
        return NOTHING
    return ALL_VALID if result.complete else SOME_INVALID


def say_resumed(began: str, done: int, planned: int) -> None:
    words = f"going on with the sweep begun {began}: {done} of {planned} points are stored"
    print(f"{words} (--fresh begins a new one)", file=sys.stderr)


def measure(
    plan: Plan,
    keeper: StoreKeeper,
    telemetry: Sequence[Telemetry],
    file: Watcher,
    *,
    repeat: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> SweepResult:
    """Runs the sweep, watched by a person if there is one, and by the page; see `run_sweep`."""
    if not sys.stderr.isatty():
        return run_sweep(plan, keeper, Both(file, Quiet()), telemetry, repeat=repeat, check=check)
    with Live() as live:
        return run_sweep(plan, keeper, Both(file, live), telemetry, repeat=repeat, check=check)


def _say(result: SweepResult, root: Path, dataset: str, hider: Hider) -> None:
    kept = sum(1 for point in result.points if point.run and point.answered)
    if kept:
        print(f"{kept} of {result.planned} points are in dataset {dataset} of {root}", file=sys.stderr)
    for line in (line for point in result.points for line in doubts(point)):
        print(line, file=sys.stderr)
    if result.stopped:
        print(f"isoline: stopped early: {hider.text(result.stopped)}", file=sys.stderr)
        if 0 < kept < result.planned:
            print("The same command again goes on where this one ended.", file=sys.stderr)
