"""Which files make up the catalog, and in which order: packaged, the user's folder, files named extra."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from isoline.domain.catalog.catalog import Catalog
from isoline.domain.catalog.files import read_file
from isoline.domain.catalog.tables import Tables
from isoline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence


def load_catalog(extra: Sequence[Path] = (), user_dirs: Sequence[Path] | None = None) -> Catalog:
    """The packaged catalog with the user's files laid over it; later files win.

    `user_dirs` are folders whose `*.toml` are read in name order; by default the user's
    `catalog.d` (`~/.config/isoline/catalog.d` on Linux). Packaged tables are parsed when first
    used, a user's files now and in full, so that a mistake shows before any work is done.
    """
    folders = [default_user_dir()] if user_dirs is None else user_dirs
    paths = [path for folder in folders for path in _files_in(Path(folder))]
    documents: list[tuple[Path, dict[str, Any]]] = [
        (path, read_file(path)) for path in [*paths, *(Path(path) for path in extra)]
    ]
    catalog = Catalog(Tables(documents))
    catalog.check({table for _, document in documents for table in document})
    return catalog


def default_user_dir() -> Path:
    """Where a user's own catalog files live on this system."""
    from platformdirs import user_config_path  # only here: nothing else of the domain needs it

    return user_config_path("isoline") / "catalog.d"


def _files_in(folder: Path) -> list[Path]:
    """The `*.toml` of a folder by name; a folder that does not exist holds none."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(f"{folder}: cannot be read: {error.strerror or error}") from None
