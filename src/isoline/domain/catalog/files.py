"""Catalog files -> checked records; an error names the file, the key and what is wrong."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec

from isoline.domain.catalog import model
from isoline.errors import CatalogError, InputError, closest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

RECORDS: Mapping[str, type[model.Entry]] = {
    "models": model.Model,
    "hardware": model.Hardware,
    "engines": model.Engine,
    "precisions": model.Precision,
    "spec_methods": model.SpecMethod,
    "formats": model.NumberFormat,
    "metrics": model.Metric,
    "metric_families": model.MetricFamily,
}
"""Tables a catalog file may hold, besides the list `prices`."""

# Keys become parts of slugs, so they are what a slug can spell. Formats and metrics never do.
_SLUG_TABLES = frozenset({"models", "hardware", "engines", "precisions", "spec_methods"})

R = TypeVar("R", bound=msgspec.Struct)


@dataclass(slots=True)
class RawTable:
    """The rows of one table as read: merged by key, each with the file that touched it last."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    origin: dict[str, Path] = field(default_factory=dict)

    def add(self, path: Path, rows: Mapping[str, Any], table: str) -> None:
        """Lay rows over what is there: tables merge, lists grow, any other value is replaced."""
        for key, row in rows.items():
            where = f"{path}: {table}.{key}"
            if not isinstance(row, dict):
                raise CatalogError(f"{where}: expected a table, got {row!r}; write [{table}.{key}]")
            if "key" in row:
                raise CatalogError(f"{where}.key: unknown key; the name of the table is the key")
            if table in _SLUG_TABLES and not re.match(model.NAME, key):
                raise CatalogError(f"{where}: expected {model.PATTERNS[model.NAME]}")
            self.rows[key] = _merge(self.rows.get(key, {}), row)
            self.origin[key] = path

    def records(self, table: str, kind: type[R]) -> dict[str, R]:
        """All rows as checked records, by key."""
        return {
            key: convert(self.origin[key], f"{table}.{key}", {**row, "key": key}, kind)
            for key, row in self.rows.items()
        }


def read_file(path: Path) -> dict[str, Any]:
    """Parse one TOML file; only the tables a catalog knows may be at its top."""
    try:
        document = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: is not valid TOML: {error}") from None
    if hidden := next((text for text in _texts(document) if not text.isprintable()), None):
        raise CatalogError(f"{path}: {hidden!r} holds a control character")  # it would steer terminals
    for name, value in document.items():
        if name not in RECORDS and name != "prices":
            raise CatalogError(f"{path}: {name}: unknown table{_hint(name, [*RECORDS, 'prices'])}")
        expected = list if name == "prices" else dict
        if not isinstance(value, expected):
            form = "[[prices]]" if name == "prices" else f"[{name}.NAME]"
            raise CatalogError(f"{path}: {name}: expected {form}, got {value!r}")
    return document


def _texts(value: object) -> Iterator[str]:
    """Every key and text of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def convert(path: Path, where: str, row: object, kind: type[R]) -> R:
    """A row as a record; `where` is its key path for the error message."""
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        message, _, inner = str(error).partition(" - at `$")
        unknown = re.search(r"unknown field `(.*?)`", message)
        if unknown:
            names = [name for name in kind.__struct_fields__ if name != "key"]
            inner, message = f".{unknown[1]}", f"unknown key{_hint(unknown[1], names)}"
        missing = re.search(r"missing required field `(.*?)`", message)
        if missing:
            inner, message = f".{missing[1]}", "is required but missing"
        inner = inner.rstrip("`")
        raise CatalogError(f"{path}: {where}{inner}: {_in_words(message, inner, kind)}") from None


def _in_words(message: str, inner: str, kind: type[R]) -> str:
    """What msgspec says about patterns, choices and bare dates, as something a reader can act on."""
    for pattern, meaning in model.PATTERNS.items():
        if repr(pattern) in message:
            return f"expected {meaning}"
    if message.startswith("Invalid enum value"):
        choices = get_args(kind.__annotations__[inner.removeprefix(".")])
        return f"{message}; known are {', '.join(choices)}"
    return message.replace("got `date`", "got a bare date; put it in quotes")


def _merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {**old, **{key: _over(old.get(key), value) for key, value in new.items()}}


def _over(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return _merge(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return old + [item for item in new if item not in old]
    return new


def _hint(name: str, known: list[str]) -> str:
    close = closest(name, known, 1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(sorted(known))}"
