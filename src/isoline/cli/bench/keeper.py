"""Finished points into the store, one run folder each, and out of it when a sweep is resumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from isoline.cli.bench import rows
from isoline.cli.bench.hiding import Hider
from isoline.cli.bench.recipe import Declared
from isoline.domain.point import SIMULATED, Dataset, Workload
from isoline.measure.environment import fingerprint
from isoline.measure.identity import Identity
from isoline.measure.records import RequestRecord
from isoline.measure.sweep.agenda import Agenda
from isoline.measure.sweep.plan import Plan, Slot
from isoline.measure.sweep.report import PointReport
from isoline.measure.telemetry import Telemetry
from isoline.store.store import Store

REPORT = "report.json"
LENGTHS = "prompt-lengths.json"
MESSAGES = "errors.json"
STALE = timedelta(days=7)  # an older sweep measured another server: it is begun anew


@dataclass(frozen=True, slots=True)
class About:
    """What every run of a sweep says of itself."""

    dataset: str
    command: str
    declared: Declared
    identity: Identity
    fresh: bool = False  # don't resume


class StoreKeeper:
    """Keeps points as run folders; `id` names the sweep, an unfinished one of the same plan goes on."""

    def __init__(self, store: Store, plan: Plan, about: About, hider: Hider) -> None:
        self._store, self._plan, self._about, self._hider = store, plan, about, hider
        self._environment = fingerprint()
        self._order: list[str] = []
        self.began = datetime.now(UTC).isoformat(timespec="seconds")
        self._done: dict[str, PointReport] = {}
        self.resumed = False
        if not about.fresh:
            self._resume()

    @property
    def id(self) -> str:
        return f"{self._plan.id}-{self.began}"

    def finished(self) -> Mapping[str, PointReport]:
        """Reports of the points that an earlier start of this sweep kept."""
        return self._done

    def keep(
        self,
        slot: Slot,
        report: PointReport,
        records: Sequence[RequestRecord],
        telemetry: Sequence[Telemetry],
    ) -> str:
        """One run folder: whole when this returns, absent if it does not."""
        self._order.append(slot.name)
        plan, about = self._plan, self._about
        key = f"{self.id}/{slot.name}"
        workload = Workload(plan.workload.isl, plan.workload.osl)
        point = rows.point(
            report, about.declared.recipe, workload, about.dataset, key, self.began, about.declared.status
        )
        lengths = plan.workload_of(slot).plan(1 + max((record.index for record in records), default=-1))
        files = {
            REPORT: self._json(report),
            LENGTHS: self._json(lengths),
            MESSAGES: self._json(rows.messages(records)),
        }
        simulated = about.declared.status == SIMULATED
        origin = rows.origin_ns(records)
        samples = (
            {**row, "time_ns": int(str(row["time_ns"])) - origin}
            for src in telemetry
            for row in src.samples()
        )
        return self._store.write_run(
            Dataset(
                about.dataset,
                "simulated" if simulated else "runs",
                "latest-run",
                "isoline bench",
                self.began[:10],
            ),
            "simulated" if simulated else "bench",
            details=self._details(slot, report),
            points=[point] if point else [],
            requests=rows.requests(records, key),
            telemetry=samples,
            files=files,
        )

    def _details(self, slot: Slot, report: PointReport) -> dict[str, object]:
        plan, target = self._plan, self._plan.target
        details = {
            "command": self._about.command,
            "sweep": {
                "id": self.id,
                "plan": plan.id,
                "began": self.began,
                "slot": slot.name,
                "position": report.position,
                "order": self._order,
            },
            "valid": report.valid,
            "reasons": report.reasons,
            "target": {
                "url": target.url,
                "model": target.model,
                "endpoint": target.endpoint,
                "headers": sorted(target.headers),  # names: their values may be secrets
                "extra_body": target.extra_body,
                "ignore_eos": target.ignore_eos,
                "temperature": target.temperature,
                "timeout": target.timeout,
                "insecure": target.insecure,
                "chat_template": target.endpoint == "chat",
            },
            "workload": {"id": plan.workload.id, **msgspec.to_builtins(plan.workload_of(slot))},
            "load": slot.load,
            "objectives": plan.objectives,
            "notes": self._about.declared.notes,
            "server": self._about.identity,
            "environment": self._environment,
            "hosts": list(plan.place.environments()),
        }
        plain = self._hider.document(details)
        assert isinstance(plain, dict)
        return plain

    def _json(self, value: object) -> bytes:
        return msgspec.json.encode(self._hider.document(value)) + b"\n"

    def _resume(self) -> None:
        """Takes over the newest sweep of the same plan, if points of it are missing."""
        newest: str | None = None
        for run, sweep in self._earlier():
            began = str(sweep["began"])
            newest = newest or began
            if began != newest:
                break
            report = self._stored(run)
            if report is not None and report.answered and not report.lost_a_host:
                self._done.setdefault(report.slot, report)
        if newest is None or not self._done or Agenda(self._plan).next(self._done) is None:
            self._done = {}
            return
        self.began, self.resumed = newest, True
        in_order = sorted(self._done.values(), key=lambda report: report.position)
        self._order = [report.slot for report in in_order]

    def _earlier(self) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Runs of this plan that are not stale, newest first."""
        oldest = f"{datetime.now(UTC) - STALE:%Y%m%dT%H%M%S}"
        for run, details in self._store.details(self._about.dataset):
            if run < oldest:
                return
            sweep = details.get("sweep")
            if isinstance(sweep, dict) and sweep.get("plan") == self._plan.id:
                yield run, sweep

    def _stored(self, run: str) -> PointReport | None:
        data = self._store.file(run, REPORT)
        try:
            report = msgspec.json.decode(data or b"", type=PointReport)
        except msgspec.DecodeError:
            return None
        return msgspec.structs.replace(report, run=run)
