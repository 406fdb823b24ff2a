"""What aiperf and genai-perf exports share: objects of statistics that carry their unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from isoline.store.importers.fields import broken, number
from isoline.store.importers.foreign.statistics import nested
from isoline.store.importers.foreign.tool import Quantity

_SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "seconds": 1.0}


def measured(quantities: Iterable[Quantity], document: Mapping[str, object]) -> dict[str, float]:
    """Our metrics of a document of `{"NAME": {"unit": …, "avg": …, "p50": …}}`; what it lacks is absent."""
    found: dict[str, float] = {}
    for quantity in quantities:
        values = document.get(quantity.field)
        if values is None:
            continue
        if not isinstance(values, Mapping):
            raise broken(quantity.field, values, "an object with unit and statistics")
        factor = _factor(quantity, values.get("unit"))
        if quantity.distribution:
            statistics = nested(quantity, values)
            found |= {name: value * factor for name, value in statistics.items()}
        elif values.get("avg") is not None:
            value = number(f"{quantity.field}.avg", values["avg"])
            found[quantity.metric] = value * quantity.factor * factor
    return found


def _factor(quantity: Quantity, unit: object) -> float:
    """What the file's unit asks for beyond the factor of the quantity's own unit."""
    if unit is None or unit == quantity.unit:
        return 1.0
    if quantity.unit in ("ms", "s"):
        if not isinstance(unit, str) or unit not in _SECONDS:
            raise broken(f"{quantity.field}.unit", unit, "a unit of time")
        return _SECONDS[unit] / _SECONDS[quantity.unit]
    if "/" in quantity.unit and not re.search(r"sec|/s", str(unit)):
        raise broken(f"{quantity.field}.unit", unit, quantity.unit)
    return 1.0  # counts and rates per second, which versions spell differently
