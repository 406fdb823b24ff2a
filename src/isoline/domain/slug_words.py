"""Finding the words of a slug: which catalog names a text is made of, in which order."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from isoline.domain.catalog import Catalog

NONE = "none"
SEPARATOR = "-vs-"

ORDER: Mapping[str, tuple[str, ...]] = {
    "precision": ("model", "hardware", "precision"),
    "gpu": ("model", "hardware"),
    "spec-decode": ("model", "hardware", "precision", "spec method"),
    "engine": ("model", "hardware", "precision", "engine"),
    "gpu-precision": ("model", "hardware", "precision"),
    "version": ("model", "hardware", "precision", "engine", "version"),
}
"""Words left of `-vs-` by kind of comparison."""


def right_of(kind: str) -> tuple[str, ...]:
    """Words right of it: those that say which side it is."""
    words = {"gpu-precision": 2, "version": 2}.get(kind, 1)
    return ORDER[kind][-words:]


VERSION = re.compile(r"[a-z]?[0-9][a-z0-9.+_-]*")
"""What may stand for a version, which no catalog can list: `0.22.1`, `1.3.0rc14`, `b4321-1a2b3c`."""


class Words:
    """The names of a catalog that may stand in a slug, longest first, with their keys."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def names(self, kind: str) -> Mapping[str, str]:
        """Name -> key for one kind of word; versions have no names."""
        return self._tables.get(kind, {})

    def key(self, kind: str, text: str) -> str | None:
        """The key of a whole word, if it is one."""
        if kind == "version":
            return text if self._is_version(text) else None
        return self._tables[kind].get(text)

    def _is_version(self, text: str) -> bool:
        """Not where it begins like a GPU (`h100`, `b200-fp8`), which is another kind of comparison."""
        return bool(VERSION.fullmatch(text)) and text.partition("-")[0] not in self.names("hardware")

    @cached_property
    def _tables(self) -> Mapping[str, Mapping[str, str]]:
        catalog = self.catalog
        models = {name: key for key, row in catalog.models.items() for name in (key, *row.aliases)}
        return {
            "model": _longest_first(models),
            "hardware": _longest_first({key: key for key in catalog.hardware}),
            "precision": _longest_first({key: key for key in catalog.precisions}),
            "spec method": _longest_first({key: key for key in catalog.spec_methods}),
            "engine": _longest_first(catalog.names.engines),
        }


def find_words(
    text: str, words: Words, order: Sequence[str], right_order: Sequence[str]
) -> tuple[str, ...] | None:
    """The keys of all words of a slug, left side then right; `None` where it does not fit."""
    left, separator, right = text.partition(SEPARATOR)
    last = match(right, words, right_order) if separator else None
    if last is None:
        return None
    found = match(left, words, order)
    return (*found, *last) if found else None


def match(text: str, words: Words, order: Sequence[str]) -> tuple[str, ...] | None:
    """The keys of words that make up all of `text`. A longer name is tried before its beginning,
    and given up again if what follows then makes no sense: `glm-5-2-b300`, `glm-5-b300`.
    """
    head, *rest = order
    if not rest:
        last = words.key(head, text)
        return None if last is None else (last,)
    for name, key in words.names(head).items():
        if text.startswith(f"{name}-"):
            tail = match(text[len(name) + 1 :], words, rest)
            if tail is not None:
                return (key, *tail)
    return None


def _longest_first(names: Mapping[str, str]) -> Mapping[str, str]:
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))
