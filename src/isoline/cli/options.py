"""Options that several commands share, and the objects they stand for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from isoline.domain.catalog import Catalog, load_catalog
from isoline.errors import UsageError
from isoline.store.layout import resolve_root
from isoline.store.sources import Sources
from isoline.store.store import Store

F = TypeVar("F", bound=Callable[..., object])

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
    return click.option(
        "--format", "output", type=click.Choice(formats), default=formats[0], show_default=True
    )


def catalog(files: Sequence[Path] | None) -> Catalog:
    """The packaged catalog with the user's entries and those of `files`."""
    return load_catalog(tuple(files or ()))


def sources(store: Path | None) -> Sources:
    """Packaged data and the store that the option, the environment or the platform names."""
    return Sources(lambda: Store(resolve_root(store)))


def pairs(option: str, values: Sequence[str] | None) -> dict[str, float]:
    """`["b300=2.26,h100=1.5"]` -> `{"b300": 2.26, "h100": 1.5}`; values are positive and finite."""
    found: dict[str, float] = {}
    for item in split(values):
        key, sign, text = item.partition("=")
        value = number(text)
        if not sign or not key or value is None or value <= 0:
            raise UsageError(
                f"{option} {item!r} is not HARDWARE=NUMBER with a number above 0, like b300=2.26"
            )
        found[key.strip().lower()] = value
    return found


def numbers(option: str, text: str | None) -> tuple[float, ...] | None:
    """`"102,160,218"` -> numbers above 0, in the order asked."""
    if text is None:
        return None
    values = [number(part) for part in text.split(",")]
    if len(values) > 100:
        raise UsageError(f"{option} takes at most 100 numbers")
    if any(value is None or value <= 0 for value in values):
        raise UsageError(f"{option} {text!r} is not a list of numbers above 0, like 102,160,218")
    return tuple(value for value in values if value is not None)


def split(values: Sequence[str] | None) -> list[str]:
    """Repeated and comma-separated values as one list."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]


def number(text: str) -> float | None:
    """A finite number, or `None`."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def day(option: str, value: str | None) -> str | None:
    """An ISO date, checked."""
    from datetime import date

    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise UsageError(f"{option} {value!r} is not a date like 2026-06-14") from None
