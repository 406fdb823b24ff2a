"""The mapper of each kind of row, made when the first such row arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from isoline.domain.point import Evaluation, Point
from isoline.store.importers.batch import Availability
from isoline.store.importers.fields import Row
from isoline.store.importers.inferencex import artifacts, kinds, scores
from isoline.store.importers.inferencex.available import AvailabilityMapper
from isoline.store.importers.inferencex.evaluations import EvaluationMapper
from isoline.store.importers.inferencex.points import PointMapper

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

MapRow = Callable[[Row], Point | Evaluation | Availability]
MapPlain = Callable[[object], Point | None]


class Mappers:
    """Artifact rows become API rows first; from there on there is one path."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._made: dict[str, tuple[MapRow, MapPlain | None]] = {}

    def of(self, kind: str) -> tuple[MapRow, MapPlain | None]:
        """The general mapper of a kind's rows, and the fast one where there is one."""
        if kind not in self._made:
            self._made[kind] = self._make(kind)
        return self._made[kind]

    def _make(self, kind: str) -> tuple[MapRow, MapPlain | None]:
        catalog, name = self._catalog, kinds.dataset(kind, "", "").name
        if kind == kinds.AVAILABILITY:
            return AvailabilityMapper(catalog).map, None
        if kind == kinds.EVALUATIONS:
            return EvaluationMapper(catalog, name).map, None
        if kind == kinds.RUN:
            points = PointMapper(catalog, name)
            return (lambda row: points.map(artifacts.benchmark_row(row, catalog))), None
        if kind in (kinds.AGGREGATE, kinds.HARNESS):
            evaluations = EvaluationMapper(catalog, name)
            to_api = scores.aggregate_row if kind == kinds.AGGREGATE else scores.harness_row
            return (lambda row: evaluations.map(to_api(row, catalog))), None
        mapper = PointMapper(catalog, name)
        return mapper.map, mapper.map_plain
