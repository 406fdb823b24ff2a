"""What is wrong with a spec, in words: msgspec's messages with the keys they are about."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import get_args, get_type_hints

import msgspec

from isoline.errors import closest

_PATH = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "object": "keys and values",
    "array": "a list",
    "null": "nothing",
}


def plain(text: str, values: Mapping[str, object], kind: type[msgspec.Struct]) -> tuple[str, list[str]]:
    """msgspec's message in our words, and the key path it is about; `kind` is what was expected."""
    message, _, where = text.partition(" - at `$")
    path = [name or index for name, index in _PATH.findall(where.rstrip("`"))]
    if unknown := re.search(r"unknown field `(.*?)`", message):
        known = _struct_at(kind, path).__struct_fields__
        return f"unknown key{_hint(unknown[1], known)}", [*path, unknown[1]]
    if missing := re.search(r"missing required field `(.*?)`", message):
        return f"{missing[1]} is missing", path
    if "matching regex" in message:
        return f"{values['dataset']!r} is no name of a dataset; use letters, digits, dots and dashes", path
    if wrong := re.search(r"Invalid enum value '(.*?)'", message):
        return f"{wrong[1]!r} is unknown; it is one of {', '.join(_choices(kind, path))}", path
    if path and path[-1] == "...":  # a value of a mapping: msgspec does not say of which key
        path = _culprit(path[:-1], values)
    return _words(message), path


def _words(message: str) -> str:
    """``Expected `int` >= 1`` -> `expected a whole number of at least 1`."""
    text = re.sub(r"`([^`]*)`", lambda match: _one_of(match[1]), message)
    return (text[:1].lower() + text[1:]).replace(" >= ", " of at least ").replace(" > ", " above ")


def _one_of(types: str) -> str:
    names = [name for name in types.split(" | ") if name != "null"] or ["null"]
    return " or ".join(_TYPES.get(name, name) for name in names)


def _choices(kind: type[msgspec.Struct], path: Sequence[str]) -> tuple[str, ...]:
    hint = get_type_hints(kind)[path[0]]
    return tuple(text for part in (hint, *get_args(hint)) for text in get_args(part) if isinstance(text, str))


def _struct_at(kind: type[msgspec.Struct], path: Sequence[str]) -> type[msgspec.Struct]:
    """The structure that a key path leads to."""
    for key in path:
        hint = get_type_hints(kind)[key]
        parts = [part for part in (hint, *get_args(hint)) if isinstance(part, type)]
        kind = next((part for part in parts if issubclass(part, msgspec.Struct)), kind)
    return kind


def _culprit(path: list[str], values: Mapping[str, object]) -> list[str]:
    """The first key under `path` whose value is no plain one."""
    held: object = values
    for key in path:
        held = held.get(key) if isinstance(held, Mapping) else None
    plain = (str,) if path == ["headers"] else (str, int, float, bool)
    keys = held.items() if isinstance(held, dict) else ()
    return next(([*path, str(key)] for key, value in keys if not isinstance(value, plain)), path)


def _hint(name: str, known: Sequence[str]) -> str:
    close = closest(name, known, 1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(sorted(known))}"
