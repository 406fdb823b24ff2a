"""Results of `aiperf profile`: `profile_export_aiperf.json`, one object of statistics with units a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from isoline.store.importers.fields import BadRow, iso_date, shown
from isoline.store.importers.foreign.exports import measured
from isoline.store.importers.foreign.files import Source
from isoline.store.importers.foreign.tool import Reading, Tool, table
from isoline.store.importers.foreign.values import at, finite_rate, optional, text, whole

QUANTITIES = table("""
    time_to_first_token               ttft                        ms               each
    inter_token_latency               tpot                        ms               each
        = (latency - TTFT) / (output tokens - 1) of a request: our TPOT, no gap
    inter_chunk_latency               inter_chunk_latency         ms               each
        = gap between chunks of any size
    request_latency                   e2el                        ms               each
    time_to_second_token              time_to_second_token        ms               each
        = gap between the first two chunks
    time_to_first_output_token        time_to_first_output_token  ms               each
        = first token that is not reasoning
    output_token_throughput_per_user  output_tput_per_user        tokens/sec/user  each
        = 1 / inter_token_latency
    input_sequence_length             input_tokens                tokens           each
    output_sequence_length            output_tokens_actual        tokens           each
        = reasoning included
    benchmark_duration                duration_seconds            s                one
    request_count                     total_requests_completed    requests         one
    error_request_count               total_requests_failed       requests         one
    request_throughput                mean_qps                    requests/sec     one
    goodput                           goodput_qps                 requests/sec     one
        = requests within the run's own limits
    input_token_throughput            input_tput_tps              tokens/sec       one
    output_token_throughput           output_tput_tps             tokens/sec       one
    total_token_throughput            total_tput_tps              tokens/sec       one
""")

_POWER = ("gpu_power_usage", "nvidia_power_usage", "amd_power_usage")


def recognise(source: Source) -> bool:
    fields = source.fields
    own = "aiperf_version" in fields or "loadgen" in source.mapping("input_config")
    return own and ("request_throughput" in fields or "records" in fields)


def readings(source: Source) -> Iterator[Reading]:
    version = text(source.value("schema_version")) or "1.0"
    if version.partition(".")[0] != "1":
        raise BadRow("unknown version", f"schema_version is {shown(version)}; versions 1.x are read")
    config = source.mapping("input_config")
    document = source.mapping("records") or {q.field: source.value(q.field) for q in QUANTITIES}
    metrics = measured(QUANTITIES, document)
    isl, osl = metrics.get("mean_input_tokens"), metrics.get("mean_output_tokens_actual")
    prompts = at(config, "datasets", 0, "prompts"), at(config, "input", "prompt")
    if (power := _power(source.mapping("telemetry_data"))) is not None:
        metrics["avg_power_w"] = power
    output_rate = metrics.pop("output_tput_tps", None)
    concurrency, rate = _load(config)
    started = text(source.value("start_time"))
    yield Reading(
        position=source.position,
        metrics=metrics,
        tpot=metrics.get("median_tpot"),
        input_rate=metrics.pop("input_tput_tps", None) or _input_rate(metrics, isl),
        output_rate=output_rate,
        total_rate=metrics.pop("total_tput_tps", None),
        mean_isl=isl,
        mean_osl=osl,
        isl=_asked(at(prompts[0], "isl")) or _asked(at(prompts[1], "input_tokens")),
        osl=_asked(at(prompts[0], "osl")) or _asked(at(prompts[1], "output_tokens")),
        concurrency=concurrency,
        request_rate=rate,
        started=started if started and iso_date(started) else None,
        served_model=text(at(config, "models", "items", 0, "name"))
        or text(at(config, "endpoint", "model_names", 0)),
        completed=metrics.get("total_requests_completed"),
        valid=source.value("was_cancelled") is not True,
    )


def _load(config: Mapping[str, object]) -> tuple[int | None, float | None]:
    """Concurrency and request rate of the measured phase."""
    phases = config.get("phases")
    own = [p for p in phases if at(p, "kind") == "profiling"] if isinstance(phases, list) else []
    phase = own[-1] if own else config.get("loadgen")
    rate = at(phase, "request_rate")
    return whole(at(phase, "concurrency")), finite_rate(at(phase, "rate") if rate is None else rate)


def _asked(lengths: object) -> float | None:
    """The length asked for where all requests had the same."""
    spread = at(lengths, "stddev")
    return optional("mean", at(lengths, "mean")) if spread in (None, 0, 0.0) else None


def _input_rate(metrics: Mapping[str, float], isl: float | None) -> float | None:
    """Versions before total throughput was written tell it by the request rate."""
    rate = metrics.get("mean_qps")
    return None if rate is None or isl is None else rate * isl


def _power(telemetry: Mapping[str, object]) -> float | None:
    """Mean power per GPU in W over the GPUs the run watched."""
    endpoints = telemetry.get("endpoints")
    gpus = [
        gpu
        for endpoint in (endpoints.values() if isinstance(endpoints, Mapping) else ())
        for gpu in (at(endpoint, "gpus") or {}).values()  # type: ignore[attr-defined]
    ]
    watts = [
        watt for gpu in gpus for name in _POWER
        if (watt := optional(name, at(gpu, "metrics", name, "avg"))) is not None
    ]  # fmt: skip
    return sum(watts) / len(watts) if watts else None


TOOL = Tool(
    name="aiperf",
    title="aiperf",
    versions="export schemas 1.0 to 1.5 (0.13)",
    quantities=QUANTITIES,
    recognise=recognise,
    readings=readings,
    companions=(
        "inputs.json",
        "outputs.json",
        "profile_export.jsonl",
        "profile_export_raw.jsonl",
        "*_aggregate.json",
        "*_collated.json",
        "server_metrics*.json*",
        "gpu_telemetry*.json*",
        "phase_manifest.json",
        "run_config.json",
    ),
)
