"""A model name that the server does not list: some take it all the same, others refuse every request."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.errors import UsageError, unknown
from isoline.measure.failures import Failure
from isoline.measure.fleet import run_load
from isoline.measure.loads import Load
from isoline.measure.sink import ListSink
from isoline.measure.target import Target
from isoline.measure.workloads import Synthetic


def require_model(target: Target, served: Sequence[str]) -> None:
    """Asks for one token; a `UsageError` with the names there are if that is refused (4xx, but for 429)."""
    sink = ListSink()
    run_load(target, Synthetic(8, 1), Load(concurrency=1, requests=1), sink, processes=0)
    if any(record.error == Failure.STATUS_4XX for record in sink.records):
        words, close = unknown("model", target.model, served, "the server refuses it")
        raise UsageError(words, close or tuple(served))
