"""A comparison as CSV: values unrounded, empty where nothing is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from isoline.analyse.comparison import Comparison, Interval, Side

CSV_COLUMNS = (
    "interactivity",
    "side",
    "status",
    "throughput_per_gpu",
    "output_throughput_per_gpu",
    "input_throughput_per_gpu",
    "cost_per_mtok",
    "tokens_per_s_per_mw",
    "concurrency",
    "series",
    "bound_interactivity",
    "basis",
    "recomputed",
    "metric",
    "value",
    "neighbour_interactivity",
    "neighbour_ttft",
    "neighbour_e2e",
    "low",
    "high",
    "df",
    "runs",
    "ratio",
    "ratio_low",
    "ratio_high",
    "winner",
    "comparison",
    "model",
    "hardware",
    "precision",
    "sequence",
    "method",
    "price_per_gpu_hour",
    "price_date",
    "kw_per_gpu",
    "datasets",
    "scope",
)


def to_csv(comparison: Comparison) -> str:
    """One row per target and side."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    conditions = [_conditions(comparison, side) for side in comparison.sides]
    for target in comparison.targets:
        for side, r, held in zip(comparison.sides, target.readings, conditions, strict=True):
            writer.writerow(
                [
                    *(target.interactivity, plain(side.label), r.status),
                    *(r.throughput_per_gpu, r.output_throughput_per_gpu, r.input_throughput_per_gpu),
                    *(r.cost_per_mtok, r.tokens_per_s_per_mw, r.concurrency, plain(r.series or "")),
                    *(r.bound.interactivity if r.bound else None, r.basis, " ".join(r.recomputed)),
                    *(comparison.view.metric, r.value),
                    *(_joined(n.interactivity for n in r.neighbours), _joined(n.ttft for n in r.neighbours)),
                    _joined(n.e2e for n in r.neighbours),
                    *_between(r.interval),
                    *(r.interval.freedom if r.interval else None, r.interval.runs[0] if r.interval else None),
                    *(target.ratio, *_between(target.interval), plain(target.winner or "")),
                    *held,
                ]
            )
    return out.getvalue()


def _conditions(comparison: Comparison, side: Side) -> list[object]:
    """What holds for every row of a side, so that a row means the same in another table."""
    hardware = side.hardware
    return [
        *(comparison.slug, comparison.model, hardware, side.precision or ""),
        *(comparison.sequence, comparison.method),
        *(comparison.price.get(hardware), comparison.price_date, comparison.power.get(hardware)),
        " ".join(source.dataset for source in comparison.sources),
        "; ".join(comparison.scope),
    ]


def _between(interval: Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def _joined(values: Iterable[float | None]) -> str:
    """The values of the points beside a target, slower speed first; empty where none is known."""
    found = list(values)
    return "" if all(v is None for v in found) else " ".join("-" if v is None else str(v) for v in found)


def plain(text: str) -> str:
    """A CSV cell that a spreadsheet does not take for a formula."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t") else text
