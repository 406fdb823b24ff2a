"""Results of `genai-perf profile`: `*_genai_perf.json`, one object of statistics with units a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isoline.store.importers.foreign.exports import measured
from isoline.store.importers.foreign.files import Source
from isoline.store.importers.foreign.tool import Reading, Tool, table
from isoline.store.importers.foreign.values import at, finite_rate, optional, text, whole

QUANTITIES = table("""
    time_to_first_token               ttft                      ms               each
    inter_token_latency               tpot                      ms               each
        = (latency - TTFT) / (output tokens - 1) of a request: our TPOT, no gap
    request_latency                   e2el                      ms               each
    time_to_second_token              time_to_second_token      ms               each
        = gap between the first two chunks
    output_token_throughput_per_user  output_tput_per_user      tokens/sec/user  each
        = 1 / inter_token_latency
    input_sequence_length             input_tokens              tokens           each
        = tokenised by the client
    output_sequence_length            output_tokens_actual      tokens           each
        = tokenised by the client
    request_count                     total_requests_completed  requests         one
    request_throughput                mean_qps                  requests/sec     one
    request_goodput                   goodput_qps               requests/sec     one
        = requests within the run's own limits
    output_token_throughput           output_tput_tps           tokens/sec       one
""")

# Where versions keep the load and the lengths: flat arguments until 0.0.13, nested sections since.
_STIMULUS = (("perf_analyzer", "stimulus"), ())
_ISL = (("input", "synthetic_tokens", "mean"), ("synthetic_input_tokens_mean",))
_OSL = (("input", "output_tokens", "mean"), ("output_tokens_mean",))


def recognise(source: Source) -> bool:
    fields = source.fields
    if "aiperf_version" in fields or "input_config" not in fields:
        return False
    config = source.mapping("input_config")
    return "loadgen" not in config and (
        "subcommand" in config or "perf_analyzer" in config or "model" in config
    )


def readings(source: Source) -> Iterator[Reading]:
    config = source.mapping("input_config")
    metrics = measured(QUANTITIES, {q.field: source.value(q.field) for q in QUANTITIES})
    isl, rate = metrics.get("mean_input_tokens"), metrics.get("mean_qps")
    models = config.get("model_names") or config.get("model")
    stimulus = [at(config, *path) for path in _STIMULUS]
    yield Reading(
        position=source.position,
        metrics=metrics,
        tpot=metrics.get("median_tpot"),
        input_rate=None if isl is None or rate is None else isl * rate,
        output_rate=metrics.pop("output_tput_tps", None),
        mean_isl=isl,
        mean_osl=metrics.get("mean_output_tokens_actual"),
        isl=_first_above_zero(config, _ISL),
        osl=_first_above_zero(config, _OSL),
        concurrency=whole(next((v for s in stimulus if (v := at(s, "concurrency")) is not None), None)),
        request_rate=finite_rate(
            next((v for s in stimulus if (v := at(s, "request_rate")) is not None), None)
        ),
        served_model=text(at(models, 0)) or text(models),
        completed=metrics.get("total_requests_completed"),
    )


def _first_above_zero(config: Mapping[str, object], paths: tuple[tuple[str, ...], ...]) -> float | None:
    """The first that is set; an output length of -1 means that the model decides."""
    values = (optional(path[-1], at(config, *path)) for path in paths)
    return next((value for value in values if value is not None and value > 0), None)


TOOL = Tool(
    name="genai-perf",
    title="genai-perf",
    versions="0.0.8 to 0.0.16, from its documented format",
    quantities=QUANTITIES,
    recognise=recognise,
    readings=readings,
    companions=("inputs.json", "profile_export.json", "*_telemetry_data.json", "llm_inputs.json"),
)
