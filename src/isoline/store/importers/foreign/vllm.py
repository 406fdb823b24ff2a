"""Results of `vllm bench serve` (before 0.10 `benchmark_serving.py`) and of harnesses derived from it.

One flat object a run, saved by `--save-result`; `--append-result` writes one a line. Latencies are ms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from isoline.store.importers.fields import broken, iso_date, number
from isoline.store.importers.foreign.files import Source
from isoline.store.importers.foreign.statistics import flat
from isoline.store.importers.foreign.tool import Reading, Tool, table
from isoline.store.importers.foreign.values import finite_rate, text, whole

QUANTITIES = table("""
    ttft_ms                        ttft                      ms          each
    tpot_ms                        tpot                      ms          each
        = (latency - TTFT) / (output tokens - 1) of a request
    itl_ms                         itl                       ms          each
        = gap between two chunks, requests pooled
    e2el_ms                        e2el                      ms          each
    duration                       duration_seconds          s           one
    completed                      total_requests_completed  requests    one
    failed                         total_requests_failed     requests    one
    total_input_tokens             total_prompt_tokens       tokens      one
    total_output_tokens            total_generation_tokens   tokens      one
    request_throughput             mean_qps                  requests/s  one
    request_goodput                goodput_qps               requests/s  one
        = requests within the run's own limits
    output_throughput              output_tput_tps           tok/s       one
    total_token_throughput         total_tput_tps            tok/s       one
    spec_decode_acceptance_length  spec_acceptance_length    tokens      one
        = 1 + accepted / drafts
    spec_decode_acceptance_rate    spec_acceptance_rate      %           one
        = accepted / drafted
""")

_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)")


def recognise(source: Source) -> bool:
    fields = source.fields
    return "model_id" in fields and "total_input_tokens" in fields and "request_throughput" in fields


def readings(source: Source) -> Iterator[Reading]:
    values = source.scalars()
    values.setdefault("request_goodput", values.get("request_goodput:"))  # so in 2024 and 2025
    metrics = flat(QUANTITIES, values)
    completed = number("completed", values.get("completed"))
    duration = number("duration", values.get("duration"))
    inputs, outputs = (number(n, values.get(n)) for n in ("total_input_tokens", "total_output_tokens"))
    metrics.pop("total_tput_tps", None)
    metrics.pop("output_tput_tps", None)
    if duration <= 0:
        raise broken("duration", duration, "seconds above zero")
    yield Reading(
        position=source.position,
        metrics=metrics,
        tpot=metrics.get("median_tpot"),
        input_rate=inputs / duration,
        output_rate=_said(values, "output_throughput", outputs / duration),
        total_rate=_said(values, "total_token_throughput", (inputs + outputs) / duration),
        mean_isl=inputs / completed if completed else None,
        mean_osl=outputs / completed if completed else None,
        concurrency=whole(values.get("max_concurrency")),
        request_rate=finite_rate(values.get("request_rate")),
        started=_started(values.get("date")),
        served_model=text(values.get("model_id")),
        completed=completed,
    )


def _said(values: dict[str, object], name: str, otherwise: float) -> float:
    value = values.get(name)
    return otherwise if value is None else number(name, value)


def _started(value: object) -> str | None:
    """`20261123-194504`, in the client's local time; harnesses also write ISO 8601."""
    if not isinstance(value, str):
        return None
    if (match := _STAMP.fullmatch(value)) is not None:
        value = "{}-{}-{}T{}:{}:{}".format(*match.groups())
    return value if iso_date(value) else None


TOOL = Tool(
    name="vllm",
    title="vllm bench serve",
    versions="0.6 to 0.32; also InferenceX's benchmark_serving",
    quantities=QUANTITIES,
    recognise=recognise,
    readings=readings,
    companions=("*.pytorch.json",),
)
