"""A sweep of a server that runs already."""

from __future__ import annotations

import secrets as randomness
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from isoline.bench.asked.hosts import on_hosts
from isoline.bench.asked.plan import plan_of, probe_of, target_of
from isoline.bench.asked.recipe import declare
from isoline.bench.asked.served import require_model
from isoline.bench.asked.spec import Spec, SpecProblem
from isoline.bench.asked.workload import Offer
from isoline.bench.kept.hiding import Hider
from isoline.bench.kept.keeper import About, StoreKeeper
from isoline.bench.running import (
    dataset_of,
    exit_code,
    hold,
    kept_words,
    measure,
    say_foretold,
    say_notes,
    say_resumed,
    say_sweep,
)
from isoline.bench.shown.live import live_watch
from isoline.bench.shown.odd import odd_words
from isoline.bench.shown.view import document, print_table, to_json
from isoline.bench.telemetry import doubts, with_own
from isoline.domain.catalog import Catalog
from isoline.errors import UsageError
from isoline.measure.engines.identify import recognise
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.sweep import SweepResult
from isoline.store.store import Store


def bench_url(
    spec: Spec,
    offer: Offer,
    catalog: Catalog,
    root: Path,
    command: str,
    hider: Hider,
    output: str,
    fresh: bool,
) -> int:
    url, model = place(spec)
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
        require_model(target, identity.served)
        declared.notes.append(f"the server lists {', '.join(identity.served[:5])}, not {model}")
    say_notes(declared)
    say_foretold(plan)
    dataset = dataset_of(spec.dataset, declared)
    about = About(dataset, command, declared, identity, fresh, source=spec.prompts)
    with ExitStack() as held, Store(root) as store:
        hold(root, plan.id, held)
        plan = replace(plan, place=held.enter_context(on_hosts(spec, url)))
        keeper = StoreKeeper(store, plan, about, hider)
        if keeper.resumed:
            done, all_of_it = len(keeper.finished()), Agenda(plan).planned(keeper.finished())
            say_resumed(keeper.began, done, all_of_it, keeper.again)
        with live_watch(root, plan, keeper, about, hider, telemetry) as file:
            result = measure(plan, keeper, telemetry, file)
            file.end(result.stopped)
    if output == "json":
        print(to_json(document(result, plan, keeper.id), hider))
    elif result.points:
        print_table(result)
    _say(result, root, dataset, hider)
    if any(point.run for point in result.points):
        with Store(root) as store:
            for line in odd_words(store, dataset, [keeper.id]):
                print(line, file=sys.stderr)
        say_sweep(root, keeper.id)
    return exit_code(result)


def place(spec: Spec) -> tuple[str, str]:
    """URL and model of a server that runs already; a `UsageError` says what is missing."""
    if spec.matrix:
        raise SpecProblem(("matrix",), "is for an engine that is started; name it under engine")
    if spec.url is None:
        raise UsageError(
            "give the server's URL or a spec file: isoline bench URL|SPEC.yaml; --example prints one"
        )
    if spec.model is None:
        raise SpecProblem((), "model is missing")
    return spec.url, spec.model


def _say(result: SweepResult, root: Path, dataset: str, hider: Hider) -> None:
    for line in (line for point in result.points for line in doubts(point)):
        print(line, file=sys.stderr)
    if result.stopped:
        print(f"isoline: stopped early: {hider.text(result.stopped)}", file=sys.stderr)
    for line in kept_words(result.points, result.planned, f"dataset {dataset} of {root}"):
        print(line, file=sys.stderr)
