"""The comparisons next to one: another model, GPU, precision or side, all else as alike as data allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isoline.ask.pairs import Pair
from isoline.domain.slugs import Slug
from isoline.errors import NoDataError

PARTS = ("model", "hardware", "precision", "a", "b")
Known = Mapping[str, Sequence[tuple[Pair, Slug]]]  # by kind


@dataclass(frozen=True, slots=True)
class Selector:
    """One part of what is compared: its value now and those that lead to a comparison with data."""

    part: str
    now: str
    options: tuple[str, ...]


def selectors(slug: Slug, known: Known) -> list[Selector]:
    """Model; GPU and precision where they are not compared; both sides."""
    same = [other for _, other in known[slug.kind]]
    found = [Selector("model", slug.model, _sorted({o.model for o in same}, slug.model))]
    same = [o for o in same if o.model == slug.model]
    if not slug.across:
        options = {o.hardware[0] for o in same}
        found.append(Selector("hardware", slug.hardware[0], _sorted(options, slug.hardware[0])))
        same = [o for o in same if o.hardware == slug.hardware]
    if slug.precision:
        options = {o.precision for o in same if o.precision}
        found.append(Selector("precision", slug.precision, _sorted(options, slug.precision)))
        same = [o for o in same if o.precision == slug.precision]
    sides = {side for o in same for side in o.sides}
    for part, now, other in zip(("a", "b"), slug.sides, reversed(slug.sides), strict=True):
        found.append(Selector(part, now, _sorted(sides - {other}, now)))
    return found


def sibling(slug: Slug, wanted: Mapping[str, str], known: Known) -> Slug:
    """The comparison with what `wanted` changes, and as much of the rest as there is data for."""
    changed = {part: key for part, key in wanted.items() if key and key != _part(slug, part)}
    fitting = [
        (pair, other)
        for pair, other in known[slug.kind]
        if all(_has(other, part, key) for part, key in changed.items())
    ]
    if not fitting:
        words = ", ".join(f"{part} {key}" for part, key in changed.items())
        raise NoDataError(f"no comparison like {slug.canonical} has data with {words}")
    kept = {side for part, side in zip(("a", "b"), slug.sides, strict=True) if part not in changed}
    return max(fitting, key=lambda found: (_alike(found[1], slug, kept), min(found[0].points)))[1]


def _part(slug: Slug, part: str) -> str | None:
    return {
        "model": slug.model,
        "hardware": slug.hardware[0],
        "precision": slug.precision,
        "a": slug.sides[0],
        "b": slug.sides[1],
    }[part]


def _has(slug: Slug, part: str, key: str) -> bool:
    return key in slug.sides if part in ("a", "b") else key == _part(slug, part)


def _alike(other: Slug, slug: Slug, kept: set[str]) -> int:
    same = [other.model == slug.model, other.hardware == slug.hardware, other.precision == slug.precision]
    return sum(same) * 2 + len(kept & {*other.sides})


def _sorted(keys: set[str], now: str) -> tuple[str, ...]:
    return tuple(sorted(keys | {now}))
