"""Results of `inference-perf`: `stage_N_lifecycle_metrics.json`, one load each; latencies in seconds.

`summary_lifecycle_metrics.json` pools all stages of a run: it is read only where there is no stage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from isoline.store.importers.foreign.files import Source
from isoline.store.importers.foreign.statistics import nested
from isoline.store.importers.foreign.tool import Reading, Tool, table
from isoline.store.importers.foreign.values import at, finite_rate, optional, whole

_LATENCIES = table("""
    time_to_first_token               ttft               s  each
    time_per_output_token             tpot               s  each
        = (last - first event) / (events - 1): a token each
    inter_token_latency               itl                s  each
        = gap between two events, requests pooled
    normalized_time_per_output_token  full_response_itl  s  each
        = latency / output tokens, TTFT included
    request_latency                   e2el               s  each
""")
_LENGTHS = table("""
    prompt_len     input_tokens          tokens  each
        = so before 0.5
    output_len     output_tokens_actual  tokens  each
    prompt_tokens  input_tokens          tokens  each
    output_tokens  output_tokens_actual  tokens  each
""")
_RATES = table("""
    requests_per_sec       mean_qps         requests/s  one
        = requests / time from first start to last end
    input_tokens_per_sec   input_tput_tps   tok/s       one
    output_tokens_per_sec  output_tput_tps  tok/s       one
    total_tokens_per_sec   total_tput_tps   tok/s       one
""")
_DURATION = table("benchmark_time_seconds  duration_seconds  s  one")
QUANTITIES = (*_LATENCIES, *_LENGTHS, *_RATES, *_DURATION)

_STAGE = re.compile(r"stage_\d+_lifecycle_metrics\.json$")


def recognise(source: Source) -> bool:
    return "load_summary" in source.fields and "successes" in source.fields


def readings(source: Source) -> Iterator[Reading]:
    load, successes = source.mapping("load_summary"), source.mapping("successes")
    if "requested_rate" not in load and "concurrency" not in load and _stages_beside(source):
        return
    metrics: dict[str, float] = {}
    for quantity in _LATENCIES:
        metrics |= nested(quantity, at(successes, "latency", quantity.field))
    for quantity in _LENGTHS:
        metrics |= nested(quantity, successes.get(quantity.field))
    rates = {q.metric: optional(q.field, at(successes, "throughput", q.field)) for q in _RATES}
    completed = optional("successes.count", successes.get("count"))
    failed = optional("failures.count", at(source.mapping("failures"), "count"))
    singles = {
        "duration_seconds": optional("benchmark_time_seconds", source.value("benchmark_time_seconds")),
        "mean_qps": rates["mean_qps"],
        "total_requests_completed": completed,
        "total_requests_failed": failed,
    }
    metrics |= {name: value for name, value in singles.items() if value is not None}
    concurrency = whole(load.get("concurrency"))
    yield Reading(
        position=source.position,
        metrics=metrics,
        tpot=metrics.get("median_tpot"),
        input_rate=rates["input_tput_tps"],
        output_rate=rates["output_tput_tps"],
        total_rate=rates["total_tput_tps"],
        mean_isl=metrics.get("mean_input_tokens"),
        mean_osl=metrics.get("mean_output_tokens_actual"),
        concurrency=concurrency,
        # A closed loop names a rate too: the one at which it queues its requests.
        request_rate=None if concurrency else finite_rate(load.get("requested_rate")),
        completed=completed,
    )


def _stages_beside(source: Source) -> bool:
    return any(_STAGE.search(path.name) for path in Path(source.path).parent.glob("*stage_*.json"))


TOOL = Tool(
    name="inference-perf",
    title="inference-perf",
    versions="0.1 to 0.7",
    quantities=QUANTITIES,
    recognise=recognise,
    readings=readings,
    companions=("*prometheus_metrics.json", "*session_*.json", "per_request*.json", "*per_adapter*.json"),
)
