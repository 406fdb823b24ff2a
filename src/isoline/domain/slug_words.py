"""Finding the words of a slug: which catalog names a text is made of, in which order."""

from __future__ import annotations

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
}
"""Words left of `-vs-` by kind of comparison."""


def right_of(kind: str) -> tuple[str, ...]:
    """Words right of it: those that say which side it is."""
    return ORDER[kind][1:] if kind == "gpu-precision" else ORDER[kind][-1:]


class Words:
    """The names of a catalog that may stand in a slug, longest first, with their keys."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def names(self, kind: str) -> Mapping[str, str]:
        """Name -> key for one kind of word."""
        return self._tables[kind]

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
    names = words.names(head)
    if not rest:
        return (names[text],) if text in names else None
    for name, key in names.items():
        if text.startswith(f"{name}-"):
            tail = match(text[len(name) + 1 :], words, rest)
            if tail is not None:
                return (key, *tail)
    return None


def _longest_first(names: Mapping[str, str]) -> Mapping[str, str]:
    return dict(sorted(names.items(), key=lambda item: -len(item[0])))
