"""Goodput: what counts of a run when every request has to be fast enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from isoline.measure.metrics import tokens_between
from isoline.measure.windows import share_inside

if TYPE_CHECKING:
    from isoline.measure.records import RequestRecord
    from isoline.measure.windows import Window


class Objectives(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service level in seconds: a request is good if it stays within all that are given."""

    ttft: float | None = None
    tpot: float | None = None
    e2e: float | None = None

    def __bool__(self) -> bool:
        return any(limit is not None for limit in (self.ttft, self.tpot, self.e2e))


class Goodput(msgspec.Struct, frozen=True):
    """Requests that met the objectives; failed ones never do."""

    share: float  # of the requests sent in the window
    request_rate: float  # good requests per second, by the part of each that lies in the window
    output: float  # their output tokens per second


def goodput(records: Sequence[RequestRecord], window: Window, objectives: Objectives) -> Goodput | None:
    """`None` without objectives or without requests."""
    sent = [r for r in records if r.sent is not None and window.start <= r.sent <= window.end]
    if not objectives or not sent:
        return None
    good = [record for record in records if _meets(record, objectives)]
    met = sum(window.start <= (record.sent or 0) <= window.end for record in good)
    rate = sum(share_inside(record, window) for record in good) / window.seconds
    tokens = sum(tokens_between(record, window) for record in good)
    return Goodput(met / len(sent), rate, tokens / window.seconds)


def _meets(record: RequestRecord, objectives: Objectives) -> bool:
    if not record.ok or record.sent is None or record.first_token is None or record.last_token is None:
        return False
    tokens = record.tokens_out or 0
    decoding = record.last_token - record.first_token
    spent = (
        (objectives.ttft, record.first_token - record.sent),
        (objectives.tpot, decoding / (tokens - 1) if tokens > 1 else 0),
        (objectives.e2e, record.last_token - record.sent),
    )
    return all(limit is None or ns <= limit * 1e9 for limit, ns in spent)
