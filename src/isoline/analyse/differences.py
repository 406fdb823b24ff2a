"""What differs between two sides besides the thing compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import astuple

from isoline.analyse.comparison import Difference, Side
from isoline.analyse.dimensions import Dimension
from isoline.analyse.matching import ROLE_GPUS, ROLES, matchable
from isoline.domain.point import PUBLISHED, Point
from isoline.domain.recipe import RECIPE_FIELDS, Recipe, Scalar

SHOWN_VALUES = 4  # longer sets are counted, not spelled out
LONG_VALUE = 24  # of long values (image names) two are spelled out, more are counted


@dataclass(frozen=True, slots=True)
class Declared:
    """A recipe that is known to stand behind a side without points of its own (published pages)."""

    recipe: Recipe
    concurrencies: tuple[int, ...] = ()


def differences(
    dimension: Dimension,
    sides: tuple[Side, Side],
    declared: tuple[Sequence[Declared], Sequence[Declared]] = ((), ()),
) -> tuple[Difference, ...]:
    """Fields whose sets of values differ between the sides; nothing if a side is empty.

    A field that a side says nothing about is compared as "not recorded": not knowing is a difference
    too, if the other side knows.
    """
    a, b = (_facts(side, known) for side, known in zip(sides, declared, strict=True))
    if not a or not b:
        return ()
    # Aggregated deployments carry their one role twice; one row is enough.
    two_roles = True in a["disaggregated"] | b["disaggregated"]
    known = () if any(declared) or has_published(sides) else matchable(dimension)
    skipped = dimension.implied | {*dimension.attributes, "model"}
    if not two_roles:
        skipped |= {name for name in a if name.startswith("prefill_")} | {"decode_gpus"}
    return tuple(
        Difference(
            name if two_roles else name.removeprefix("decode_"),
            *(_words(a[name]), _words(b[name])),
            compared=name in dimension.carriers,
            shared=name in known and not a[name].isdisjoint(b[name]),
        )
        for name in a
        if name not in skipped and a[name] != b[name]
    )


def held(sides: tuple[Side, Side], fields: Iterable[str]) -> tuple[Difference, ...]:
    """The values of fields in which both sides are held equal."""
    a, b = (_facts(side, ()) for side in sides)
    if not a or not b:
        return ()
    told = fields if True in a["disaggregated"] else [name for name in fields if name not in ROLE_GPUS]
    return tuple(Difference(name, _held(a, name), _held(b, name)) for name in told)


def _held(facts: Mapping[str, frozenset[Scalar]], name: str) -> str:
    """Of a field of both roles that of each, where they differ."""
    if name not in ROLES:
        return _words(facts[name])
    prefill, decode = (_words(facts[f"{role}_{name}"]) for role in ("prefill", "decode"))
    return decode if prefill == decode else f"prefill {prefill}, decode {decode}"


def has_published(sides: Iterable[Side]) -> bool:
    """Whether some points of these sides do not say how they were served."""
    return any(point.status == PUBLISHED for side in sides for point in side.points)


def recipes(points: Iterable[Point], declared: Sequence[Declared] = ()) -> tuple[Recipe, ...]:
    """The distinct recipes of a side, in order of appearance.

    Declared recipes replace those of the points, which do not know theirs.
    """
    behind = [d.recipe for d in declared] or [p.recipe for p in points]
    # Points share recipe objects: hashing all fields once per object is enough.
    return tuple(dict.fromkeys({id(recipe): recipe for recipe in behind}.values()))


def _facts(side: Side, declared: Sequence[Declared]) -> dict[str, frozenset[Scalar]]:
    """Values by field."""
    if not side.recipes:
        return {}
    columns = zip(*map(astuple, side.recipes), strict=True)
    facts: dict[str, frozenset[Scalar]] = {}
    for name, column in zip(RECIPE_FIELDS, columns, strict=True):
        facts[name] = frozenset(column)
        if name == "multinode":
            facts["gpus"] = frozenset(recipe.gpus for recipe in side.recipes)
    loads = [c for d in declared for c in d.concurrencies]
    facts["concurrency"] = frozenset([_span(loads or [p.concurrency for p in side.points if p.concurrency])])
    facts["lengths"] = frozenset({p.workload.kind for p in side.points})
    facts["date"] = frozenset([_span([p.date for p in side.points if p.date])])
    return facts


def _span(values: Sequence[int] | Sequence[str]) -> str:
    if not values:
        return "not recorded"
    first, last = min(values), max(values)
    return str(first) if first == last else f"{first} to {last}"


def _words(values: frozenset[Scalar]) -> str:
    known = [_word(value) for value in sorted(value for value in values if value is not None)]
    if len(known) > 2 and max(map(len, known)) > LONG_VALUE:
        known = [f"{len(known)} different"]
    elif len(known) > SHOWN_VALUES:
        known[SHOWN_VALUES:] = [f"{len(known) - SHOWN_VALUES} more"]
    if None in values or not known:
        known.append("not recorded")
    return ", ".join(known)


def _word(value: Scalar) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)
