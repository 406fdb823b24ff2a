"""Packaged and user rows, laid over each other, one table at a time and only when asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from isoline.domain.catalog.files import RawTable, convert, read_file
from isoline.domain.catalog.model import Entry, Metric, MetricFamily, PriceRow
from isoline.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

_HERE = Path(__file__).parent
# Tables that share a file with another; every other table has a file of its own name.
_SHARED_FILE = {"spec_methods": "precisions", "formats": "precisions", "metric_families": "metrics"}

E = TypeVar("E", bound=Entry)


class Tables:
    """The rows of every table. `documents` are the user's parsed files, in order of precedence."""

    def __init__(self, documents: Sequence[tuple[Path, dict[str, Any]]] = ()) -> None:
        self._documents = documents

    def records(self, table: str, kind: type[E]) -> dict[str, E]:
        """The checked records of a table, by key, in list order."""
        records = self._raw(table).records(table, kind)
        return dict(sorted(records.items(), key=lambda item: item[1].sort))

    def prices(self, hardware: Collection[str]) -> list[PriceRow]:
        """All rows of the price book in reading order; each must name known hardware."""
        rows = []
        for path, document in self._layers("prices"):
            for index, raw in enumerate(document.get("prices", ())):
                where = f"prices[{index}]"
                row = convert(path, where, raw, PriceRow)
                if row.hardware not in hardware:
                    raise CatalogError(
                        f"{path}: {where}.hardware: {row.hardware!r} is not in the catalog; "
                        f"add [hardware.{row.hardware}] or use one of {', '.join(hardware)}"
                    )
                rows.append(row)
        return rows

    def index(self, table: str, names: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Names -> keys of `table`; two rows claiming one name is an error of the later row."""
        found: dict[str, str] = {}
        for name, key in names:
            if found.setdefault(name, key) != key:
                raise self.fault(table, key, f"the name {name!r} already belongs to {table}.{found[name]}")
        return found

    def fault(self, table: str, key: str, message: str) -> CatalogError:
        """The error of one row, with the file that touched it last."""
        return CatalogError(f"{self._raw(table).origin[key]}: {table}.{key}: {message}")

    def _raw(self, table: str) -> RawTable:
        raw = RawTable()
        for path, document in self._layers(table):
            raw.add(path, document.get(table, {}), table)
        return raw

    def _layers(self, table: str) -> list[tuple[Path, dict[str, Any]]]:
        path = _HERE / f"{_SHARED_FILE.get(table, table)}.toml"
        return [(path, _packaged(path)), *self._documents]


# Packaged files never change while a process runs, so each is parsed once; nobody alters the result.
_packaged = cache(read_file)

_STATISTICS = {"median": "Median", "mean": "Mean", "std": "Standard deviation of"}


def expand(families: Mapping[str, MetricFamily]) -> dict[str, Metric]:
    """`ttft` -> `median_ttft`, `p99_ttft` ...: one metric per statistic of each family."""
    return {
        f"{statistic}_{key}": _member(f"{statistic}_{key}", statistic, family)
        for key, family in families.items()
        for statistic in family.statistics
    }


def _member(key: str, statistic: str, family: MetricFamily) -> Metric:
    name = _STATISTICS.get(statistic, statistic)
    label = family.label.replace("{}", statistic) if "{}" in family.label else f"{name} {family.label}"
    return Metric(
        key=key,
        label=label,
        sort=family.sort,
        source=family.source,
        unit=family.unit,
        direction=family.direction,
        what=f"{family.what} ({name.removesuffix(' of').lower()})",
    )
