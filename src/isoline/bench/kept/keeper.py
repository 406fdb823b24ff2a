"""Finished points into the store, one run folder each."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from isoline.bench.asked.recipe import Declared
from isoline.bench.kept import rows
from isoline.bench.kept.earlier import REPORT, Beginning, begin
from isoline.bench.kept.hiding import Hider
from isoline.domain.point import SIMULATED, Dataset, Workload
from isoline.measure.engines.identity import Identity
from isoline.measure.environment import fingerprint
from isoline.measure.listed import Listed
from isoline.measure.records import RequestRecord
from isoline.measure.sweep.plan import Plan, Slot
from isoline.measure.sweep.report import PointReport
from isoline.measure.telemetry import Telemetry
from isoline.store.store import Store

LENGTHS = "prompt-lengths.json"
MESSAGES = "errors.json"
REQUESTS = "workload.jsonl.gz"
ENGINE_LOG = "server.log"


@dataclass(frozen=True, slots=True)
class About:
    """What every run of a sweep says of itself."""

    dataset: str
    command: str
    declared: Declared
    identity: Identity
    fresh: bool = False  # don't resume
    engine: Mapping[str, object] | None = None  # how it was started, if it was
    started: str | None = None  # and when (ISO 8601): what its runs share is this start
    source: str | None = None  # file that the prompts were taken from
    log: Callable[[], bytes] | None = None  # what a started engine has said so far


class StoreKeeper:
    """Keeps points as run folders; `id` names the sweep, an unfinished one of the same plan goes on."""

    def __init__(
        self, store: Store, plan: Plan, about: About, hider: Hider, beginning: Beginning | None = None
    ) -> None:
        self._store, self._plan, self._about, self._hider = store, plan, about, hider
        self._environment = fingerprint()
        begun = beginning or begin(store, (about.dataset,), (plan,), fresh=about.fresh)
        self.began, self.resumed, self.again = begun.began, begun.resumed, begun.again
        self._done = begun.done(plan)
        in_order = sorted(self._done.values(), key=lambda report: report.position)
        self._order = [report.slot for report in in_order]

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
        workload = Workload(*plan.nominal, plan.kind)
        began = about.started or self.began
        point = rows.point(
            report, about.declared.recipe, workload, about.dataset, key, began, about.declared.status
        )
        lengths = plan.workload_of(slot).plan(1 + max((record.index for record in records), default=-1))
        files = {
            REPORT: self._json(report),
            LENGTHS: self._json(lengths),
            MESSAGES: self._json(rows.messages(records)),
        }
        if isinstance(plan.workload, Listed):
            files[REQUESTS] = gzip.compress(Path(plan.workload.path).read_bytes(), mtime=0)
        if about.log is not None:
            said = about.log().decode("utf-8", "replace")
            files[ENGINE_LOG] = self._hider.text(said).encode()
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
        details: dict[str, object] = {
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
            "remarks": report.notes,
            "target": {
                "url": target.url,
                "model": target.model,
                "endpoint": target.endpoint,
                "headers": sorted(target.headers),  # names: their values may be secrets
                "extra_body": target.extra_body,
                "ignore_eos": target.ignore_eos,
                "temperature": target.temperature,
                "timeout": target.timeout,
                "silence": target.silence,
                "insecure": target.insecure,
                "chat_template": target.endpoint == "chat",
            },
            "workload": self._workload(slot),
            "load": slot.load,
            "objectives": plan.objectives,
            "notes": self._about.declared.notes,
            "server": self._about.identity,
            "environment": self._environment,
            "hosts": list(plan.place.environments()),
        }
        if self._about.engine is not None:
            details["engine"] = self._about.engine
        plain = self._hider.document(details)
        assert isinstance(plain, dict)
        return plain

    def _workload(self, slot: Slot) -> dict[str, object]:
        workload = self._plan.workload_of(slot)
        fields: dict[str, object] = {"id": workload.id, **msgspec.to_builtins(workload)}
        if isinstance(workload, Listed):  # it was read from a passing file; the run holds it
            fields |= {"path": REQUESTS, "source": self._about.source}
        return fields

    def _json(self, value: object) -> bytes:
        return msgspec.json.encode(self._hider.document(value)) + b"\n"
