"""One configuration that both sides have: what is left when all beside the thing compared is held equal."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import msgspec

from isoline.analyse import words
from isoline.analyse.defaults import measured_range
from isoline.analyse.dimensions import Dimension
from isoline.domain.point import Point
from isoline.domain.recipe import RECIPE_FIELDS

ALL = "all"  # as many fields as both sides can be held equal in
ROLES = ("tp", "pp", "ep", "dp_attention", "workers")  # of both roles where they are apart
ROLE_GPUS = ("prefill_gpus", "decode_gpus")  # say nothing beside `gpus` where there is but one role
TOPOLOGY = ("disaggregated", "multinode", "gpus", *ROLE_GPUS, *ROLES)
DRAFTING = ("spec_method", "spec_draft_tokens", "spec_acceptance_length", "spec_acceptance")
# Those that would rather be held equal come first: where not all can be, the others give way.
ORDER = (
    *("lengths", *DRAFTING, "engine", *TOPOLOGY, "precision", "hardware"),
    *("weight_format", "activation_format", "kv_format", "engine_version", "checkpoint"),
    *("offload", "image", "image_digest", "flags"),
)
FIELDS = tuple(dict.fromkeys((*ORDER, *(name for name in RECIPE_FIELDS if name != "model"))))
FEW = 2  # fields that a headline names
Groups = tuple[Sequence[Point], Sequence[Point]]


class Matching(msgspec.Struct, frozen=True):
    """In which `fields` both sides are held equal: all of their points have the same values of them.

    `apart` are other fields of which those points have more than one value: what is left may differ in them.
    """

    fields: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


NO_MATCHING = Matching()


def matchable(dimension: Dimension) -> tuple[str, ...]:
    """Fields that sides of this dimension can be held equal in: all but what is compared or goes with it."""
    compared = {*dimension.attributes, *dimension.implied, *dimension.carriers}
    return tuple(name for name in FIELDS if name not in compared)


def matched(groups: Groups, fields: Sequence[str]) -> tuple[list[Point], list[Point]]:
    """The points of both sides that have the same values of all `fields`: of the values on both sides those
    with most points on the side that has fewer, where speeds of both sides overlap if they do anywhere.

    What neither says counts as equal, as it does among the differences.
    """
    a, b = (_by_key(group, fields) for group in groups)
    pairs = [(a[key], b[key]) for key in a if key in b]
    return max(pairs, key=_worth, default=([], []))


def most(groups: Groups, names: Iterable[str]) -> tuple[str, ...]:
    """Which of the fields `names` are held equal when each is tried after the one before it: it gives way if
    no values of it and of those held already have speeds of both sides that overlap. Fields that have one
    value everywhere are equal by themselves.
    """
    fields: list[str] = []
    for name in names:
        if len(_values(groups, name)) > 1 and _overlap(matched(groups, [*fields, name])):
            fields.append(name)
    return tuple(fields)


def left(groups: Groups, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the fields `names` of which these points have more than one value."""
    return tuple(name for name in names if len(_values(groups, name)) > 1)


def shares_values(groups: Groups, fields: Sequence[str]) -> bool:
    """Whether some values of all `fields` are on both sides, whatever the speeds."""
    return all(matched(groups, fields))


def same(fields: Sequence[str], beside: Sequence[str] = ()) -> str:
    """`the same topology and flags`"""
    return f"the same {named(fields, beside)}"


def headline(matching: Matching) -> str:
    """For a sentence that has no room for many: `with equal topology`, `equal but for image`."""
    told, apart = _names(matching.fields, matching.apart), _names(matching.apart, matching.fields)
    if len(told) <= FEW:
        return f"with equal {words.join(told)}"
    if not apart:
        return "with equal configurations"
    return f"equal but for {words.join(apart)}" if len(apart) <= FEW else f"equal in {len(told)} fields"


def named(fields: Sequence[str], beside: Sequence[str] = ()) -> str:
    """Fields in words, several of how GPUs are used or of drafting in one: `topology and engine version`.

    `beside`: other fields in the same sentence, which must not be called the same.
    """
    return words.join(_names(fields, beside))


def _names(fields: Sequence[str], beside: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in fields:
        if "gpus" in fields and name in ROLE_GPUS:
            continue
        group = next((g for g in (TOPOLOGY, DRAFTING) if name in _of_roles(g)), (name,))
        own = _of_roles(group)
        if sum(other in own for other in fields) < 2 or any(other in own for other in beside):
            found.append(words.field(name))
        else:
            found.append("topology" if group is TOPOLOGY else words.field(DRAFTING[0]))
    return list(dict.fromkeys(found))


def _of_roles(group: Sequence[str]) -> set[str]:
    """With the fields of each role."""
    return {*group, *(f"{role}_{name}" for role in ("prefill", "decode") for name in group if name in ROLES)}


def _worth(groups: Groups) -> tuple[bool, int, int]:
    a, b = groups
    return _overlap(groups), min(len(a), len(b)), len(a) + len(b)


def _overlap(groups: Groups) -> bool:
    """Whether speeds of both sides overlap."""
    a, b = (measured_range([point.interactivity for point in group]) for group in groups)
    return a is not None and b is not None and max(a[0], b[0]) < min(a[1], b[1])


def _values(groups: Groups, name: str) -> set[Hashable]:
    return {_value(point, name) for group in groups for point in group}


def _by_key(points: Sequence[Point], fields: Sequence[str]) -> dict[tuple[Hashable, ...], list[Point]]:
    found: dict[tuple[Hashable, ...], list[Point]] = {}
    for point in points:
        found.setdefault(tuple(_value(point, name) for name in fields), []).append(point)
    return found


def _value(point: Point, name: str) -> Hashable:
    recipe = point.recipe
    if name == "lengths":
        return point.workload.kind
    if name in ROLES:
        return getattr(recipe, f"prefill_{name}"), getattr(recipe, f"decode_{name}")
    value: Hashable = getattr(recipe, name)
    return value
