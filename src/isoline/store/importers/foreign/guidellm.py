"""Results of `guidellm`: `benchmarks.json`, one entry of `benchmarks` per load of a run.

Its ITL is a mean per request, and its statistics weigh requests by their tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from isoline.store.importers.fields import BadRow, broken, number, shown
from isoline.store.importers.foreign.files import Source, source_of
from isoline.store.importers.foreign.statistics import nested
from isoline.store.importers.foreign.tool import Reading, Tool, table
from isoline.store.importers.foreign.values import at, finite_rate, optional, text, whole

QUANTITIES = table("""
    time_to_first_token_ms    ttft                              ms        each
    inter_token_latency_ms    token_weighted_tpot               ms        each
        = a request's TPOT, weighted by its tokens
    time_per_output_token_ms  token_weighted_full_response_itl  ms        each
        = latency / tokens (TTFT included), weighted likewise
    request_latency           e2el                              s         each
    prompt_token_count        input_tokens                      tokens    each
    output_token_count        output_tokens_actual              tokens    each
    request_concurrency       concurrency                       requests  each
        = requests in flight over time
""")
_RATES = ("constant", "poisson", "async")
_PAIR = re.compile(r"((?:prompt|output)_tokens(?:_[a-z]+)?)=(\d{1,9})\b")


def recognise(source: Source) -> bool:
    if "benchmarks" not in source.fields:
        return False
    if "guidellm_version" in source.mapping("metadata"):
        return True
    try:  # before 0.3 a report did not name its writer
        first = [source_of(source.path, "", raw) for raw in source.items("benchmarks")[:1]]
    except BadRow:
        return False
    return any(str(entry.value("type_")).startswith("generative") for entry in first)


def readings(source: Source) -> Iterator[Reading]:
    version = source.mapping("metadata").get("version", 1)
    if version not in (1, 2):
        raise BadRow(
            "unknown version", f"metadata.version is {shown(version)}; report versions 1 and 2 are read"
        )
    entries = source.items("benchmarks")
    if not entries:
        raise BadRow("failed run", "benchmarks is empty: the run measured nothing")
    for index, raw in enumerate(entries):
        position = f"{source.position} benchmarks[{index}]".strip()
        yield _reading(source, source_of(source.path, position, raw))


def _reading(report: Source, entry: Source) -> Reading:
    measured = entry.mapping("metrics")
    duration = _duration(entry)
    completed = _completed(entry, measured)
    metrics = _metrics(measured) | {"duration_seconds": duration}
    if completed is not None:
        metrics |= {"total_requests_completed": completed, "mean_qps": completed / duration}
    config = entry.mapping("config") or entry.mapping("args") or entry.mapping("scheduler")
    data = at(report.mapping("config"), "spec", "data", 0) or _described(report.mapping("args").get("data"))
    concurrency, rate = _load(at(config, "strategy"))
    return Reading(
        position=entry.position,
        metrics=metrics,
        tpot=metrics.get("median_token_weighted_tpot"),
        input_rate=_rate(measured, "prompt_token_count", duration),
        output_rate=_rate(measured, "output_token_count", duration),
        mean_isl=metrics.get("mean_input_tokens"),
        mean_osl=metrics.get("mean_output_tokens_actual"),
        isl=_asked(data, "prompt_tokens"),
        osl=_asked(data, "output_tokens"),
        concurrency=concurrency,
        request_rate=rate,
        started=_instant(entry.value("start_time")),
        served_model=_model(report, config),
        completed=completed,
    )


def _metrics(measured: Mapping[str, object]) -> dict[str, float]:
    found: dict[str, float] = {}
    for quantity in QUANTITIES:
        summary = at(measured, quantity.field, "successful")
        found |= nested(quantity, summary) | nested(quantity, at(summary, "percentiles"))
    lengths = {found.get(f"{end}_output_tokens_actual") for end in ("min", "max")}
    if len(lengths) == 1 and None not in lengths:  # every weight is the same: this is the plain TPOT too
        for name in [name for name in found if name.endswith("_token_weighted_tpot")]:
            found[name.replace("token_weighted_", "")] = found[name]
    return found


def _completed(entry: Source, measured: Mapping[str, object]) -> float | None:
    totals = at(measured, "request_totals"), entry.mapping("request_totals")  # the latter before 0.3
    said = (optional("request_totals.successful", at(total, "successful")) for total in totals)
    return next((value for value in said if value is not None), None)


def _duration(entry: Source) -> float:
    """Seconds measured, without warm-up and cool-down."""
    value = entry.value("duration")
    if value is None:
        begin, end = (number(name, entry.value(name)) for name in ("start_time", "end_time"))
        value = end - begin
    seconds = number("duration", value)
    if seconds <= 0:
        raise broken("duration", seconds, "seconds above zero")
    return seconds


def _rate(measured: Mapping[str, object], name: str, duration: float) -> float | None:
    """Tokens of the requests that succeeded over the time measured."""
    total = optional(name, at(measured, name, "successful", "total_sum"))
    return None if total is None else total / duration


def _load(strategy: object) -> tuple[int | None, float | None]:
    kind = at(strategy, "type_") or at(strategy, "kind")
    if kind == "synchronous":
        return 1, None
    if kind in _RATES:
        return None, finite_rate(at(strategy, "rate"))
    streams = at(strategy, "streams")
    return whole(at(strategy, "max_concurrency") if streams is None else streams), None


def _asked(data: object, name: str) -> float | None:
    """The length asked for where it did not vary."""
    varies = any(at(data, f"{name}_{part}") for part in ("stdev", "min", "max"))
    return None if varies else optional(name, at(data, name))


def _described(data: object) -> Mapping[str, object]:
    """`prompt_tokens=512,output_tokens=256`, as report version 1 keeps what was asked for."""
    said = at(data, 0) if isinstance(data, list) else data
    if isinstance(said, Mapping) or not isinstance(said, str):
        return said if isinstance(said, Mapping) else {}
    return {name: int(value) for name, value in _PAIR.findall(said)}


def _instant(value: object) -> str | None:
    seconds = optional("start_time", value)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        raise broken("start_time", value, "seconds since 1970") from None


def _model(report: Source, config: Mapping[str, object]) -> str | None:
    names = (
        at(config, "backend", "model"),
        at(report.mapping("config"), "spec", "backend", "model"),
        at(report.mapping("args"), "model"),
    )
    return next((name for value in names if (name := text(value))), None)


TOOL = Tool(
    name="guidellm",
    title="guidellm",
    versions="report versions 1 and 2 (0.2 to 0.8)",
    quantities=QUANTITIES,
    recognise=recognise,
    readings=readings,
)
