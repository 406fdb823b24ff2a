"""Configurations that stand on both sides: what is left when all beside the thing compared is held equal."""

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
TOPOLOGY = ("disaggregated", "multinode", "gpus", "prefill_gpus", "decode_gpus", *ROLES)
DRAFTING = ("spec_method", "spec_draft_tokens", "spec_acceptance_length", "spec_acceptance")
# Those that would rather be held equal come first: where not all can be, the others give way.
ORDER = (
    *("lengths", "engine", *DRAFTING, *TOPOLOGY, "precision", "hardware"),
    *("weight_format", "activation_format", "kv_format", "engine_version", "checkpoint"),
    *("offload", "image", "image_digest", "flags"),
)
FIELDS = tuple(dict.fromkeys((*ORDER, *(name for name in RECIPE_FIELDS if name != "model"))))
Groups = tuple[Sequence[Point], Sequence[Point]]


class Matching(msgspec.Struct, frozen=True):
    """In which `fields` both sides are held equal.

    `apart` are those that differ and in which they cannot be as well: no values in common, or only at speeds
    that do not overlap.
    """

    fields: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


NO_MATCHING = Matching()


def matchable(dimension: Dimension) -> tuple[str, ...]:
    """Fields that sides of this dimension can be held equal in: all but what is compared or goes with it."""
    compared = {*dimension.attributes, *dimension.implied, *dimension.carriers}
    return tuple(name for name in FIELDS if name not in compared)


def matched(groups: Groups, fields: Sequence[str]) -> tuple[list[Point], list[Point]]:
    """Of each side the points whose values of all `fields` some point of the other side has, too.

    What neither says counts as equal, as it does among the differences.
    """
    keys = [[_key(point, fields) for point in group] for group in groups]
    common = set(keys[0]).intersection(keys[1])
    a, b = (
        [point for point, key in zip(group, own, strict=True) if key in common]
        for group, own in zip(groups, keys, strict=True)
    )
    return a, b


def most(groups: Groups, names: Iterable[str]) -> Matching:
    """As many of the fields `names` as can be held equal at once, earlier ones first, so that both sides
    still share a range of speeds. Fields that have one value everywhere are equal by themselves.
    """
    fields: list[str] = []
    apart: list[str] = []
    for name in names:
        if len({_value(point, name) for group in groups for point in group}) < 2:
            continue
        (fields if _share(matched(groups, [*fields, name])) else apart).append(name)
    return Matching(tuple(fields), tuple(apart))


def same(fields: Sequence[str], beside: Sequence[str] = ()) -> str:
    """`the same topology and flags`"""
    return f"the same {named(fields, beside)}"


def equal(fields: Sequence[str]) -> str:
    """The same for a sentence that has no room for many: `equal topology`, `equal configurations`."""
    told = named(fields)
    return "equal configurations" if "," in told else f"equal {told}"


def named(fields: Sequence[str], beside: Sequence[str] = ()) -> str:
    """Fields in words, several of how GPUs are used or of drafting in one: `topology and engine version`.

    `beside`: other fields in the same sentence, which must not be called the same.
    """
    found: list[str] = []
    for name in fields:
        if "gpus" in fields and name in ("prefill_gpus", "decode_gpus"):
            continue
        group = next((g for g in (TOPOLOGY, DRAFTING) if name in _of_roles(g)), (name,))
        own = _of_roles(group)
        if sum(other in own for other in fields) < 2 or any(other in own for other in beside):
            found.append(words.field(name))
        else:
            found.append("topology" if group is TOPOLOGY else words.field(DRAFTING[0]))
    return words.join(list(dict.fromkeys(found)))


def _of_roles(group: Sequence[str]) -> set[str]:
    """With the fields of each role."""
    return {*group, *(f"{role}_{name}" for role in ("prefill", "decode") for name in group if name in ROLES)}


def _share(groups: Groups) -> bool:
    """Whether speeds of both sides overlap."""
    a, b = (measured_range([point.interactivity for point in group]) for group in groups)
    return a is not None and b is not None and max(a[0], b[0]) < min(a[1], b[1])


def _key(point: Point, fields: Sequence[str]) -> tuple[Hashable, ...]:
    return tuple(_value(point, name) for name in fields)


def _value(point: Point, name: str) -> Hashable:
    recipe = point.recipe
    if name == "lengths":
        return point.workload.kind
    if name in ROLES:
        return getattr(recipe, f"prefill_{name}"), getattr(recipe, f"decode_{name}")
    value: Hashable = getattr(recipe, name)
    return value
