"""The dimensions two sides can differ in; a new one is a row here and a slug grammar."""

from __future__ import annotations

from dataclasses import dataclass

from isoline.domain.catalog import Catalog
from isoline.domain.point import Coverage
from isoline.domain.recipe import Recipe
from isoline.domain.slugs import Slug


@dataclass(frozen=True, slots=True)
class Dimension:
    """`attributes` are the recipe fields compared; `implied` fields differ with them by nature.

    `carriers` need not, and are shown, but are what is compared rather than something beside it: weights of
    another precision are another checkpoint.

    `noun` is used in sentences, `caveat` closes the narrative, after `uneven` unless sides are held equal.
    """

    kind: str
    attributes: tuple[str, ...]
    implied: frozenset[str]
    noun: str
    caveat: str
    carriers: frozenset[str] = frozenset()
    uneven: str = ""

    def side(self, row: Recipe | Coverage) -> str:
        """The side, as slugs name it, that a recipe is of: `fp4`, `h200-fp8`, `vllm-0.22.1`."""
        first, *others = self.attributes
        found: str = getattr(row, first)
        if not others:
            return found
        return "-".join((found, *((getattr(row, name) or UNKNOWN).lower() for name in others)))


UNKNOWN = "unknown"  # of what a recipe does not say
_AS_SUBMITTED = "Each GPU runs the engine and topology that were submitted for it, not the same ones."
DIMENSIONS = {
    d.kind: d
    for d in (
        Dimension(
            "precision",
            ("precision",),
            frozenset({"weight_format", "activation_format"}),
            "precision",
            "Fewer bits can cost answer quality, which no speed shows.",
            carriers=frozenset({"checkpoint"}),
        ),
        Dimension(
            "gpu",
            ("hardware",),
            frozenset(),
            "GPU",
            "",
            uneven=_AS_SUBMITTED,
        ),
        Dimension(
            "spec-decode",
            ("spec_method",),
            frozenset({"spec_draft_tokens", "spec_acceptance_length", "spec_acceptance"}),
            "speculative decoding",
            "What speculative decoding gains depends on how often drafts are accepted, "
            "hence on the text; random prompts need not resemble yours.",
        ),
        Dimension(
            "engine",
            ("engine",),
            frozenset({"engine_version", "image", "image_digest", "flags"}),
            "engine",
            "Engines are compared as they were tuned for the benchmark, version by version.",
        ),
        Dimension(
            "gpu-precision",
            ("hardware", "precision"),
            frozenset({"weight_format", "activation_format"}),
            "GPU and precision",
            "Fewer bits can cost answer quality, which no speed shows.",
            carriers=frozenset({"checkpoint"}),
            uneven=_AS_SUBMITTED,
        ),
        Dimension(
            "version",
            ("engine", "engine_version"),
            frozenset({"image", "image_digest"}),
            "engine version",
            "A version is compared as it was served: recipes may have been tuned between the two.",
        ),
    )
}


def dimension_of(slug: Slug) -> Dimension:
    """What a comparison is told as: GPUs at one precision, however they are named, are compared as GPUs."""
    one = slug.precisions is not None and len(set(slug.precisions)) == 1
    return DIMENSIONS["gpu" if one else slug.kind]


def side_of(kind: str, row: Recipe | Coverage) -> str:
    """Which side of a comparison of this kind a recipe is of."""
    return DIMENSIONS[kind].side(row)


def label_of(slug: Slug, key: str, catalog: Catalog) -> str:
    """What a side of this comparison is called: versions of one engine by their number alone."""
    one = one_engine(slug)
    if one is None:
        return side_label(slug.kind, key, slug.model, catalog)
    versions = [side.removeprefix(f"{one}-") for side in slug.sides]
    written = any(version[0] == "v" for version in versions)  # as their engine writes them
    version = key.removeprefix(f"{one}-")
    return f"v{version}" if version[0].isdigit() and not written else version


def one_engine(slug: Slug) -> str | None:
    """The engine whose versions are compared, if it is one."""
    return slug.engines[0] if slug.engines and len(set(slug.engines)) == 1 else None


def side_label(kind: str, key: str, model: str, catalog: Catalog) -> str:
    """What a side is called in tables, charts and sentences, where nothing else says what is compared."""
    if kind == "precision":
        return catalog.precision_label(key)
    if kind == "gpu":
        return catalog.hardware_label(key)
    if kind == "engine":
        return catalog.engine_label(key)
    if kind == "version":
        engine = max((name for name in catalog.engines if key.startswith(f"{name}-")), key=len)
        return f"{catalog.engine_label(engine)} {key.removeprefix(f'{engine}-')}"
    if kind == "gpu-precision":
        parts = ((key.removesuffix(f"-{name}"), name) for name in catalog.precisions)
        hardware, precision = next(part for part in parts if part[0] in catalog.hardware)
        return f"{catalog.hardware_label(hardware)} {catalog.precision_label(precision)}"
    return "no spec decode" if key == "none" else catalog.spec_label(key, model)
