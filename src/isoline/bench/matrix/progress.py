"""The configurations of a matrix, each with its plan and how far it is."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from isoline.bench.asked.plan import plan_of, target_of
from isoline.bench.asked.recipe import declare
from isoline.bench.asked.spec import Spec, SpecProblem
from isoline.bench.asked.workload import Offer
from isoline.bench.kept.earlier import Reports
from isoline.bench.kept.hiding import Hider
from isoline.bench.matrix.configurations import Configuration
from isoline.domain.catalog import Catalog
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.plan import Plan
from isoline.measure.sweep.sweep import SweepResult

NOWHERE = "http://127.0.0.1:1"  # until the engine is started, nothing has an address


@dataclass(slots=True)
class Progress:
    """One configuration: its plan, what is measured of it, and why it is given up."""

    configuration: Configuration
    plan: Plan
    done: Reports = field(default_factory=dict)
    failed: str | None = None  # it cannot be started, or is not what was declared
    stopped: str | None = None  # what ended its last start early
    seen: set[str] = field(default_factory=set)  # notes that were told

    def result(self) -> SweepResult:
        points = sorted(self.done.values(), key=lambda report: report.position)
        planned = Agenda(self.plan).planned(self.done)
        missing = None if Agenda(self.plan).next(self.done) is None else "points are missing"
        return SweepResult(points, planned, self.failed or self.stopped or missing)


def planned(
    found: Sequence[Configuration], spec: Spec, offer: Offer, catalog: Catalog, hider: Hider
) -> list[Progress]:
    """Every configuration, none of it measured; a wrong one is a `SpecProblem`."""
    salt = randomness.randbits(32)
    return [Progress(one, _plan(one, spec, offer, catalog, hider, salt)) for one in found]


def _plan(one: Configuration, spec: Spec, offer: Offer, catalog: Catalog, hider: Hider, salt: int) -> Plan:
    """Its plan before it is started; what it will be asked does not depend on its address."""
    try:
        declare(one.recipe, one.served, catalog)
    except SpecProblem as problem:
        place = one.places.get(problem.path[-1], problem.path)
        raise SpecProblem(place, str(problem), problem.suggestions) from None
    settings = {key: value for key, value in asdict(one.settings).items() if key != "port"}
    identity: Mapping[str, object] = {
        "url": one.launcher.engine,
        "ignore_eos": spec.ignore_eos,
        "recipe": hider.document(one.recipe),  # hashed: another key is no other sweep
        "settings": hider.document(settings),
    }
    target = target_of(spec, NOWHERE, one.served)
    return plan_of(spec, offer, target, identity, salt, hider.text)
