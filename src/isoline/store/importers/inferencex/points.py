"""A row of the API's `benchmarks` or `history` response -> a `Point`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from isoline.domain.point import UNIFORM, Point, Workload
from isoline.store.importers import fields
from isoline.store.importers.fields import BadRow, Row
from isoline.store.importers.inferencex.plain import DECODER, configuration
from isoline.store.importers.inferencex.recipes import TEXT_METRICS, Line, Recipes
from isoline.store.importers.inferencex.workers import extract_workers, worker_metrics
from isoline.store.importers.keys import digest

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

_RATE = f"a number above zero, from {fields.MIN_RATE:g} to {fields.MAX_RATE:g}"
_TEXTS = frozenset((*TEXT_METRICS, "offload_mode"))
# 1000 / std(TPOT): no standard deviation of anything, and infinite where all requests were alike.
_DROPPED = frozenset(("std_intvty",))
AGENTIC = Workload(None, None, "agentic")


class PointMapper:
    """Maps rows of one dataset; keeps recipes, workloads and metric names it has seen."""

    def __init__(self, catalog: Catalog, dataset: str) -> None:
        self._recipes = Recipes(catalog)
        self._dataset = dataset
        self._workloads: dict[tuple[object, object], Workload] = {}
        self._known_names: set[str] = set()

    def map(self, row: Row) -> Point:
        """The point of a row, or `BadRow`."""
        metrics = row.get("metrics")
        if not isinstance(metrics, dict):
            raise fields.broken("metrics", metrics, "an object")
        fields.refuse_failed(row)
        fields.refuse_failed(metrics)
        line = self._recipes.line(row, metrics)
        workload = self._workload(row)
        numbers = _numbers(metrics)
        if row.get("workers"):
            numbers |= worker_metrics(extract_workers(row["workers"]) or [])
        return self._point(
            line,
            workload,
            numbers,
            fields.whole(row, "conc", 1, fields.MAX_CONCURRENCY),
            fields.optional_date(row, "date"),
            fields.optional_url(row, "run_url"),
            fields.optional_timestamp(row, "run_started_at"),
        )

    def map_plain(self, stored: object) -> Point | None:
        """The point of a row's bytes if nothing about it is unusual, else nothing."""
        if not isinstance(stored, msgspec.Raw):
            return None
        try:
            row = DECODER.decode(stored)
            if (
                row.benchmark_type not in (None, "single_turn")
                or row.workers
                or row.num_requests_successful == 0
            ):
                return None
            numbers = row.metrics
            if numbers.get("num_requests_successful") == 0 or not 1 <= row.conc <= fields.MAX_CONCURRENCY:
                return None
            workload = self._workloads.get((row.isl, row.osl))  # made, and checked, by the general path
            date, url, started = row.date, row.run_url, row.run_started_at
            if workload is None or date == "" or (date and not (date := fields.iso_date(date))):
                return None
            if (url is not None and not fields.is_web_address(url)) or (
                started and not fields.iso_date(started)
            ):
                return None
            line = self._recipes.plain_line(configuration(row), numbers)
            return self._point(line, workload, numbers, row.conc, date, url, started or None)
        except (BadRow, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None

    def _point(
        self,
        line: Line,
        workload: Workload,
        numbers: dict[str, float],
        concurrency: int,
        date: str | None,
        run_url: str | None,
        started: str | None,
    ) -> Point:
        self._check_names(numbers)
        interactivity, throughput = numbers.pop("median_intvty", None), numbers.pop("tput_per_gpu", None)
        output, input_ = numbers.pop("output_tput_per_gpu", None), numbers.pop("input_tput_per_gpu", None)
        for name in _DROPPED:
            numbers.pop(name, None)
        if interactivity is None or not fields.MIN_RATE <= interactivity <= fields.MAX_RATE:
            raise fields.broken("metrics.median_intvty", interactivity, _RATE)
        if throughput is None or not fields.MIN_RATE <= throughput <= fields.MAX_RATE:
            raise fields.broken("metrics.tput_per_gpu", throughput, _RATE)
        if output is not None and not fields.MIN_RATE <= output <= fields.MAX_RATE:
            raise fields.broken("metrics.output_tput_per_gpu", output, _RATE)
        if input_ is not None and not 0.0 <= input_ <= fields.MAX_RATE:
            raise fields.broken(
                "metrics.input_tput_per_gpu", input_, f"a number from 0 to {fields.MAX_RATE:g}"
            )
        place = (workload.kind, workload.isl, workload.osl)
        return Point(
            key=digest(self._dataset, line.identity, *place, concurrency, date, run_url),
            recipe=line.recipe,
            workload=workload,
            interactivity=interactivity,
            throughput=throughput,
            output_throughput=output,
            input_throughput=input_,
            concurrency=concurrency,
            dataset=self._dataset,
            date=date,
            run_url=run_url,
            run_started_at=started,
            metrics=numbers,
        )

    def _workload(self, row: Row) -> Workload:
        kind = row.get("benchmark_type")
        if isinstance(kind, str) and kind.startswith("agentic"):
            return AGENTIC
        if kind not in (None, "", "single_turn"):
            raise fields.broken("benchmark_type", kind, "single_turn or agentic_traces")
        isl = fields.whole(row, "isl", 1, fields.MAX_LENGTH)
        osl = fields.whole(row, "osl", 1, fields.MAX_LENGTH)
        workload = self._workloads.get((isl, osl))
        if workload is None:
            workload = self._workloads[isl, osl] = Workload(isl, osl, UNIFORM)
        return workload

    def _check_names(self, numbers: dict[str, float]) -> None:
        if numbers.keys() <= self._known_names:
            return
        if len(numbers) > fields.MAX_METRICS:
            raise BadRow("broken field", f"metrics has {len(numbers)} entries; {fields.MAX_METRICS} are read")
        names = {fields.metric_key(name) for name in numbers}
        if len(self._known_names) < 10 * fields.MAX_METRICS:
            self._known_names |= names


def _numbers(metrics: dict[str, object]) -> dict[str, float]:
    return {
        name: fields.number(f"metrics.{name}", value)
        for name, value in metrics.items()
        if value is not None and name not in _DROPPED and not (name in _TEXTS and isinstance(value, str))
    }
