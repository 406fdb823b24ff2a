"""Flags and a YAML file -> a checked `Spec`; an error names the file and line, or the flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from isoline.bench.asked.mistakes import plain
from isoline.bench.asked.spec import FileProblem, Spec, SpecProblem
from isoline.bench.asked.spec_file import SpecFile
from isoline.errors import InputError, UsageError

_ALTERNATIVES = (("requests", "requests_per_stream", "duration"), ("concurrency", "rate"))


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
            message, path = plain(str(error), values, Spec)
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
            return _kind(problem, text)
        if top in Spec.__struct_fields__:
            return _kind(problem, f"--{top}: {problem}".replace("_", "-", top.count("_")))
        return _kind(problem, _missing(str(problem)))


def _kind(problem: SpecProblem, text: str) -> InputError | UsageError:
    if isinstance(problem, FileProblem):
        return InputError(text)
    return UsageError(text, problem.suggestions)


def _missing(message: str) -> str:
    name = message.removesuffix(" is missing")
    if name == "url":
        return "give the server's URL or a spec file: isoline bench URL|SPEC.yaml; --example prints one"
    return message if name == message else f"--{name} is missing"
