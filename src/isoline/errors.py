"""Everything a user can cause, as one tree of exceptions.

    IsolineError            exit code 1
    ├── UsageError          exit code 2: a wrong slug, option or value
    │   └── CatalogError    exit code 2: a catalog file with an unknown key or a bad value
    ├── NoDataError         exit code 3: a valid question that no stored data answers
    ├── EngineError         exit code 1: an engine that does not start, stops, or is not what was declared
    ├── HostsError          exit code 1: hosts of the load generator that are too few, lost, or not alike
    ├── InputError          exit code 1: a file or response that cannot be read
    └── StoreError          exit code 1: a store that cannot be read or written

A message says what is wrong, where (file, key, line) and what to do about it.
"""

from __future__ import annotations


class IsolineError(Exception):
    """Base of all errors a user can cause; `exit_code` is what the command line returns."""

    exit_code = 1


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


class HostsError(IsolineError):
    """Hosts that were to offer a load together and cannot: too few, lost, or another version."""


class InputError(IsolineError):
    """A file, folder, archive or response that cannot be read as what it claims to be."""


class StoreError(IsolineError):
    """A store folder that cannot be read or written."""
