"""Imports from InferenceX: its API's responses, saved or live, and the artifacts of its runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from isoline.errors import UsageError
from isoline.store.importers.batch import ImportBatch, batches
from isoline.store.importers.fields import BadRow
from isoline.store.importers.inferencex import kinds
from isoline.store.importers.inferencex.documents import Malformed, parse_text
from isoline.store.importers.inferencex.mappers import Mappers
from isoline.store.importers.inferencex.reader import Reader, apply
from isoline.store.importers.inferencex.sources import check_locations, documents
from isoline.store.importers.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isoline.domain.catalog import Catalog
    from isoline.domain.point import QuarantinedRow

__all__ = ["read", "retry"]

RESPONSE_KINDS = (kinds.BENCHMARKS, kinds.HISTORY)


def read(
    locations: Sequence[str], catalog: Catalog, *, response_kind: str | None = None
) -> Iterator[ImportBatch]:
    """Batches of at most 50,000 rows from JSON files, folders, zips and base URLs of such an API.

    `response_kind` (`benchmarks` or `history`) says what rows of benchmarks are where neither
    their file's name nor their runs do. Locations are checked now, read when iterated.
    """
    if response_kind is not None and response_kind not in RESPONSE_KINDS:
        raise UsageError(
            f"response kind {response_kind!r} is none of {', '.join(RESPONSE_KINDS)}", RESPONSE_KINDS
        )
    if not locations:
        raise UsageError("nothing to import: give JSON files, folders, zips or the base URL of an API")
    check_locations(locations)
    reader = Reader(catalog, _source(locations), alone=len(locations) == 1, response_kind=response_kind)
    found = (document for location in locations for document in documents(location, catalog))
    return batches(reader, found, lambda: f"{_source(locations)}: no JSON files there")


def _source(locations: Sequence[str]) -> str:
    more = f" and {len(locations) - 3} more" if len(locations) > 3 else ""
    return ", ".join(locations[:3]) + more


def retry(rows: Sequence[QuarantinedRow], catalog: Catalog) -> Iterator[ImportBatch]:
    """Map quarantined rows again, after the catalog has learned a name; what fails stays."""
    mappers = Mappers(catalog)
    intakes: dict[str, Intake] = {}
    for row in rows:
        kind = kinds.kind_of_dataset(row.dataset)
        if kind is None:
            raise UsageError(f"dataset {row.dataset!r} is not from this importer")
        intake = intakes.get(row.dataset)
        if intake is None:
            intake = intakes[row.dataset] = Intake(
                kinds.dataset(kind, row.source, datetime.now(UTC).date().isoformat()), kinds.IMPORTER
            )
        _retry_row(row, kind, mappers, intake)
        if intake.is_full:
            yield intake.take()
    yield from (intake.take() for intake in intakes.values() if not intake.is_empty)


def _retry_row(row: QuarantinedRow, kind: str, mappers: Mappers, intake: Intake) -> None:
    try:
        value = parse_text(row.raw)
        if kind == kinds.RUN and (found := kinds.kind_of_row(value)) in kinds.ARTIFACTS:
            kind = found or kind
        intake.add(apply(mappers.of(kind)[0], value))
    except Malformed:  # no row ever, or one that was too long to keep whole
        intake.keep_quarantined(row)
    except BadRow as problem:
        intake.quarantine(row.source, row.position, problem.reason, problem.detail, row.raw)
