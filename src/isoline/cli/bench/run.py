"""Runs a sweep that was asked for, says how it went, and with which exit code."""

from __future__ import annotations

import secrets as randomness
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from isoline.cli.bench.hiding import Hider, command_line
from isoline.cli.bench.hosts import on_hosts
from isoline.cli.bench.keeper import About, StoreKeeper
from isoline.cli.bench.live import Both, live_watch
from isoline.cli.bench.plan import plan_of, secrets, target_of
from isoline.cli.bench.progress import Live, Quiet
from isoline.cli.bench.reading import Asked
from isoline.cli.bench.recipe import Declared, declare
from isoline.cli.bench.telemetry import doubts, sources
from isoline.cli.bench.view import print_table, to_json
from isoline.domain.catalog import Catalog
from isoline.domain.point import SIMULATED
from isoline.errors import UsageError
from isoline.measure.identity import identify
from isoline.measure.live.watch import LiveWatch
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.plan import Plan
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
    hider = Hider(secrets(spec))
    with asked.located():
        target = target_of(spec)
        identity = identify(target)
        declared = declare(spec.recipe, spec.model, catalog, identity)
        telemetry = sources(spec.telemetry)
        plan = plan_of(spec, target, declared.recipe, randomness.randbits(32), hider.text)
    if identity.models and spec.model not in identity.models:
        declared.notes.append(f"the server lists {', '.join(identity.models[:5])}, not {spec.model}")
    for note in declared.notes:
        print(f"note: {note}", file=sys.stderr)
    dataset = _dataset(spec.dataset, declared)
    about = About(dataset, command_line(arguments, hider), declared, identity, fresh)
    with ExitStack() as held, Store(root) as store:
        lock = root / f".bench-{plan.id}.lock"
        with storing(root, "create a store in"):
            root.mkdir(parents=True, exist_ok=True)
            if not held.enter_context(locked(lock, wait=False)):
                raise UsageError("this very sweep is running already; wait for it or stop it")
        plan = held.enter_context(on_hosts(plan, spec))
        keeper = StoreKeeper(store, plan, about, hider)
        with live_watch(root, plan, keeper, about, hider, telemetry) as file:
            result = _measure(plan, keeper, telemetry, file)
            file.end(result.stopped)
    if output == "json":
        print(to_json(result, plan, keeper.id, hider))
    elif result.points:
        print_table(result)
    _say(result, root, dataset, hider)
    return exit_code(result)


def _dataset(name: str, declared: Declared) -> str:
    """Simulated points lie in a dataset of their own: it is known by its name and kind."""
    return f"{name}-simulated" if declared.status == SIMULATED and "simulated" not in name else name


def exit_code(result: SweepResult) -> int:
    """0: all points of the plan are valid; 4: some are not, or missing; 5: nothing was measured."""
    if result.interrupted:
        return INTERRUPTED
    if not result.answered:
        return NOTHING
    return ALL_VALID if result.complete else SOME_INVALID


def _measure(plan: Plan, keeper: StoreKeeper, telemetry: Sequence[Telemetry], file: LiveWatch) -> SweepResult:
    if keeper.resumed:
        done, all_of_it = len(keeper.finished()), Agenda(plan).planned(keeper.finished())
        words = f"going on with the sweep begun {keeper.began}: {done} of {all_of_it} points are stored"
        print(f"{words} (--fresh begins a new one)", file=sys.stderr)
    if not sys.stderr.isatty():
        return run_sweep(plan, keeper, Both(file, Quiet()), telemetry)
    with Live() as live:
        return run_sweep(plan, keeper, Both(file, live), telemetry)


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
