"""Flags and a YAML file -> a checked `Spec`; an error names the file and line, or the flag."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec

from isoline.cli.bench.spec import Spec, SpecProblem
from isoline.cli.bench.spec_file import SpecFile
from isoline.errors import InputError, UsageError

_ALTERNATIVES = (("requests", "requests_per_stream", "duration"), ("concurrency", "rate"))
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


class Asked:
    """What flags and file ask for, and where each key of it stands."""

    def __init__(self, file: Path | None, flags: Mapping[str, object]) -> None:
        self._file = SpecFile(file) if file else None
        self._flags = flags

    def spec(self) -> Spec:
        """The file's keys under those flags that were given."""
        values = self._values()
        try:
            return msgspec.convert(values, Spec)
        except msgspec.ValidationError as error:
            message, path = _plain(str(error), values)
        raise self._fault(SpecProblem(path, message))

    @contextmanager
    def located(self) -> Iterator[None]:
        """Problems with a key's value that show later are told with the key's place, too."""
        try:
            yield
        except SpecProblem as problem:
            raise self._fault(problem) from None

    def _values(self) -> dict[str, object]:
        if self._file is None:
            return dict(self._flags)
        # A flag replaces what the file says instead of it.
        out = {name for pair in _ALTERNATIVES if any(map(self._flags.__contains__, pair)) for name in pair}
        kept = {name: value for name, value in self._file.values.items() if name not in out}
        return {**kept, **self._flags}

    def _fault(self, problem: SpecProblem) -> InputError | UsageError:
        top = problem.path[0] if problem.path else None
        if self._file is not None and top not in self._flags:
            line = self._file.line(problem.path)
            where = ".".join(problem.path)
            text = f"{self._file.path}:{line}: {where}{': ' if where else ''}{problem}"
            return UsageError(text, problem.suggestions)
        if top in Spec.__struct_fields__:
            return UsageError(f"--{top}: {problem}".replace("_", "-", top.count("_")), problem.suggestions)
        return UsageError(_missing(str(problem)), problem.suggestions)


def _missing(message: str) -> str:
    name = message.removesuffix(" is missing")
    if name == "url":
        return "give the server's URL or a spec file; isoline bench --example prints one"
    return message if name == message else f"--{name} is missing"


def _plain(text: str, values: Mapping[str, object]) -> tuple[str, list[str]]:
    """msgspec's message in our words, and the key path it is about."""
    message, _, where = text.partition(" - at `$")
    path = [name or index for name, index in _PATH.findall(where.rstrip("`"))]
    if unknown := re.search(r"unknown field `(.*?)`", message):
        known = Spec.__struct_fields__ if not path else ("ttft", "tpot", "e2e")
        return f"unknown key{_hint(unknown[1], known)}", [*path, unknown[1]]
    if missing := re.search(r"missing required field `(.*?)`", message):
        return f"{missing[1]} is missing", path
    if "matching regex" in message:
        return f"{values['dataset']!r} is no name of a dataset; use letters, digits, dots and dashes", path
    if wrong := re.search(r"Invalid enum value '(.*?)'", message):
        return f"{wrong[1]!r} is unknown; it is one of {', '.join(_choices(path))}", path
    if path and path[-1] == "...":  # a value of a mapping: msgspec does not say of which key
        path = _culprit(path[:-1], values)
    return _words(message), path


def _words(message: str) -> str:
    """``Expected `int` >= 1`` -> `expected a whole number of at least 1`."""
    text = re.sub(r"`([^`]*)`", lambda match: _one_of(match[1]), message)
    return (text[:1].lower() + text[1:]).replace(" >= ", " of at least ").replace(" > ", " above ")


def _one_of(types: str) -> str:
    return " or ".join(_TYPES.get(name, name) for name in types.split(" | "))


def _choices(path: Sequence[str]) -> tuple[str, ...]:
    return get_args(get_type_hints(Spec)[path[0]])


def _culprit(path: list[str], values: Mapping[str, object]) -> list[str]:
    """The first key under `path` whose value is no plain one."""
    held = values.get(path[0])
    plain = (str,) if path == ["headers"] else (str, int, float, bool)
    keys = held.items() if isinstance(held, dict) else ()
    return next(([*path, str(key)] for key, value in keys if not isinstance(value, plain)), path)


def _hint(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(sorted(known))}"
