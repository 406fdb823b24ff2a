"""A location (JSON file, folder, zip or API address) -> named documents, one at a time."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from isoline.errors import InputError
from isoline.store.importers.inferencex.archives import Budget, members, reading_order
from isoline.store.importers.inferencex.fetch import api_documents, check_address
from isoline.store.importers.inferencex.items import MAX_DOCUMENT, Document, Item, Skipped, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from isoline.domain.catalog import Catalog


def check_locations(locations: Sequence[str]) -> None:
    """Refuse what cannot be opened before anything is read."""
    for location in locations:
        if is_address(location):
            check_address(location)
        elif "\x00" in location or not os.path.exists(location):
            raise InputError(
                f"{ascii(location)[1:-1]} does not exist; give a JSON file, a folder, a zip or a URL"
            )
        elif not os.path.isdir(location) and not os.path.isfile(location):
            raise InputError(f"{location} is neither a file nor a folder")


def is_address(location: str) -> bool:
    return "://" in location and not os.path.exists(location)


def documents(location: str, catalog: Catalog) -> Iterator[Item]:
    """The documents of one location, and what was not read."""
    budget = Budget()
    if is_address(location):
        yield from api_documents(location, catalog)
    elif os.path.isdir(location):
        refused: list[OSError] = []
        walk = os.walk(location, onerror=refused.append)
        paths = [Path(folder, name) for folder, _, names in walk for name in names]
        for error in refused:
            yield Trouble(str(error.filename), "", "unreadable file", error.strerror or "unreadable folder")
        for path in sorted(paths, key=lambda path: reading_order(str(path))):
            yield from _file(str(path), budget, is_location=False)
    else:
        yield from _file(location, budget, is_location=True)


def _file(path: str, budget: Budget, *, is_location: bool) -> Iterator[Item]:
    if not os.path.isfile(path):  # a pipe, a device, a broken link
        yield Trouble(path, "", "unsafe path", "not a regular file")
        return
    try:
        if path.lower().endswith(".zip") or (is_location and zipfile.is_zipfile(path)):
            yield from members(path, path, path, budget, is_location=is_location)
        elif is_location or path.lower().endswith(".json"):
            yield _document(path, is_location)
        else:
            yield Skipped("files that are neither JSON nor zip")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        yield Trouble(path, "", "unreadable file", reason, is_location)


def _document(path: str, is_location: bool) -> Item:
    with open(path, "rb") as stream:
        data = stream.read(MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        detail = f"more than {MAX_DOCUMENT:,} bytes; split it, or import it from a running API"
        return Trouble(path, "", "file too large", detail, is_location)
    return Document(path, path.replace(os.sep, "/"), data, is_location)
