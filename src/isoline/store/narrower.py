"""Lines whose newest run has fewer concurrencies than an older one: a sweep that was cut short."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.domain.sequence import sequence_name
from isoline.store.reader import Reader
from isoline.store.rows import Row
from isoline.store.schema import LINE

_LINE = ", ".join((*LINE, "isl", "osl", "workload_kind"))
_RUN = "date, run_started_at, run_url"


def narrower_lines(reader: Reader, dataset: str, run_id: str, models: Sequence[str]) -> list[str]:
    """In words, the lines of a dataset that narrowed by the points of `models` in run folder `run_id`."""
    select = f"""
        SELECT model, hardware, engine, precision, spec_method, isl, osl, decode_tp,
               arg_max(date, age), arg_max(width, age), max(width), arg_max(date, width)
        FROM (
            SELECT {_LINE}, date, count(DISTINCT concurrency) AS width, bool_or(run = ?) AS touched,
                   (coalesce(date, ''), coalesce(run_started_at, ''), coalesce(run_url, '')) AS age
            {{source}}
            GROUP BY {_LINE}, {_RUN}
        )
        GROUP BY {_LINE}
        HAVING bool_or(touched) AND arg_max(width, age) < max(width)
        ORDER BY ALL
    """
    rows: list[Row] = []
    for model in models:  # one by one: the index is cut by model
        where = "dataset = ? AND model = ? AND valid"
        rows += reader.query("points", select, where, [dataset, model], model=model, before=[run_id])
    return [_words(row) for row in rows]


def _words(row: Row) -> str:
    model, hardware, engine, precision, spec, isl, osl, tp, date, width, most, then = row
    lengths = sequence_name(isl, osl) or "no fixed lengths"
    topology = f", tp {tp}" if tp is not None else ""
    unit = "concurrency" if width == 1 else "concurrencies"
    return (
        f"{model} on {hardware}, {engine} {precision}, spec decode {spec}, {lengths}{topology}: the newest "
        f"run ({date or 'no date'}) has {width} {unit}, an older one ({then or 'no date'}) {most}"
    )
