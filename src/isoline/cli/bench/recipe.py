"""What the user declares about the deployment -> a `Recipe`, every name looked up in the catalog."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from isoline.cli.bench.spec import SpecProblem
from isoline.domain.catalog import Catalog
from isoline.domain.point import MEASURED, SIMULATED
from isoline.domain.recipe import RECIPE_FIELDS, Recipe
from isoline.errors import InputError, UsageError
from isoline.measure.identity import Identity

_BOTH = ("tp", "pp", "ep", "dp_attention", "workers", "gpus")  # of an aggregated deployment
_TYPES = {name: str(kind).removesuffix(" | None") for name, kind in Recipe.__annotations__.items()}
UNKNOWN = "unknown"


@dataclass(slots=True)
class Declared:
    """A recipe, and what had to be assumed for it, in words."""

    recipe: Recipe
    notes: list[str] = field(default_factory=list)
    status: str = MEASURED


def parse_pairs(text: str, option: str) -> dict[str, str]:
    """`a=1,b=2` -> a mapping."""
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise UsageError(f"{option}: {part!r} is not KEY=VALUE")
        pairs[name.strip()] = value.strip()
    return pairs


def declare(
    values: Mapping[str, object], served: str, catalog: Catalog, identity: Identity | None = None
) -> Declared:
    """`values` are recipe fields, with tp, pp, ep, workers, gpus for both prefill and decode.

    What the server says of itself fills what is not declared; a simulated server is what it says.
    """
    identity = identity or Identity()
    if identity.simulated is not None:
        return _simulated(identity.simulated)
    fields = _fields(values)
    if identity.version and "engine" in fields:
        fields.setdefault("engine_version", identity.version)
    found = Declared(Recipe("", "", "", ""))
    engine = str(fields.get("engine", UNKNOWN))
    if "engine" in fields:
        _known("engine", engine.lower(), catalog.names.engines)
        engine, fields["disaggregated"] = catalog.resolve_engine(engine, _flag(fields.get("disaggregated")))
    fields.setdefault("checkpoint", served)
    fields |= {
        "model": _model(fields.get("model"), served, catalog, found.notes),
        "hardware": _hardware(fields.get("hardware"), catalog),
        "engine": engine,
        "precision": _precision(fields.get("precision"), catalog),
        "spec_method": _spec_method(fields.get("spec_method"), catalog),
    }
    missing = [name for name in ("hardware", "precision", "engine") if fields[name] == UNKNOWN]
    if missing:
        asked = ",".join(f"{name}=…" for name in missing)
        found.notes.append(f"isoline compare cannot place these points without --recipe {asked}")
    found.recipe = _with_gpus(msgspec.convert(fields, Recipe), found.notes)
    return found


def _simulated(told: Mapping[str, object]) -> Declared:
    """The recipe that a simulated engine declares: whatever the user says, it is no measurement."""
    try:
        recipe = msgspec.convert(told.get("recipe"), Recipe)
    except msgspec.ValidationError as error:
        raise InputError(f"the simulated server declares a recipe that cannot be read: {error}") from None
    notes = ["the server is simulated: its points are stored as simulated, with the recipe it declares"]
    if told.get("speed", 1.0) != 1.0:
        notes.append(f"it runs {told['speed']} times as fast as real time, and so do all figures")
    return Declared(recipe, notes, SIMULATED)


def _fields(values: Mapping[str, object]) -> dict[str, object]:
    """Checked values by recipe column; those of both phases twice."""
    known = (*RECIPE_FIELDS, *_BOTH)
    fields: dict[str, object] = {}
    for name, value in values.items():
        if name not in known:
            close = tuple(difflib.get_close_matches(name, known))
            rest = "" if close else f"; known are {', '.join(sorted(known))}"
            raise SpecProblem(("recipe", name), f"there is no recipe field {name!r}{rest}", close)
        columns = (f"prefill_{name}", f"decode_{name}") if name in _BOTH else (name,)
        fields |= dict.fromkeys(columns, _as(_TYPES[columns[-1]], name, value))
    return fields


def _as(kind: str, name: str, value: object) -> object:
    """A value from text or YAML as its field's type."""
    try:
        if kind == "bool":
            return {"true": True, "false": False}[str(value).lower()]
        if kind in ("int", "float"):
            number = {"int": int, "float": float}[kind](str(value))
            if number < (1 if kind == "int" else 0):
                raise ValueError
            return number
    except (KeyError, ValueError):
        words = {"bool": "true or false", "int": "a whole number above 0", "float": "a number"}[kind]
        raise SpecProblem(("recipe", name), f"{name} must be {words}, not {value!r}") from None
    return str(value)


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _known(kind: str, name: str, names: Mapping[str, object]) -> None:
    if name not in names:
        raise SpecProblem(
            ("recipe", kind),
            f"there is no {kind} {name!r} in the catalog; --catalog FILE adds your own",
            tuple(difflib.get_close_matches(name, names)) or tuple(sorted(names))[:6],
        )


def _model(declared: object, served: str, catalog: Catalog, notes: list[str]) -> str:
    if declared is not None:
        name = str(declared).lower()
        _known("model", name, catalog.names.models)
        return catalog.names.models[name]
    key = catalog.resolve_model(None, served)
    found = (catalog.model_for_db_key(key) if key else None) or catalog.find_model(served.split("/")[-1])
    if found is not None:
        return found.key
    notes.append(f"model {served!r} is not in the catalog; --recipe model=… names it, --catalog FILE adds it")
    return served.split("/")[-1].lower()


def _hardware(declared: object, catalog: Catalog) -> str:
    if declared is None:
        return UNKNOWN
    found = catalog.resolve_hardware(str(declared))
    if found is None:
        _known("hardware", str(declared).lower(), catalog.hardware)
    return found or UNKNOWN


def _precision(declared: object, catalog: Catalog) -> str:
    if declared is None:
        return UNKNOWN
    name = catalog.resolve_precision(str(declared))
    _known("precision", name, catalog.precisions)
    return name


def _spec_method(declared: object, catalog: Catalog) -> str:
    name = catalog.resolve_spec_method(declared)
    _known("spec_method", name, catalog.spec_methods)
    return name


def _with_gpus(recipe: Recipe, notes: list[str]) -> Recipe:
    """GPUs follow from tp x pp x workers where they are not declared; else one is assumed."""
    if recipe.gpus is not None:
        return recipe
    if recipe.disaggregated:
        raise SpecProblem(("recipe",), "a disaggregated deployment needs prefill_gpus and decode_gpus")
    count = (recipe.decode_tp or 1) * (recipe.decode_pp or 1) * (recipe.decode_workers or 1)
    if recipe.decode_tp is None and recipe.hardware != UNKNOWN:
        notes.append("one GPU is assumed; --recipe gpus=N says how many serve")
    return msgspec.structs.replace(recipe, prefill_gpus=count, decode_gpus=count)
