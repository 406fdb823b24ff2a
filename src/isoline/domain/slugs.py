"""Slugs: the names of comparisons, as in page addresses and on the command line.

precision     {model}-{hardware}-{precision}-vs-{precision}
gpu           {model}-{hardware}-vs-{hardware}           without a model: deepseek-r1, as older links mean
spec-decode   {model}-{hardware}-{precision}-{method}-vs-none
engine        {model}-{hardware}-{precision}-{engine}-vs-{engine}
gpu-precision {model}-{hardware}-{precision}-vs-{hardware}-{precision}
version       {model}-{hardware}-{precision}-{engine}-{version}-vs-{version}   or -vs-{engine}-{version}

The first three are the reference's grammar (InferenceX compare-slug.ts, compare-variant-slug.ts,
7fe6d62); the others are ours. A word may itself hold dashes, so words are found by trying the
catalog's names, longest first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from isoline.domain.slug_errors import explain
from isoline.domain.slug_words import (
    NONE,
    ORDER,
    SEPARATOR,
    Words,
    find_words,
    match,
    right_of,
)
from isoline.errors import UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isoline.domain.catalog import Catalog

KINDS = ("precision", "gpu", "spec-decode", "engine", "gpu-precision", "version")
BEFORE = ("a", "alpha", "b", "beta", "dev", "pre", "rc")  # how a version says that it is not out yet
END = -1  # of a version, in its sort key
MAX_LENGTH = 256  # so that a long address costs nothing
LEGACY_MODEL = "deepseek-r1"
"""What a slug of two bare GPUs is about: the only model there was when those links were made."""


@dataclass(frozen=True, slots=True)
class Slug:
    """A parsed slug. `sides` are catalog keys in canonical order, of `gpu-precision` two each: `h200-fp8`; of
    `version` an engine and what it calls its version, in small letters: `vllm-0.22.1`.

    `hardware` holds that of both sides where GPUs differ, otherwise one key; `precision` is set where the
    precision is not compared, `precisions` where each side has its own beside its GPU, `engines` where each
    side has its own beside its version. `redirect`: the text was valid but named by alias, in the other order
    or without its model, so a page would send its reader to `canonical`. Case alone is no other name; pages
    mind it themselves.
    """

    kind: str
    model: str
    hardware: tuple[str, ...]
    precision: str | None
    sides: tuple[str, str]
    canonical: str
    redirect: bool
    precisions: tuple[str, str] | None = None
    engines: tuple[str, str] | None = None

    @property
    def across(self) -> bool:
        """Whether the sides are on different GPUs."""
        return len(self.hardware) > 1


def parse_slug(text: str, catalog: Catalog, kind: str | None = None) -> Slug:
    """A slug of one kind, or of whichever kind fits; `UsageError` says which part is unknown."""
    if len(text) > MAX_LENGTH:
        raise UsageError(f"a slug has at most {MAX_LENGTH} characters; this one has {len(text)}")
    kinds = KINDS if kind is None else (_known_kind(kind),)
    words = _words(catalog)
    for candidate in kinds:
        slug = _parse(text.lower(), words, candidate)
        if slug is not None:
            return slug
    message, corrections = explain(text.lower(), words, kinds)
    parsed = (_parse(correction, words, candidate) for correction in corrections for candidate in kinds)
    raise UsageError(message, tuple(dict.fromkeys(slug.canonical for slug in parsed if slug)))


def build_slug(
    kind: str,
    model: str,
    hardware: str | Sequence[str] | None,
    precision: str | None,
    sides: Sequence[str],
    catalog: Catalog,
) -> Slug:
    """The slug of a comparison given by catalog keys or aliases, in either order.

    `hardware` is ignored for `gpu`, whose sides are the hardware; `precision` counts for
    `spec-decode`, `engine` and `version`, whose sides are `vllm-0.22.1` and the like. `gpu-precision`, whose
    sides are `h200-fp8` and the like, needs neither.
    """
    one = hardware if hardware is None or isinstance(hardware, str) else "-".join(hardware)
    parts = {"hardware": one, "precision": precision}
    between = ORDER[_known_kind(kind)][1 : -len(right_of(kind))]
    left = [model, *(parts.get(word) or "" for word in between), *sides[:1]]
    return parse_slug(f"{'-'.join(left)}-vs-{'-'.join(sides[1:])}", catalog, kind)


_words = lru_cache(maxsize=2)(Words)  # pages of pairs build hundreds of slugs from one catalog


def _parse(text: str, words: Words, kind: str) -> Slug | None:
    if kind == "version":
        return _versioned(text, words)
    found = find_words(text, words, ORDER[kind], right_of(kind))
    if found is None and kind == "gpu":
        bare = find_words(text, words, ("hardware",), ("hardware",))
        found = (LEGACY_MODEL, *bare) if bare else None
    if found is None:
        return None
    if kind == "gpu-precision":
        return _placed(text, words, *found)
    model, *middle, first, second = found
    sides = _ordered(first, second, kind, words.catalog)
    if first == second or (kind == "spec-decode" and sides[1] != NONE):
        return None
    canonical = "-".join([model, *middle, f"{sides[0]}-vs-{sides[1]}"])
    return Slug(
        kind=kind,
        model=model,
        hardware=sides if kind == "gpu" else (middle[0],),
        precision=middle[1] if len(middle) > 1 else None,
        sides=sides,
        canonical=canonical,
        redirect=canonical != text,
    )


def _placed(text: str, words: Words, model: str, *sides: str) -> Slug | None:
    """A GPU with a precision against another; on the same GPU it is a comparison of precisions."""
    a, b = sides[:2], sides[2:]
    if a[0] == b[0]:
        slug = _parse(f"{model}-{a[0]}-{a[1]}-vs-{b[1]}", words, "precision") if a != b else None
        return replace(slug, redirect=True) if slug else None
    a, b = sorted((a, b))
    canonical = f"{model}-{'-'.join(a)}-vs-{'-'.join(b)}"
    return Slug(
        kind="gpu-precision",
        model=model,
        hardware=(a[0], b[0]),
        precision=None,
        sides=("-".join(a), "-".join(b)),
        canonical=canonical,
        redirect=canonical != text,
        precisions=(a[1], b[1]),
    )


def _versioned(text: str, words: Words) -> Slug | None:
    """A version of an engine against another; the second engine is named only where it is another one."""
    left, separator, right = text.partition(SEPARATOR)
    found = match(left, words, ORDER["version"]) if separator else None
    if found is None:
        return None
    model, hardware, precision, engine, version = found
    other = match(right, words, right_of("version")) or (engine, words.key("version", right) or version)
    a, b = sorted(((engine, version), other), key=lambda side: (side[0], by_number(side[1])))
    if a == b:  # or there is no other version
        return None
    place = f"{model}-{hardware}-{precision}"
    canonical = f"{place}-{a[0]}-{a[1]}-vs-{b[1] if a[0] == b[0] else '-'.join(b)}"
    return Slug(
        kind="version",
        model=model,
        hardware=(hardware,),
        precision=precision,
        sides=("-".join(a), "-".join(b)),
        canonical=canonical,
        redirect=canonical != text,
        engines=(a[0], b[0]),
    )


def by_number(version: str) -> list[tuple[float, str]]:
    """What versions are sorted by: `0.5.9`, `0.5.12`; `1.3.0rc14`, `1.3.0`, `1.3.0.post1`."""
    parts = [part for part in re.split(r"([0-9]+)", version) if part]
    return [*map(_rank, parts), (END, "")]


def _rank(part: str) -> tuple[float, str]:
    if part.isdigit():
        return int(part), ""
    return (END - 1 if part.strip(".-_") in BEFORE else END + 0.5), part


def _ordered(first: str, second: str, kind: str, catalog: Catalog) -> tuple[str, str]:
    """Canonical order: precisions by rank (ties keep theirs), `none` last, else by name."""
    if kind == "precision":
        swap = catalog.precision_rank(first) > catalog.precision_rank(second)
    else:
        swap = first == NONE or (first > second and second != NONE)
    return (second, first) if swap else (first, second)


def _known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise UsageError(*unknown("kind of comparison", kind, KINDS))
    return kind
