"""What a user declares about a deployment: `model=dsr1,hardware=b300,tp=8` -> fields of a `Recipe`.

Names are looked up in the catalog. The short names `tp`, `pp`, `ep`, `dp_attention`, `workers` and
`gpus` stand for both roles of an aggregated deployment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from isoline.domain.recipe import RECIPE_FIELDS, Recipe, Scalar
from isoline.errors import UsageError, unknown

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

ROLES = ("prefill", "decode")
SHORT = {
    name: tuple(f"{role}_{name}" for role in ROLES)
    for name in ("tp", "pp", "ep", "dp_attention", "workers", "gpus")
} | {"spec": ("spec_method",)}
KEYS = (*SHORT, *RECIPE_FIELDS)
MAX_COUNT = 1_000_000  # GPUs, ranks, workers
MAX_TEXT = 2_000
_NEXT = re.compile(r",(?=\s*[a-z_]+\s*=)")  # a value may hold commas: flags, images
_KINDS = {name: str(kind).removesuffix(" | None") for name, kind in Recipe.__annotations__.items()}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class RecipeProblem(UsageError):
    """A declared field that cannot be; `key` is its name as it was declared."""

    def __init__(self, key: str, message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message, suggestions)
        self.key = key


def parse_pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    """`a=1,b=2` -> a mapping; a key that is given twice, or a part that is no pair, is an error."""
    pairs: dict[str, str] = {}
    for part in (part for text in texts for part in _NEXT.split(text)):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not key or not value:
            raise UsageError(f"{option}: {part.strip()!r} is not KEY=VALUE")
        if key in pairs:
            raise UsageError(f"{option}: {key} is given twice; give each key once")
        pairs[key] = value
    return pairs


def parse_recipe(texts: Iterable[str], catalog: Catalog) -> dict[str, Scalar]:
    """The texts of `--recipe` as recipe fields; every error says that option."""
    try:
        return recipe_fields(parse_pairs(texts, "--recipe"), catalog)
    except RecipeProblem as problem:
        raise UsageError(f"--recipe: {problem}", problem.suggestions) from None


def recipe_fields(values: Mapping[str, object], catalog: Catalog) -> dict[str, Scalar]:
    """Values by key, as text or as YAML has them, as recipe fields; a `RecipeProblem` names the key."""
    found: dict[str, Scalar] = {}
    for key, value in values.items():
        if key not in KEYS:
            raise RecipeProblem(key, *unknown("recipe field", key, KEYS, "docs/formats.md lists them"))
        for name in SHORT.get(key, (key,)):
            if name in found:
                raise RecipeProblem(key, f"{name} is declared twice; give each key once")
            found[name] = _resolved(key, name, value, catalog)
    return found


def resolve(name: str, value: Scalar, catalog: Catalog) -> Scalar:
    """A recipe field's value by the catalog's name for it; an unknown one is a `RecipeProblem`."""
    resolver = _RESOLVERS.get(name)
    return resolver(str(value), catalog) if resolver else value


def served_model(served: str, catalog: Catalog) -> str | None:
    """The catalog's key for a model by the name under which it is served."""
    key = catalog.resolve_model(None, served)
    model = catalog.model_for_db_key(key) if key else None
    return model.key if model else None


def with_gpus(fields: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """GPUs that were not declared are ranks x pipeline stages x workers of their role."""
    found = dict(fields)
    for role in ROLES:
        tp = found.get(f"{role}_tp")
        if found.get(f"{role}_gpus") is None and isinstance(tp, int) and tp:
            pp, workers = found.get(f"{role}_pp") or 1, found.get(f"{role}_workers") or 1
            found[f"{role}_gpus"] = tp * int(pp) * int(workers)
    return found


def _resolved(key: str, name: str, value: object, catalog: Catalog) -> Scalar:
    try:
        return resolve(name, _value(key, name, str(value)), catalog)
    except RecipeProblem as problem:
        raise RecipeProblem(key, str(problem), problem.suggestions) from None


def _value(key: str, name: str, text: str) -> Scalar:
    kind = _KINDS[name]
    try:
        if kind == "bool":
            return _TRUTH[text.lower()]
        if kind == "int":
            number = int(text)
            if not 0 < number <= MAX_COUNT:
                raise ValueError(text)
            return number
        if kind == "float":
            return float(text)
    except (KeyError, ValueError):
        wanted = {"bool": "true or false", "int": f"a whole number from 1 to {MAX_COUNT:,}"}
        raise RecipeProblem(key, f"{key} is {text!r}; expected {wanted.get(kind, 'a number')}") from None
    if len(text) > MAX_TEXT or not text.isprintable():
        raise RecipeProblem(key, f"{key} has control characters, or more than {MAX_TEXT:,} characters")
    return text


def _model(text: str, catalog: Catalog) -> str:
    found = catalog.find_model(text)
    key = found.key if found else served_model(text, catalog)
    if key is None:
        raise _absent("model", text, catalog.models)
    return key


def _hardware(text: str, catalog: Catalog) -> str:
    key = catalog.resolve_hardware(text)
    if key is None:
        raise _absent("hardware", text, catalog.hardware)
    return key


def _precision(text: str, catalog: Catalog) -> str:
    key = catalog.resolve_precision(text)
    if key not in catalog.precisions:
        raise _absent("precision", text, catalog.precisions)
    return key


def _absent(kind: str, text: str, known: Iterable[str]) -> RecipeProblem:
    return RecipeProblem(kind, *unknown(kind, text, known, "--catalog FILE adds your own"))


_RESOLVERS: dict[str, Callable[[str, Catalog], str]] = {
    "model": _model,
    "hardware": _hardware,
    "precision": _precision,
    "engine": lambda text, catalog: catalog.resolve_engine(text, None)[0],
    "spec_method": lambda text, catalog: catalog.resolve_spec_method(text),
}
