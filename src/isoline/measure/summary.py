"""A run's records -> its figures, in a steady window and as a whole, and its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from isoline.measure.fleet import Conditions, RunReport
from isoline.measure.loads import Load
from isoline.measure.member import HostReport
from isoline.measure.metrics import Metrics, measure_window
from isoline.measure.monitor import ClientReport
from isoline.measure.records import RequestRecord
from isoline.measure.validity import Limits, Reason, error_counts, judge, remarks
from isoline.measure.windows import steady_window, whole_run


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """One run. `steady` is `None` when the run was too short for a steady window."""

    valid: bool
    reasons: list[Reason]
    notes: list[Reason]  # what went wrong without making it INVALID
    requests: int
    errors: dict[str, int]
    tokens_out_source: dict[str, int]  # requests by where their token count came from
    tokens_in_source: dict[str, int]
    finish_reasons: dict[str, int]
    retries: int
    steady: Metrics | None
    whole: Metrics | None
    clients: list[ClientReport]
    conditions: Conditions | None = None
    hosts: list[HostReport] = []

    @property
    def main(self) -> Metrics | None:
        """The figures to quote: the steady window's where there is one."""
        return self.steady or self.whole


def summarise(
    records: Sequence[RequestRecord],
    report: RunReport,
    load: Load,
    limits: Limits | None = None,
) -> Summary:
    """The figures and the verdict of one run; records of its warm-up are left out."""
    records = [record for record in records if not record.warmup]
    window, all_of_it = steady_window(records, load), whole_run(records)
    steady = measure_window(records, window) if window else None
    whole = measure_window(records, all_of_it) if all_of_it else None
    reasons = judge(records, report, load, steady or whole, limits)
    return Summary(
        valid=not reasons,
        reasons=reasons,
        notes=remarks(records, limits),
        requests=len(records),
        errors=error_counts(records),
        tokens_out_source=_counts(r.tokens_out_source for r in records),
        tokens_in_source=_counts(r.tokens_in_source for r in records),
        finish_reasons=_counts(r.finish_reason for r in records),
        retries=sum(record.retries for record in records),
        steady=steady,
        whole=whole,
        clients=report.clients,
        conditions=report.conditions,
        hosts=report.hosts,
    )


def _counts(values: Iterable[str | None]) -> dict[str, int]:
    return dict(Counter(str(value) for value in values if value is not None))
