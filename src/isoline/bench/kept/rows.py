"""A measured point -> what the store takes: a `Point`, rows of request records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isoline.bench.telemetry import believed
from isoline.domain.point import MEASURED, Point, Workload
from isoline.domain.recipe import Recipe
from isoline.measure.records import RequestRecord
from isoline.measure.sweep.report import PointReport

_NAMES = {"ttft": "ttft", "tpot": "tpot", "itl": "itl", "e2e": "e2el"}  # ours -> the catalog's families
_STATISTICS = ("mean", "median", "std", "p90", "p99")


def point(
    report: PointReport,
    recipe: Recipe,
    workload: Workload,
    dataset: str,
    key: str,
    began: str,
    status: str = MEASURED,
) -> Point | None:
    """The point; `None` where nothing was answered, or answers of one token leave no speed.

    `began` (ISO 8601) is when its sweep, or the engine that the sweep starts, began: it makes the points of
    one server one run of a line.
    """
    if report.interactivity is None or report.throughput is None:
        return None
    gpus = recipe.gpus or 1
    return Point(
        key=key,
        recipe=recipe,
        workload=workload,
        interactivity=report.interactivity,
        throughput=report.throughput.total / gpus,
        output_throughput=report.throughput.output / (recipe.decode_gpus or gpus),
        input_throughput=report.throughput.input / (recipe.prefill_gpus or gpus),
        concurrency=report.concurrency,
        dataset=dataset,
        status=status,
        date=began[:10],
        request_rate=report.rate,
        run_started_at=began,
        repeat=report.repeat,
        valid=report.valid,
        metrics=metrics(report),
    )


def metrics(report: PointReport) -> dict[str, float]:
    """Everything else, under the catalog's keys; what is not known is left out."""
    found: dict[str, float | None] = {}
    for ours, family in _NAMES.items():
        distribution = getattr(report, ours)
        for statistic in _STATISTICS if distribution else ():
            found[f"{statistic}_{family}"] = getattr(distribution, statistic)
    if report.throughput is not None:
        found |= {
            "total_tput_tps": report.throughput.total,
            "output_tput_tps": report.throughput.output,
            "input_tput_tps": report.throughput.input,
        }
    if report.whole is not None:
        found |= {
            "total_requests_completed": report.whole.requests,
            "total_prompt_tokens": report.whole.tokens_in,
            "total_generation_tokens": report.whole.tokens_out,
        }
    found["duration_seconds"] = report.seconds
    found |= believed(report)
    return {name: float(value) for name, value in found.items() if value is not None}


def requests(records: Sequence[RequestRecord], key: str) -> Iterator[dict[str, object]]:
    """Rows of the `requests` table in sending order, times from the first moment on."""
    origin = origin_ns(records)

    def since(time: int | None) -> int | None:
        return None if time is None else time - origin

    for number, record in enumerate(sorted(records, key=lambda r: (r.sent is None, r.sent or r.scheduled))):
        yield {
            "point_key": key,
            "request": number,
            "process": record.process,
            "scheduled_ns": since(record.scheduled),
            "sent_ns": since(record.sent),
            "first_byte_ns": since(record.first_byte),
            "first_token_ns": since(record.first_token),
            "first_visible_token_ns": since(record.first_visible),
            "last_token_ns": since(record.last_token),
            "input_tokens": record.tokens_in,
            "output_tokens": record.tokens_out,
            "chunks": record.chunks,
            "finish_reason": None if record.error else record.finish_reason,
            "error_kind": record.error,
        }


def origin_ns(records: Sequence[RequestRecord]) -> int:
    """The moment from which a run's times count."""
    return min((record.scheduled for record in records), default=0)


def messages(records: Sequence[RequestRecord], most: int = 5) -> dict[str, list[str]]:
    """What servers said of failed requests: a few different texts an error kind."""
    found: dict[str, list[str]] = {}
    for record in records:
        if record.error:
            said = found.setdefault(str(record.error), [])
            if record.detail and record.detail not in said and len(said) < most:
                said.append(record.detail)
    return found
