"""Results of `python -m sglang.bench_serving` and its Rust client: one flat object a line, in ms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isoline.domain.recipe import Scalar
from isoline.store.importers.fields import BadRow, broken, number
from isoline.store.importers.foreign.files import Source
from isoline.store.importers.foreign.statistics import flat
from isoline.store.importers.foreign.tool import Reading, Tool, table
from isoline.store.importers.foreign.values import finite_rate, optional, text, whole

QUANTITIES = table("""
    ttft_ms                          ttft                       ms          each
    tpot_ms                          tpot                       ms          each
        = (latency - TTFT) / (output tokens - 1)
    itl_ms                           itl                        ms          each
        = gap between chunks, shared by a chunk's tokens
    e2e_latency_ms                   e2el                       ms          each
    duration                         duration_seconds           s           one
    completed                        total_requests_completed   requests    one
    total_input_tokens               total_prompt_tokens        tokens      one
    total_output_tokens              total_generation_tokens    tokens      one
        = as the server counted or as asked for
    total_output_tokens_retokenized  retokenized_output_tokens  tokens      one
        = the text tokenised again
    request_throughput               mean_qps                   requests/s  one
    input_throughput                 input_tput_tps             tok/s       one
    output_throughput                output_tput_tps            tok/s       one
    total_throughput                 total_tput_tps             tok/s       one
    concurrency                      mean_concurrency           requests    one
        = sum of latencies / duration
    accept_length                    spec_acceptance_length     tokens      one
        = the server's mean, not this run's
""")

_FACTS = {
    "engine_version": "version",
    "prefill_tp": "tp_size", "decode_tp": "tp_size",
    "prefill_pp": "pp_size", "decode_pp": "pp_size",
    "prefill_ep": "ep_size", "decode_ep": "ep_size",
    "prefill_dp_attention": "enable_dp_attention", "decode_dp_attention": "enable_dp_attention",
}  # fmt: skip


def recognise(source: Source) -> bool:
    fields = source.fields
    return "random_input_len" in fields and "backend" in fields and "model_id" not in fields


def readings(source: Source) -> Iterator[Reading]:
    values = source.scalars()
    if "median_ttft" in values:
        raise BadRow(
            "unknown version",
            "written by sglang before 0.4, which kept no time per output token; run it again",
        )
    completed = number("completed", values.get("completed"))
    duration = number("duration", values.get("duration"))
    if duration <= 0:
        raise broken("duration", duration, "seconds above zero")
    info = source.mapping("server_info")
    random_lengths = _random_lengths(values)
    yield Reading(
        position=source.position,
        metrics=(metrics := flat(QUANTITIES, values)),
        tpot=metrics.get("median_tpot"),
        input_rate=metrics.pop("input_tput_tps", None),
        output_rate=metrics.pop("output_tput_tps", None),
        total_rate=metrics.pop("total_tput_tps", None),
        mean_isl=_mean(metrics, "total_prompt_tokens", completed),
        mean_osl=_mean(metrics, "total_generation_tokens", completed),
        isl=optional("random_input_len", values.get("random_input_len")) if random_lengths else None,
        osl=optional("random_output_len", values.get("random_output_len")) if random_lengths else None,
        concurrency=whole(values.get("max_concurrency")),
        request_rate=finite_rate(values.get("request_rate")),
        served_model=text(info.get("model_path")),
        facts=_facts(info),
        completed=completed,
    )


def _random_lengths(values: Mapping[str, object]) -> bool:
    """Whether requests had about the lengths asked for: from four fifths of them up."""
    dataset, ratio = values.get("dataset_name"), values.get("random_range_ratio")
    return (
        isinstance(dataset, str)
        and dataset.startswith("random")
        and number("random_range_ratio", ratio) >= 0.8
    )


def _mean(metrics: Mapping[str, float], name: str, completed: float) -> float | None:
    total = metrics.get(name)
    return None if total is None or not completed else total / completed


def _facts(info: Mapping[str, object]) -> dict[str, Scalar]:
    """What the server said of itself when the client asked it; only an SGLang server does."""
    if "tp_size" not in info:
        return {}
    found: dict[str, Scalar] = {"engine": "sglang"}
    for name, theirs in _FACTS.items():
        value = info.get(theirs)
        if isinstance(value, str | int):
            found[name] = value
    return found


TOOL = Tool(
    name="sglang",
    title="sglang.bench_serving",
    versions="0.4 to 0.5.23, Python and Rust clients",
    quantities=QUANTITIES,
    recognise=recognise,
    readings=readings,
)
