"""Two command lines -> the flags in which they differ."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

# Said field by field elsewhere: what served is the recipe, and names of places and of outputs change nothing.
_SAID = ("--recipe", "--store", "--format", "--fresh")

Flag = tuple[str, str | None, str | None]


def differing_flags(a: str, b: str) -> Iterator[Flag]:
    """Flags (`command` for the words before any) with both values; `None` where one lacks the flag."""
    left, right = _flags(a), _flags(b)
    for name in dict.fromkeys((*left, *right)):
        if name not in _SAID and left.get(name) != right.get(name):
            yield name, left.get(name), right.get(name)


def _flags(command: str) -> dict[str, str]:
    """`x --a 1 --b --a=2` -> `{"command": "x", "--a": "1 2", "--b": ""}`."""
    found: dict[str, list[str]] = {}
    name = "command"
    for word in _words(command):
        if word.startswith("--"):
            name, _, value = word.partition("=")
            found.setdefault(name, []).extend([value] if value else [])
        else:
            found.setdefault(name, []).append(word)
    return {flag: " ".join(values) for flag, values in found.items()}


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # an odd quote: the words as they stand
        return command.split()
