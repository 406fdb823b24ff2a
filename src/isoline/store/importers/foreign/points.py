"""A reading of a foreign tool and what the user declared -> a `Point`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.domain.point import Point, Workload
from isoline.domain.recipe import Recipe
from isoline.store.importers import fields
from isoline.store.importers.fields import BadRow, iso_date
from isoline.store.importers.foreign.declared import Declaration, check_length, complete
from isoline.store.importers.foreign.tool import Reading
from isoline.store.importers.keys import digest

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog


def point(reading: Reading, declared: Declaration, dataset: str, catalog: Catalog) -> Point:
    """The point of a reading, `BadRow` where it has no figures to stand on.

    Its key covers what it holds, so the same result is the same point whatever its file is called.
    """
    if reading.completed == 0:
        raise BadRow("failed run", "no request of this run succeeded")
    _refuse_undeclared_speculation(reading, declared)
    recipe = complete(declared.recipe, reading.facts, reading.served_model, catalog)
    workload = _workload(reading, declared)
    interactivity = _rate("1 / median time per output token", 1 / reading.tpot if reading.tpot else None)
    rates = _per_gpu(reading, recipe)
    date = declared.date or (iso_date(reading.started) if reading.started else None) or None
    concurrency = _concurrency(reading.concurrency)
    metrics = {**reading.metrics, **_totals(reading)}
    load = (concurrency, reading.request_rate)
    content = sorted(metrics.items())
    return Point(
        key=digest(
            dataset, recipe.id, workload.isl, workload.osl, *load, reading.started, interactivity, content
        ),
        recipe=recipe,
        workload=workload,
        interactivity=interactivity,
        throughput=rates[0],
        output_throughput=rates[1],
        input_throughput=rates[2],
        concurrency=concurrency,
        request_rate=reading.request_rate,
        dataset=dataset,
        date=date,
        run_started_at=reading.started,
        valid=reading.valid,
        metrics=metrics,
    )


def _workload(reading: Reading, declared: Declaration) -> Workload:
    isl = _length("input length", declared.isl, reading.isl, reading.mean_isl)
    osl = _length("output length", declared.osl, reading.osl, reading.mean_osl)
    return Workload(isl, osl)


def _length(name: str, declared: int | None, asked: float | None, mean: float | None) -> int:
    """What was declared, else what was asked for if the requests came near it, else their mean."""
    if declared is not None:
        check_length(name, declared, mean)
        value: float | None = declared
    elif asked and (mean is None or 0.8 * asked <= mean <= 1.25 * asked):
        value = asked
    else:
        value = mean
    return fields.whole({name: value and round(value)}, name, 1, fields.MAX_LENGTH)


def _concurrency(value: int | None) -> int | None:
    row = {"concurrency": value}
    return fields.optional_whole(row, "concurrency", 1, fields.MAX_CONCURRENCY)


def _per_gpu(reading: Reading, recipe: Recipe) -> tuple[float, float | None, float | None]:
    """Total over all GPUs; output and input over the GPUs of their role, as everywhere in the store."""
    inputs, outputs = reading.input_rate, reading.output_rate
    total = reading.total_rate
    if total is None and inputs is not None and outputs is not None:
        total = inputs + outputs
    gpus = recipe.gpus or 1  # a recipe is only complete with its GPUs
    prefill = recipe.prefill_gpus if recipe.disaggregated else gpus
    decode = recipe.decode_gpus if recipe.disaggregated else gpus
    return (
        _rate("total tokens per second per GPU", None if total is None else total / gpus),
        None if outputs is None else _rate("output tokens per second", outputs / (decode or 1)),
        None if inputs is None else inputs / (prefill or 1),
    )


def _totals(reading: Reading) -> dict[str, float]:
    rates = {
        "total_tput_tps": reading.total_rate,
        "output_tput_tps": reading.output_rate,
        "input_tput_tps": reading.input_rate,
    }
    return {name: rate for name, rate in rates.items() if rate is not None}


def _rate(name: str, value: float | None) -> float:
    if value is None:
        raise BadRow("missing field", f"{name} is not in the file; was the run streamed?")
    if not fields.MIN_RATE <= value <= fields.MAX_RATE:
        raise fields.broken(name, value, f"a number from {fields.MIN_RATE:g} to {fields.MAX_RATE:g}")
    return value


def _refuse_undeclared_speculation(reading: Reading, declared: Declaration) -> None:
    accepted = reading.metrics.get("spec_acceptance_length", 0.0)
    if accepted > 1.0 and declared.recipe.get("spec_method", "none") == "none":
        raise BadRow(
            "contradiction",
            f"the server accepted {accepted:.2f} tokens a step, so it speculated; "
            "declare spec_method, for example --recipe spec_method=mtp",
        )
