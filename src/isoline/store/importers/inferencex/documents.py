"""Decoding of JSON documents: fast where they are valid, forgiving where a row holds NaN.

An array is split into its rows' bytes first and each row is decoded when it is reached, so a
large response costs its own size in memory and not ten times that.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_ANY = msgspec.json.Decoder()
_BOM = b"\xef\xbb\xbf"


class Malformed(Exception):
    """A document that is no JSON; the message says where."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row whose bytes cannot be decoded although the array around it could."""

    problem: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded document: an array's rows, or one value."""

    is_array: bool
    value: object = None  # where it is no array
    _rows: list[msgspec.Raw] | list[object] = ()  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self) -> Iterator[object]:
        """Each row as it is stored; `row_value` decodes it, `row_text` makes text of it."""
        return iter(self._rows)


def decode(data: bytes) -> Decoded:
    """A document's value, or `Malformed`."""
    data = data.removeprefix(_BOM)
    is_array = data.lstrip()[:1] == b"["
    try:
        if is_array:
            return Decoded(True, None, _ROWS.decode(data))
        return Decoded(False, _ANY.decode(data))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = _forgiving(data)
    return Decoded(True, None, value) if isinstance(value, list) else Decoded(False, value)


def parse_text(text: str) -> object:
    """A value from JSON text that may hold NaN, or `Malformed`."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None


def row_text(row: object) -> str:
    """A row as JSON text: its own bytes where they are known, else with every escape."""
    if isinstance(row, msgspec.Raw):
        return bytes(row).decode("utf-8", "backslashreplace")
    try:
        return json.dumps(row)
    except (TypeError, ValueError, RecursionError) as error:
        return json.dumps(f"cannot be written as JSON: {error}")


def row_value(raw: object) -> object:
    """A row decoded; `BrokenRow` where its bytes make no value."""
    if not isinstance(raw, msgspec.Raw):
        return raw
    try:
        return _ANY.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    try:  # 1e400 and lone surrogates are JSON; what they do to the row is decided there
        return json.loads(bytes(raw))
    except (ValueError, RecursionError) as error:
        return BrokenRow(str(error))


def _forgiving(data: bytes) -> object:
    """The standard library's reading, which knows NaN and Infinity."""
    try:
        return json.loads(data)
    except json.JSONDecodeError as error:
        what = "HTML, not JSON" if data.lstrip()[:1] == b"<" else f"not JSON ({error.msg})"
        raise Malformed(f"line {error.lineno}, column {error.colno}: {what}") from None
    except UnicodeDecodeError as error:
        raise Malformed(f"byte {error.start}: not UTF-8") from None
    except RecursionError:
        raise Malformed("nested too deep") from None
    except ValueError as error:  # an integer of thousands of digits
        raise Malformed(str(error)) from None
