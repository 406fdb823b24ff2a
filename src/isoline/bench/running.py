"""What every sweep does: holds its plan, says how far it is, measures watched, ends with an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from isoline.analyse.words import counted
from isoline.bench.asked.foretold import foretold
from isoline.bench.asked.recipe import Declared
from isoline.bench.kept.keeper import StoreKeeper
from isoline.bench.shown.live import Both
from isoline.bench.shown.progress import Live, Quiet
from isoline.domain.point import SIMULATED
from isoline.errors import UsageError
from isoline.measure.sweep.plan import Plan
from isoline.measure.sweep.report import PointReport
from isoline.measure.sweep.roles import Watcher
from isoline.measure.sweep.sweep import SweepResult, run_sweep
from isoline.measure.telemetry import Telemetry
from isoline.store.failures import storing
from isoline.store.lock import locked
from isoline.store.sweeps import earlier_sweep, stored_sweeps

ALL_VALID, SOME_INVALID, NOTHING, INTERRUPTED = 0, 4, 5, 130


def hold(root: Path, plan: str, held: ExitStack) -> None:
    """Nobody else measures this plan until `held` is left."""
    with storing(root, "create a store in"):
        root.mkdir(parents=True, exist_ok=True)
        if not held.enter_context(locked(root / f".bench-{plan}.lock", wait=False)):
            raise UsageError("this very sweep is running already; wait for it or stop it")


def say_notes(declared: Declared) -> None:
    for note in declared.notes:
        print(f"note: {note}", file=sys.stderr)


def say_foretold(plan: Plan) -> None:
    """What is likely to become INVALID, before it costs time."""
    for words in foretold(plan.loads if plan.explore is None else ()):
        print(f"note: {words}", file=sys.stderr)


def dataset_of(name: str, declared: Declared) -> str:
    """Simulated points lie in a dataset of their own: it is known by its name and kind."""
    return f"{name}-simulated" if declared.status == SIMULATED and "simulated" not in name else name


def say_resumed(began: str, done: int, planned: int, again: int) -> None:
    """`again`: points that are measured again, because they were INVALID."""
    words = f"going on with the sweep begun {began}: {done} of {planned} points are stored"
    if again:
        words += f", {again} INVALID {'is' if again == 1 else 'are'} measured again"
    print(f"{words} (--fresh begins a new one)", file=sys.stderr)


def kept_words(points: Sequence[PointReport], planned: int, where: str) -> Iterator[str]:
    """How many points are stored, how many of them INVALID, and what the same command does about the rest."""
    kept = [point for point in points if point.run and point.answered]
    if not kept:
        return
    bad = sum(not point.valid for point in kept)
    yield f"{len(kept)} of {planned} points are in {where}" + (f", {bad} of them INVALID" if bad else "")
    missing = planned - len(kept)
    rest = [f"the {counted(missing, 'missing point')}"] if missing else []
    rest += [f"the {counted(bad, 'INVALID point')} again"] if bad else []
    if rest:
        yield f"The same command again measures {' and '.join(rest)}; --fresh begins anew."


def say_sweep(root: Path, name: str) -> None:
    """The sweep's id, and how it compares with an earlier one of the same, if there is one."""
    print(f"sweep {name}: isoline show {name}", file=sys.stderr)
    if before := earlier_sweep(stored_sweeps(root), name):
        print(f"beside the one before: isoline diff {before.id} {name}", file=sys.stderr)


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


def exit_code(result: SweepResult) -> int:
    """0: all points of the plan are valid; 4: some are not, or missing; 5: nothing was measured."""
    if result.interrupted:
        return INTERRUPTED
    if not result.answered:
        return NOTHING
    return ALL_VALID if result.complete else SOME_INVALID
