"""A tool's statistics of a quantity -> our metrics: `p99_ttft_ms` = 80 -> `p99_ttft` = 0.08."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from isoline.store.importers.fields import broken, number
from isoline.store.importers.foreign.tool import Quantity

_NAMES = {"avg": "mean", "std_dev": "std", "p50": "median"}
_STATISTIC = re.compile(r"mean|median|std|min|max|p(?:100|\d{1,2})(?:\.\d+)?")
_UNKNOWN = ("NaN", "inf", "-inf")  # what a tool writes of an empty sample


def statistic(name: str) -> str | None:
    """Our name of a tool's statistic: `avg` -> `mean`, `p50` -> `median`, `p001` -> `p0.1`."""
    if re.fullmatch(r"p0\d+", name):  # guidellm: p05, p01, p001
        name = f"p{int(name[2:]) if len(name) == 3 else float(f'0.{name[3:]}'):g}"
    elif name == "p999":
        name = "p99.9"
    name = _NAMES.get(name, name)
    return name if _STATISTIC.fullmatch(name) else None


def nested(quantity: Quantity, values: object) -> dict[str, float]:
    """The metrics of an object such as `{"avg": 1.0, "p99": 2.0}`; statistics without a value are absent."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise broken(quantity.field, values, "an object of statistics")
    found: dict[str, float] = {}
    for name, value in values.items():
        ours = statistic(str(name))
        if ours is not None and value is not None and value not in _UNKNOWN:
            found[f"{ours}_{quantity.metric}"] = number(f"{quantity.field}.{name}", value) * quantity.factor
    return found


def flat(quantities: Iterable[Quantity], values: Mapping[str, object]) -> dict[str, float]:
    """The metrics of a flat document: `FIELD`, and `STATISTIC_FIELD` of distributions."""
    by_field = {quantity.field: quantity for quantity in quantities}
    found: dict[str, float] = {}
    for name, value in values.items():
        if value is None or value in _UNKNOWN:
            continue
        head, _, rest = name.partition("_")
        if (quantity := by_field.get(name)) is not None and not quantity.distribution:
            found[quantity.metric] = number(name, value) * quantity.factor
        elif (quantity := by_field.get(rest)) is not None and quantity.distribution and statistic(head):
            found[f"{statistic(head)}_{quantity.metric}"] = number(name, value) * quantity.factor
    return found
