"""Records of another host on this host's clock: every time moves by the same, so that no duration changes."""

from __future__ import annotations

from array import array

from isoline.measure.monitor import ClientReport
from isoline.measure.records import RequestRecord

_TIMES = ("sent", "first_byte", "first_token", "first_visible", "last_token", "done")


def shifted(record: RequestRecord, ns: int) -> RequestRecord:
    """The record, its times later by `ns`."""
    record.scheduled += ns
    for name in _TIMES:
        time = getattr(record, name)
        if time is not None:
            setattr(record, name, time + ns)
    record.chunk_times = array("q", [time + ns for time in record.times()]).tobytes()
    return record


def shifted_report(report: ClientReport, ns: int) -> ClientReport:
    """The report, likewise."""
    report.started += ns
    report.ended += ns
    return report
