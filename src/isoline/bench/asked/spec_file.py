"""A YAML file as plain values, with the line of every key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isoline.errors import InputError

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.nodes import Node


class SpecFile:
    """A document of keys and values. YAML 1.2: `no` is a text, and a key given twice is an error."""

    def __init__(self, path: Path) -> None:
        self.path = path
        values, self._root = _parse(path)
        if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
            raise InputError(f"{path}:1: expected keys and values; isoline bench --example prints a spec")
        self.values: dict[str, Any] = values

    def line(self, keys: Sequence[str]) -> int:
        """The line, from 1, of the deepest part of a key path that the file has."""
        node, line = self._root, 1
        for key in keys:
            found = _child(node, key)
            if found is None:
                break
            node, line = found
        return line


def _parse(path: Path) -> tuple[object, Node | None]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = YAML(typ="safe", pure=True)
    try:
        text = path.read_text(encoding="utf-8")
        return reader.load(text), reader.compose(text)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 text (byte {error.start})") from None
    except MarkedYAMLError as error:
        line = f":{error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{path}{line}: is not valid YAML: {_words(error)}") from None
    except YAMLError as error:
        raise InputError(f"{path}: is not valid YAML: {str(error).splitlines()[0]}") from None


def _child(node: Node | None, key: str) -> tuple[Node, int] | None:
    """The value under a key or index, and the line where it begins."""
    if node is None or isinstance(node.value, str):
        return None
    for number, item in enumerate(node.value):
        if isinstance(item, tuple):
            name, value = item
            if str(name.value) == key:
                return value, name.start_mark.line + 1
        elif str(number) == key:
            return item, item.start_mark.line + 1
    return None


def _words(error: MarkedYAMLError) -> str:
    words = " ".join(str(error.problem or error.context or "broken").split())
    return words.partition(" To suppress")[0]
