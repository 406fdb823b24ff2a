"""Everything a user can cause, as one tree of exceptions.

    IsolineError            exit code 1
    ├── InputError          exit code 1: a file or response that cannot be read as what it should be
    ├── OutputError         exit code 1: a file that cannot be written
    ├── StoreError          exit code 1: a store that is not there, or cannot be read or written
    ├── UsageError          exit code 2: a wrong slug, option or value, on the command line or in a spec
    │   └── CatalogError    exit code 2: a catalog file with an unknown key or a bad value
    ├── NoDataError         exit code 3: a valid question that no stored data answers
    ├── EngineError         exit code 5: an engine that does not start, answer, or is not what was declared
    └── HostsError          exit code 5: hosts of the load generator that are too few, lost, or not alike

`EXIT_CODES` has all codes of the command line. A message says what is wrong, where (file, key, line) and
what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable

CLOSE = 6  # names that an error suggests at most
LISTED = 24  # names that an error lists where none is close; more are told by where they stand


EXIT_CODES = {
    0: "done",
    1: "a file or the store is missing, or cannot be read or written",
    2: "wrong usage: an unknown name, option or value",
    3: "no data for that question",
    4: "measured, but points are INVALID or missing",
    5: "nothing measured: a server, engine or host that fails or is not what was declared",
    130: "interrupted",
}


class IsolineError(Exception):
    """Base of all errors a user can cause; `exit_code` is what the command line returns."""

    exit_code = 1
    suggestions: tuple[str, ...] = ()


class UsageError(IsolineError):
    """The question is not one Isoline can parse; `suggestions` are the closest valid ones."""

    exit_code = 2

    def __init__(self, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions


class CatalogError(UsageError):
    """A catalog file has an unknown key, a missing key or a value of the wrong type."""


class NoDataError(IsolineError):
    """The question is valid, but no stored data answers it."""

    exit_code = 3

    def __init__(self, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.suggestions = suggestions


class EngineError(IsolineError):
    """A serving engine that cannot be started or reached, ended, or is not what was declared."""

    exit_code = 5


class HostsError(IsolineError):
    """Hosts that were to offer a load together and cannot: too few, lost, or another version."""

    exit_code = 5


class InputError(IsolineError):
    """A file, folder, archive or response that cannot be read as what it claims to be."""


class OutputError(IsolineError):
    """A file that cannot be written where it was asked for."""


class StoreError(IsolineError):
    """A store folder that cannot be read or written."""


def unknown(kind: str, text: str, known: Iterable[str], more: str = "") -> tuple[str, tuple[str, ...]]:
    """Message and suggestions of an error about a name that is none of `known`.

    Where none is close all are listed, unless they are very many; `more` says what else can be done.
    """
    names = tuple(dict.fromkeys(known))
    close = closest(text, names)
    listed = f"there is {', '.join(names)}" if not close and len(names) <= LISTED else ""
    return "; ".join(filter(None, (f"there is no {kind} {text!r}", listed, more))), close


def closest(text: str, known: Iterable[str], limit: int = CLOSE) -> tuple[str, ...]:
    """Those of `known` that `text` may have meant, in any case and whatever separates their parts: that
    begin with it, hold it, look like it, or have a part that does."""
    import difflib  # only a mistake pays for it

    wanted = _letters(text)
    bare = {name: _letters(name) for name in known}
    parts = [(part, name) for name in bare for part in _parts(name)]
    alike = difflib.get_close_matches(wanted, set(bare.values()), limit, 0.6)
    akin = difflib.get_close_matches(wanted, {part for part, _ in parts}, limit, 0.8)
    found = [
        *(name for name, letters in bare.items() if wanted and letters.startswith(wanted)),
        *(name for name, letters in bare.items() if len(wanted) > 1 and wanted in letters),
        *(name for letters in alike for name in bare if bare[name] == letters),
        *(name for like in akin for part, name in parts if part == like),
    ]
    return tuple(dict.fromkeys(found))[:limit]


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _parts(name: str) -> list[str]:
    words = "".join(c if c.isalnum() else " " for c in name.lower()).split()
    return [word for word in words if len(word) > 2]
