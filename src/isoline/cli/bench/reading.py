"""Flags and a YAML file -> a checked `Spec`; an error names the file and line, or the flag."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from isoline.cli.bench.spec import Spec
from isoline.errors import InputError, UsageError

if TYPE_CHECKING:
    from ruamel.yaml.nodes import Node

_ALTERNATIVES = (("requests", "duration"), ("concurrency", "rate"))
_PATH = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")


def read_spec(file: Path | None, flags: Mapping[str, object]) -> Spec:
    """The file's keys under those flags that were given."""
    document = SpecFile(file) if file else None
    values = {**(document.values if document else {}), **flags}
    for pair in _ALTERNATIVES:  # a flag replaces what the file says instead of it
        if document and len(chosen := [name for name in pair if name in flags]) == 1:
            values = {name: value for name, value in values.items() if name not in pair or name in chosen}
    try:
        return msgspec.convert(values, Spec)
    except msgspec.ValidationError as error:
        message, path = _plain(str(error), values)
    top = path[0] if path else None
    if document is None or top in flags:
        flag = f"--{top}".replace("_", "-") if top in Spec.__struct_fields__ else None
        raise UsageError(f"{flag or 'bench'}: {_as_flag(message)}")
    raise document.fault(path, message)


class SpecFile:
    """A YAML document with the line of every key."""

    def __init__(self, path: Path) -> None:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        self._path = path
        reader = YAML(typ="safe", pure=True)  # YAML 1.2: `no` is a text, keys are unique
        try:
            text = path.read_text(encoding="utf-8")
            values: object = reader.load(text)
            self._root: Node | None = reader.compose(text)
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: is not UTF-8 text (byte {error.start})") from None
        except MarkedYAMLError as error:
            line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
            raise InputError(f"{path}{line}: is not valid YAML: {_yaml_words(error)}") from None
        except YAMLError as error:
            raise InputError(f"{path}: is not valid YAML: {str(error).splitlines()[0]}") from None
        if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
            raise InputError(f"{path}:1: expected keys and values; isoline bench --example prints a spec")
        self.values: dict[str, Any] = values

    def fault(self, path: list[str], message: str) -> InputError:
        """An error at a key path, with the line of the deepest part of it that the file has."""
        node, line = self._root, 1
        for part in path:
            found = _child(node, part)
            if found is None:
                break
            node, line = found
        where = ".".join(path)
        return InputError(f"{self._path}:{line}: {where}{': ' if where else ''}{message}")


def _child(node: Node | None, part: str) -> tuple[Node, int] | None:
    """The value under a key or index and the line where it begins, from 1."""
    if node is None or isinstance(node.value, str):
        return None
    for number, item in enumerate(node.value):
        if isinstance(item, tuple):
            key, value = item
            if str(key.value) == part:
                return value, key.start_mark.line + 1
        elif str(number) == part:
            return item, item.start_mark.line + 1
    return None


def _yaml_words(error: Any) -> str:
    words = " ".join(str(error.problem or error.context or "broken").split())
    return words.partition(" To suppress")[0]


def _plain(text: str, values: Mapping[str, object]) -> tuple[str, list[str]]:
    """msgspec's message in our words, and the key path it is about."""
    message, _, where = text.partition(" - at `$")
    path = [name or index for name, index in _PATH.findall(where.rstrip("`"))]
    if unknown := re.search(r"unknown field `(.*?)`", message):
        known = Spec.__struct_fields__ if not path else ("ttft", "tpot", "e2e")
        return f"unknown key{_hint(unknown[1], known)}", [*path, unknown[1]]
    if missing := re.search(r"missing required field `(.*?)`", message):
        return f"{missing[1]} is missing", path
    if "matching regex" in message and path == ["dataset"]:
        return f"{values['dataset']!r} is no name of a dataset; use letters, digits, dots and dashes", path
    if path and path[-1] == "...":  # a value of a mapping: msgspec does not say of which key
        path = _culprit(path[:-1], values)
    return message[:1].lower() + message[1:], path


def _culprit(path: list[str], values: Mapping[str, object]) -> list[str]:
    """The first key under `path` whose value is no plain one."""
    held = values.get(path[0]) if len(path) == 1 else None
    plain = (str,) if path == ["headers"] else (str, int, float, bool)
    if isinstance(held, dict):
        for key, value in held.items():
            if not isinstance(value, plain):
                return [*path, str(key)]
    return path


def _hint(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(sorted(known))}"


def _as_flag(message: str) -> str:
    name = message.removesuffix(" is missing")
    if name == message:
        return message
    if name == "url":
        return "give the server's URL or a spec file; isoline bench --example prints one"
    return f"--{name} is missing"
