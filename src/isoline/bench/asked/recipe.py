"""What is declared of a deployment, and what its server says -> the `Recipe` of its points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from isoline.bench.asked.spec import SpecProblem
from isoline.domain.declared import RecipeProblem, recipe_fields, with_gpus
from isoline.domain.point import MEASURED, SIMULATED
from isoline.domain.recipe import Recipe, Scalar
from isoline.errors import unknown
from isoline.measure.engines.identity import UNKNOWN, Identity, verify

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

_UNKNOWN = "unknown"
_REQUIRED = ("model", "hardware", "engine", "precision", "spec_method")
NOBODY = Identity(_UNKNOWN)


@dataclass(slots=True)
class Declared:
    """A recipe, and what had to be assumed for it, in words."""

    recipe: Recipe
    notes: list[str] = field(default_factory=list)
    status: str = MEASURED


def declare(
    values: Mapping[str, object],
    served: str,
    catalog: Catalog,
    identity: Identity = NOBODY,
    *,
    model: str | None = None,
    tokens: int | None = None,
) -> Declared:
    """`values` are recipe fields by name, `served` the name that requests ask for.

    What the server says of itself fills what is not declared, and must not contradict it: that is an
    `EngineError`. `model` and `tokens` are verified, too (see `verify`). A simulated server is what it says.
    """
    fields = _fields(values, catalog)
    given = Recipe(**{**dict.fromkeys(_REQUIRED, _UNKNOWN), **fields})  # type: ignore[arg-type]
    found = Declared(verify(given, identity, catalog, model=model, tokens=tokens))
    _name_model(found, served, catalog)
    if identity.simulated is not None:
        found.status = SIMULATED
        found.notes += _simulated(identity.simulated)
    found.recipe = msgspec.structs.replace(
        found.recipe,
        checkpoint=found.recipe.checkpoint or (served if identity.simulated is None else None),
        spec_method=_spec_method(found, identity),
    )
    _place(found)
    _count_gpus(found)
    return found


def _fields(values: Mapping[str, object], catalog: Catalog) -> dict[str, Scalar]:
    """Checked values by recipe column; an orchestrator's name says whether prefill is apart."""
    try:
        fields = recipe_fields(values, catalog)
    except RecipeProblem as problem:
        raise SpecProblem(("recipe", problem.key), str(problem), problem.suggestions) from None
    if "engine" in fields:
        apart = fields.get("disaggregated")
        name = str(values["engine"])
        _known("engine", name.lower(), catalog.names.engines)
        fields["engine"], fields["disaggregated"] = catalog.resolve_engine(
            name, apart if isinstance(apart, bool) else None
        )
    if "spec_method" in fields:
        _known("spec_method", str(fields["spec_method"]), catalog.spec_methods)
    return fields


def _known(kind: str, name: str, names: Mapping[str, object]) -> None:
    if name not in names:
        raise SpecProblem(("recipe", kind), *unknown(kind, name, names, "--catalog FILE adds your own"))


def _name_model(found: Declared, served: str, catalog: Catalog) -> None:
    if found.recipe.model not in UNKNOWN:
        return
    key = catalog.resolve_model(None, served)
    row = (catalog.model_for_db_key(key) if key else None) or catalog.find_model(served.split("/")[-1])
    if row is None:
        words = "is not in the catalog; --recipe model=… names it, --catalog FILE adds it"
        found.notes.append(f"model {served!r} {words}")
    name = row.key if row else served.rstrip("/").split("/")[-1].lower()
    found.recipe = msgspec.structs.replace(found.recipe, model=name)


def _spec_method(found: Declared, identity: Identity) -> str:
    if found.recipe.spec_method not in UNKNOWN:
        return found.recipe.spec_method
    if not identity.speculates:
        return "none"
    found.notes.append("the server drafts tokens; --recipe spec_method=… says by which method")
    return _UNKNOWN


def _place(found: Declared) -> None:
    names = ("hardware", "precision", "engine")
    if missing := [name for name in names if getattr(found.recipe, name) == _UNKNOWN]:
        asked = ",".join(f"{name}=…" for name in missing)
        found.notes.append(f"isoline compare cannot place these points without --recipe {asked}")


def _count_gpus(found: Declared) -> None:
    """GPUs follow from tp x pp x workers where they are not known; else one is assumed."""
    recipe = found.recipe
    if recipe.gpus is not None:
        return
    if recipe.disaggregated:
        raise SpecProblem(("recipe",), "a disaggregated deployment needs prefill_gpus and decode_gpus")
    if recipe.decode_tp is None and recipe.hardware != _UNKNOWN:
        found.notes.append("one GPU is assumed; --recipe gpus=N says how many serve")
    fields = with_gpus({**dict(recipe.items()), "decode_tp": recipe.decode_tp or 1})
    count = fields["decode_gpus"]
    found.recipe = msgspec.structs.replace(recipe, prefill_gpus=count, decode_gpus=count)


def _simulated(speed: float) -> list[str]:
    notes = ["the server is simulated: its points are stored as simulated, with the recipe it declares"]
    if speed != 1.0:
        notes.append(f"it runs {speed:g} times as fast as real time, and so do all figures")
    return notes
