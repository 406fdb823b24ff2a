"""A row of the API's `availability` response -> an `Availability`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.store.importers import fields
from isoline.store.importers.batch import Availability
from isoline.store.importers.inferencex.recipes import hardware_key, model_key

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog


class AvailabilityMapper:
    """Maps rows; a null length pair means agentic traces."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def map(self, row: fields.Row) -> Availability:
        """The combination of a row, or `BadRow`."""
        catalog = self._catalog
        engine, disaggregated = catalog.resolve_engine(
            fields.text(row, "framework"), fields.flag(row, "disagg")
        )
        return Availability(
            model=model_key(catalog, fields.text(row, "model")),
            hardware=hardware_key(catalog, fields.text(row, "hardware")),
            precision=catalog.resolve_precision(fields.text(row, "precision")),
            engine=engine,
            spec_method=catalog.resolve_spec_method(fields.optional_text(row, "spec_method")),
            disaggregated=disaggregated,
            isl=fields.optional_whole(row, "isl", 1, fields.MAX_LENGTH),
            osl=fields.optional_whole(row, "osl", 1, fields.MAX_LENGTH),
            date=fields.optional_date(row, "date"),
        )
