"""Imports of results that other load generators wrote, each tool by its own definitions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from isoline.errors import UsageError
from isoline.store.importers.batch import ImportBatch, batches
from isoline.store.importers.fields import BadRow
from isoline.store.importers.foreign.declared import Declaration
from isoline.store.importers.foreign.files import check_locations, sources
from isoline.store.importers.foreign.reader import Reader, source_of_raw
from isoline.store.importers.foreign.tools import TOOLS

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog
    from isoline.domain.point import QuarantinedRow


def read(
    name: str | None,
    locations: Sequence[str],
    catalog: Catalog,
    *,
    recipe: Sequence[str] = (),
    sequence: str | None = None,
    date: str | None = None,
    dataset: str | None = None,
) -> Iterator[ImportBatch]:
    """Batches from result files, or folders of them, of one tool (`None`: of whichever wrote each).

    `recipe` holds texts such as `model=…,hardware=…,precision=…,gpus=8`, since such files lack it;
    `sequence` (`8k/1k`), `date` and the name of the `dataset` are what else may be declared. All of
    it and the locations are checked now; files are read when iterated.
    """
    if not locations:
        raise UsageError("nothing to import: give result files or folders of them")
    check_locations(locations)
    declared = Declaration.of(recipe, sequence, date, catalog)
    alone = len(locations) == 1 and not os.path.isdir(locations[0])
    reader = Reader(TOOLS[name] if name else None, declared, dataset, catalog, alone=alone)

    def nothing() -> str:
        because = f" ({reader.notes})" if reader.notes else ""
        return f"{', '.join(locations[:3])}: no results there{because}"

    return batches(reader, (file for location in locations for file in sources(location)), nothing)


def retry(rows: Sequence[QuarantinedRow], catalog: Catalog) -> Iterator[ImportBatch]:
    """Quarantined files again, with what was declared then; what still fails stays as it is."""
    for row in rows:
        kept = source_of_raw(row.raw)
        tool = TOOLS.get(row.importer)
        if kept is None:
            continue
        reader = Reader(tool, kept[1], row.dataset, catalog, alone=False)
        try:
            yield from [*reader.read(kept[0]), *reader.finish()]
        except (BadRow, UsageError):
            continue


read_auto = partial(read, None)
read_vllm = partial(read, "vllm")
read_sglang = partial(read, "sglang")
read_aiperf = partial(read, "aiperf")
read_guidellm = partial(read, "guidellm")
read_inference_perf = partial(read, "inference-perf")
read_genai_perf = partial(read, "genai-perf")
