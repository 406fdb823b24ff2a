"""The sweeps of a store, each with what its run folders say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from isoline.domain.recipe import Recipe
from isoline.store.find_run import stored_rows, sweep_id
from isoline.store.folders import Folders
from isoline.store.layout import runs_folder
from isoline.store.manifest import Manifest
from isoline.store.query import Engine
from isoline.store.rows import POINT_SELECT, Reading

MEASURED = ("bench", "simulated")


@dataclass(frozen=True, slots=True)
class StoredSweep:
    """One sweep; `began` is ISO 8601, UTC. A point that was measured again counts by what came last of it.

    `target` is where and what it asked: URL (of an engine that is started: its configuration), model, input
    and output tokens.
    """

    id: str
    began: str
    dataset: str
    simulated: bool
    target: tuple[str, str, object, object]
    loads: frozenset[str]  # with valid points: `c8`, `q2.5`
    valid: int
    invalid: int
    runs: tuple[str, ...]
    holding: str | None  # one of its runs that holds a point


def stored_sweeps(root: Path) -> list[StoredSweep]:
    """Newest first. Folders that are no part of a sweep (imports) are left out."""
    folders = Folders(root)
    groups: dict[str, list[Manifest]] = {}
    for run in sorted(folders.names()):
        manifest = folders.manifest(run)
        if manifest is not None and manifest.kind in MEASURED and (name := sweep_id(manifest)):
            groups.setdefault(name, []).append(manifest)
    found = [_sweep(name, members) for name, members in groups.items()]
    return sorted(found, key=lambda sweep: (sweep.began, sweep.id), reverse=True)


def earlier_sweep(sweeps: Sequence[StoredSweep], name: str) -> StoredSweep | None:
    """The newest one before `name` that asked the same of the same under a load of `name`'s."""
    this = next((sweep for sweep in sweeps if sweep.id == name), None)
    if this is None:
        return None
    alike = (s for s in sweeps if s.target == this.target and s.began < this.began)
    return next((s for s in alike if s.loads & this.loads), None)


def _sweep(name: str, members: Sequence[Manifest]) -> StoredSweep:
    last, sections = members[-1], [_section(manifest, "sweep") for manifest in members]
    slots: dict[str, bool] = {}
    for manifest, section in zip(members, sections, strict=True):
        slot = str(section.get("slot") or manifest.run_id)
        slots[slot] = slots.get(slot, False) or bool(manifest.details.get("valid", True))
    asked, engine, workload = (_section(last, key) for key in ("target", "engine", "workload"))
    return StoredSweep(
        id=name,
        began=str(sections[-1].get("began") or last.created),
        dataset=last.dataset.name,
        simulated=last.kind == "simulated",
        target=(
            str(engine.get("configuration") or asked.get("url") or ""),
            str(asked.get("model") or "unknown"),
            workload.get("isl"),
            workload.get("osl"),
        ),
        loads=frozenset(slot.rpartition("-r")[0] for slot, valid in slots.items() if valid),
        valid=sum(slots.values()),
        invalid=len(slots) - sum(slots.values()),
        runs=tuple(manifest.run_id for manifest in members),
        holding=next((m.run_id for m in reversed(members) if m.rows.get("points")), None),
    )


def recipes_of(root: Path, sweeps: Sequence[StoredSweep]) -> dict[str, Recipe]:
    """By id of the sweep, where it holds points: they share it, but for what a server says of itself in
    between. A file is read for each sweep.
    """
    engine = Engine()
    try:
        paths = [runs_folder(root) / sweep.holding / "points.parquet" for sweep in sweeps if sweep.holding]
        points = Reading().points(stored_rows(engine, POINT_SELECT, paths))
    finally:
        engine.close()
    of_run = {point.run: point.recipe for point in points}
    return {sweep.id: of_run[sweep.holding] for sweep in sweeps if sweep.holding in of_run}


def _section(manifest: Manifest, name: str) -> Mapping[str, object]:
    value = manifest.details.get(name)
    return value if isinstance(value, dict) else {}
