"""What there is of a model where a comparison lacks a side: so many points of a precision on a GPU."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from isoline.analyse.words import counted
from isoline.domain.catalog import Catalog
from isoline.domain.point import Coverage
from isoline.domain.sequence import sequence_name

SHOWN = 5  # datasets


def held(rows: Iterable[Coverage], catalog: Catalog) -> str:
    """`15 points of Llama 3.1 8B: FP8 on H100, 256/64 (dataset local)`, a part per model and dataset; empty
    where there are no rows."""
    groups: dict[tuple[str, str], list[Coverage]] = {}
    for row in rows:
        groups.setdefault((catalog.model_label(row.model), row.dataset), []).append(row)
    said = [_group(model, name, groups[model, name], catalog) for model, name in sorted(groups)]
    more = [f"and more in {len(said) - SHOWN} other datasets"] if len(said) > SHOWN else []
    return "; ".join(said[:SHOWN] + more)


def places(rows: Iterable[Coverage], catalog: Catalog) -> str:
    """`B200 (FP4, FP8) and B300 (FP4)`: GPUs with the precisions that each has, whatever the lengths."""
    found: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row.hardware, catalog.precision_rank(row.precision))):
        own = found.setdefault(catalog.hardware_label(row.hardware), [])
        if (label := catalog.precision_label(row.precision)) not in own:
            own.append(label)
    return ", ".join(f"{gpu} ({', '.join(precisions)})" for gpu, precisions in found.items())


def _group(model: str, dataset: str, rows: Sequence[Coverage], catalog: Catalog) -> str:
    points = sum(row.points for row in rows)
    parts = [
        _several(
            rows,
            lambda row: f"{catalog.precision_label(row.precision)} on {catalog.hardware_label(row.hardware)}",
        ),
        _several(rows, lambda row: sequence_name(row.isl, row.osl) or "unknown lengths"),
    ]
    return f"{counted(points, 'point')} of {model}: {', '.join(parts)} (dataset {dataset})"


def _several(rows: Sequence[Coverage], name: Callable[[Coverage], str]) -> str:
    return ", ".join(dict.fromkeys(map(name, rows)))
