"""What earlier starts of the same command have stored, so that it goes on where it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.plan import Plan
from isoline.measure.sweep.report import PointReport
from isoline.store.store import Store

REPORT = "report.json"
STALE = timedelta(days=7)  # an older sweep measured another server: it is begun anew

Reports = dict[str, PointReport]  # by slot


@dataclass(frozen=True, slots=True)
class Beginning:
    """When the plans of one command were begun (ISO 8601, UTC), and what of them need not be measured
    again, by plan. `again`: stored points that are INVALID, which are.
    """

    began: str
    resumed: bool = False
    reports: Mapping[str, Reports] = field(default_factory=dict)
    again: int = 0

    def done(self, plan: Plan) -> Reports:
        """The plan's stored points by slot."""
        return dict(self.reports.get(plan.id, {}))


def begin(store: Store, datasets: Sequence[str], plans: Sequence[Plan], *, fresh: bool = False) -> Beginning:
    """The newest beginning of these plans if points of them are missing or INVALID, else a new one."""
    newest = None if fresh else _newest(store, datasets, {plan.id for plan in plans})
    if newest is not None and any(Agenda(p).next(newest.done(p)) is not None for p in plans):
        return newest
    return Beginning(datetime.now(UTC).isoformat(timespec="seconds"))


def _newest(store: Store, datasets: Sequence[str], plans: set[str]) -> Beginning | None:
    """All points of the newest beginning that is not stale; `None` where there are none."""
    runs = [found for name in datasets for found in _of_plans(store, name, plans)]
    if not runs:
        return None
    began = max(start for start, *_ in runs)
    reports: dict[str, Reports] = {}
    invalid: set[tuple[str, str]] = set()
    for start, plan, run in runs:
        if start != began or (report := _stored(store, run)) is None:
            continue
        if report.valid:
            reports.setdefault(plan, {}).setdefault(report.slot, report)
        elif report.answered:
            invalid.add((plan, report.slot))
    again = len(invalid - {(plan, slot) for plan, slots in reports.items() for slot in slots})
    return Beginning(began, True, reports, again) if reports or again else None


def _of_plans(store: Store, dataset: str, plans: set[str]) -> list[tuple[str, str, str]]:
    """(when begun, plan, run) of the runs of some plans that are not stale, newest first."""
    oldest = f"{datetime.now(UTC) - STALE:%Y%m%dT%H%M%S}"
    found = []
    for run, details in store.details(dataset):
        if run < oldest:
            break
        sweep = details.get("sweep")
        if isinstance(sweep, dict) and sweep.get("plan") in plans:
            found.append((str(sweep["began"]), str(sweep["plan"]), run))
    return found


def _stored(store: Store, run: str) -> PointReport | None:
    data = store.file(run, REPORT)
    try:
        report = msgspec.json.decode(data or b"", type=PointReport)
    except msgspec.DecodeError:
        return None
    return msgspec.structs.replace(report, run=run)
