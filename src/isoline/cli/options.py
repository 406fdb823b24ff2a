"""Options that several commands share, and the objects they stand for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from isoline.cli.choice import Choice
from isoline.domain.catalog import Catalog, load_catalog
from isoline.store.layout import existing_root
from isoline.store.sources import Sources
from isoline.store.store import Store

F = TypeVar("F", bound=Callable[..., object])
IN_CATALOG = "--catalog FILE adds your own"

store_option = click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="Store folder. Default: $ISOLINE_STORE, else the user's data folder.",
)
catalog_option = click.option(
    "--catalog",
    type=click.Path(path_type=Path),
    multiple=True,
    help="More catalog entries from a TOML file; may be given more than once.",
)


def format_option(*formats: str) -> Callable[[F], F]:
    """`--format`, the first being the default."""
    return click.option("--format", "output", type=Choice(formats), default=formats[0], show_default=True)


def catalog(files: Sequence[Path] | None) -> Catalog:
    """The packaged catalog with the user's entries and those of `files`."""
    return load_catalog(tuple(files or ()))


def sources(store: Path | None) -> Sources:
    """Packaged data and the store that the option, the environment or the platform names."""
    root = existing_root(store)
    return Sources(lambda: Store(root))
