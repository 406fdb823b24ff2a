"""What differs between two sides besides the thing compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isoline.analyse.comparison import Difference
from isoline.analyse.dimensions import Dimension
from isoline.domain.point import Point
from isoline.domain.recipe import RECIPE_FIELDS, Recipe

SHOWN_VALUES = 4  # longer sets are counted, not spelled out
LONG_VALUE = 24  # of long values (image names) two are spelled out, more are counted


@dataclass(frozen=True, slots=True)
class Declared:
    """A recipe that is known to stand behind a side without points of its own (published pages)."""

    recipe: Recipe
    concurrencies: tuple[int, ...] = ()


def differences(
    dimension: Dimension,
    sides: tuple[Sequence[Point], Sequence[Point]],
    declared: tuple[Sequence[Declared], Sequence[Declared]] = ((), ()),
) -> tuple[Difference, ...]:
    """Fields whose sets of values differ between the sides; nothing if a side is empty.

    A field that a side says nothing about is compared as "not recorded": not knowing is a difference
    too, if the other side knows.
    """
    a, b = (_facts(points, known) for points, known in zip(sides, declared, strict=True))
    if not a or not b:
        return ()
    # Aggregated deployments carry their one role twice; one row is enough.
    two_roles = True in a["disaggregated"] | b["disaggregated"]
    skipped = dimension.implied | {dimension.attribute, "model"}
    if not two_roles:
        skipped |= {name for name in a if name.startswith("prefill_")} | {"decode_gpus"}
    return tuple(
        Difference(name if two_roles else name.removeprefix("decode_"), _words(a[name]), _words(b[name]))
        for name in a
        if name not in skipped and a[name] != b[name]
    )


def recipes(points: Iterable[Point], declared: Iterable[Declared] = ()) -> tuple[Recipe, ...]:
    """The distinct recipes of a side, in order of appearance."""
    return tuple(dict.fromkeys([*(d.recipe for d in declared), *(p.recipe for p in points)]))


def _facts(points: Sequence[Point], declared: Sequence[Declared]) -> dict[str, frozenset[object]]:
    """Values by field; declared recipes replace those of the points, which do not know theirs."""
    behind = recipes((), declared) if declared else recipes(points)
    if not behind:
        return {}
    facts: dict[str, frozenset[object]] = {}
    for name in RECIPE_FIELDS:
        facts[name] = frozenset(getattr(recipe, name) for recipe in behind)
        if name == "multinode":
            facts["gpus"] = frozenset(recipe.gpus for recipe in behind)
    loads = [c for d in declared for c in d.concurrencies]
    return facts | {
        "concurrency": frozenset([_span(loads or [p.concurrency for p in points if p.concurrency])]),
        "date": frozenset([_span([p.date for p in points if p.date])]),
    }


def _span(values: Sequence[int] | Sequence[str]) -> str:
    if not values:
        return "not recorded"
    first, last = min(values), max(values)
    return str(first) if first == last else f"{first} to {last}"


def _words(values: frozenset[object]) -> str:
    known = sorted((v for v in values if v is not None), key=lambda v: (isinstance(v, str), v))
    words = [("yes" if v else "no") if isinstance(v, bool) else str(v) for v in known]
    if len(words) > 2 and max(map(len, words)) > LONG_VALUE:
        words = [f"{len(words)} different"]
    if len(words) > SHOWN_VALUES:
        words = [*words[:SHOWN_VALUES], f"{len(words) - SHOWN_VALUES} more"]
    if None in values:
        words.append("not recorded")
    return ", ".join(words) if words else "not recorded"
