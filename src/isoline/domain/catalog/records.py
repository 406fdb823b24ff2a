"""Every table of the catalog as checked records by key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

from isoline.domain.catalog import model as m
from isoline.domain.catalog.tables import Tables, expand

E = TypeVar("E", bound=m.Entry)


class Records:
    """Records by key, parsed when first used; see `model.py` for their fields."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    @cached_property
    def models(self) -> Mapping[str, m.Model]:
        return self._records("models", m.Model)

    @cached_property
    def hardware(self) -> Mapping[str, m.Hardware]:
        return self._records("hardware", m.Hardware)

    @cached_property
    def engines(self) -> Mapping[str, m.Engine]:
        return self._records("engines", m.Engine)

    @cached_property
    def precisions(self) -> Mapping[str, m.Precision]:
        return self._records("precisions", m.Precision)

    @cached_property
    def spec_methods(self) -> Mapping[str, m.SpecMethod]:
        return self._records("spec_methods", m.SpecMethod)

    @cached_property
    def formats(self) -> Mapping[str, m.NumberFormat]:
        return self._records("formats", m.NumberFormat)

    @cached_property
    def metrics(self) -> Mapping[str, m.Metric]:
        """Single metrics and every statistic of every family; a single one wins over a member."""
        families = self._records("metric_families", m.MetricFamily)
        return MappingProxyType({**expand(families), **self._records("metrics", m.Metric)})

    def _records(self, table: str, kind: type[E]) -> Mapping[str, E]:
        return MappingProxyType(self._tables.records(table, kind))
