"""What the user declares about results whose files don't say it: the recipe, the lengths, the date."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from isoline.domain.recipe import RECIPE_FIELDS, Recipe, Scalar
from isoline.domain.sequence import parse_sequence
from isoline.errors import UsageError
from isoline.store.importers.fields import MAX_COUNT, BadRow, clean, iso_date, shown

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

_ROLES = ("prefill", "decode")
# One name for both roles of an aggregated deployment.
_SHORT = {
    name: tuple(f"{role}_{name}" for role in _ROLES)
    for name in ("tp", "pp", "ep", "dp_attention", "workers", "gpus")
} | {"spec": ("spec_method",)}
KEYS = (*_SHORT, *RECIPE_FIELDS)
_NEXT = re.compile(r",(?=\s*[a-z_]+\s*=)")  # a value may hold commas: flags, images
_KINDS = {name: str(kind).removesuffix(" | None") for name, kind in Recipe.__annotations__.items()}
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Declaration:
    """Recipe fields by name, lengths in tokens, ISO date; whatever is absent was not declared."""

    recipe: Mapping[str, Scalar] = field(default_factory=dict)
    isl: int | None = None
    osl: int | None = None
    date: str | None = None

    @classmethod
    def of(
        cls, recipe: Sequence[str], sequence: str | None, date: str | None, catalog: Catalog
    ) -> Declaration:
        """Parsed options; a wrong key, name or value raises `UsageError` with the closest right ones."""
        isl, osl = parse_sequence(sequence) if sequence else (None, None)
        if date is not None and not iso_date(date):
            raise UsageError(f"--date {date!r} is no date; write YYYY-MM-DD")
        return cls(parse_recipe(recipe, catalog), isl, osl, date)


def parse_recipe(texts: Iterable[str], catalog: Catalog) -> dict[str, Scalar]:
    """`model=dsr1,hardware=b300,tp=8` -> fields of a `Recipe`, names resolved through the catalog."""
    found: dict[str, Scalar] = {}
    for text in texts:
        for part in _NEXT.split(text):
            key, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or not value:
                raise UsageError(f"--recipe: {part.strip()!r} is not KEY=VALUE")
            if key not in KEYS:
                close = tuple(difflib.get_close_matches(key, KEYS))
                raise UsageError(f"--recipe: there is no key {key!r}; there is {', '.join(KEYS)}", close)
            for name in _SHORT.get(key, (key,)):
                if name in found:
                    raise UsageError(f"--recipe: {name} is declared twice; give each key once")
                found[name] = _resolve(name, _value(key, name, value), catalog)
    return found


def complete(
    declared: Mapping[str, Scalar], facts: Mapping[str, Scalar], served: str | None, catalog: Catalog
) -> Recipe:
    """The recipe of a row: what was declared and what its file says, which must not contradict.

    `served` is the model's name at the server. What neither says stays unknown; without model,
    hardware, precision or the number of GPUs there is no point, hence a `UsageError`.
    """
    facts = {name: _resolve(name, value, catalog) for name, value in facts.items() if value is not None}
    if served:
        facts.setdefault("checkpoint", clean("model", served))
        if model := _served_model(served, catalog):
            facts["model"] = model
    for name in declared.keys() & facts.keys() - {"checkpoint"}:
        if declared[name] != facts[name]:
            raise BadRow(
                "contradiction",
                f"{name} is declared as {shown(declared[name])}, but the file says {shown(facts[name])}",
            )
    values = _with_gpus({**facts, **declared})
    _refuse_incomplete(values, served)
    engine, disaggregated = catalog.resolve_engine(
        str(values.pop("engine", "unknown")), _optional_bool(values.pop("disaggregated", None))
    )
    return Recipe(**values, engine=engine, disaggregated=disaggregated)  # type: ignore[arg-type]


def _served_model(served: str, catalog: Catalog) -> str | None:
    key = catalog.resolve_model(None, served)
    model = catalog.model_for_db_key(key) if key else None
    return model.key if model else None


def _with_gpus(values: dict[str, Scalar]) -> dict[str, Scalar]:
    """GPUs that were not given are ranks × pipeline stages × workers."""
    for role in _ROLES:
        tp = values.get(f"{role}_tp")
        if values.get(f"{role}_gpus") is None and isinstance(tp, int) and tp:
            pp, workers = values.get(f"{role}_pp") or 1, values.get(f"{role}_workers") or 1
            values[f"{role}_gpus"] = tp * int(pp) * int(workers)
    return values


def _refuse_incomplete(values: Mapping[str, Scalar], served: str | None) -> None:
    missing = [name for name in ("model", "hardware", "precision") if not values.get(name)]
    gpus = [f"{role}_gpus" for role in _ROLES] if values.get("disaggregated") else ["decode_gpus"]
    if not all(values.get(name) for name in gpus):
        missing.append("prefill_gpus and decode_gpus" if len(gpus) > 1 else "gpus (or tp)")
    if missing:
        seen = f" (the file names the model {shown(served)})" if served and "model" in missing else ""
        raise UsageError(
            f"the file does not say {', '.join(missing)}{seen}; add for example "
            f"--recipe {','.join(f'{name.split()[0]}=…' for name in missing)}"
        )


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
        return clean(key, text)
    except (KeyError, ValueError):
        wanted = {"bool": "true or false", "int": f"a whole number from 1 to {MAX_COUNT:,}"}
        raise UsageError(f"--recipe: {key} is {text!r}; expected {wanted.get(kind, 'a number')}") from None
    except BadRow as problem:
        raise UsageError(f"--recipe: {problem}") from None


def _optional_bool(value: Scalar) -> bool | None:
    return None if value is None else bool(value)


def _resolve(name: str, value: Scalar, catalog: Catalog) -> Scalar:
    resolver = _RESOLVERS.get(name)
    return resolver(str(value), catalog) if resolver else value


def _model(text: str, catalog: Catalog) -> str:
    found = catalog.find_model(text)
    key = found.key if found else _served_model(text, catalog)
    if key is None:
        names = {name: key for key in catalog.models for name in (key, catalog.model_label(key).lower())}
        close = difflib.get_close_matches(text.lower(), names)
        raise UsageError(
            f"--recipe: model {text!r} is not in the catalog; add it with --catalog",
            tuple(dict.fromkeys(names[name] for name in close)),
        )
    return key


def _hardware(text: str, catalog: Catalog) -> str:
    key = catalog.resolve_hardware(text)
    if key is None:
        raise UsageError(
            f"--recipe: hardware {text!r} is not in the catalog; add it with --catalog",
            tuple(difflib.get_close_matches(text.lower(), catalog.hardware)) or tuple(catalog.hardware)[:6],
        )
    return key


def _precision(text: str, catalog: Catalog) -> str:
    key = catalog.resolve_precision(text)
    if key not in catalog.precisions:
        raise UsageError(
            f"--recipe: precision {text!r} is not in the catalog; add it with --catalog",
            tuple(difflib.get_close_matches(key, catalog.precisions)) or tuple(catalog.precisions)[:8],
        )
    return key


_RESOLVERS: dict[str, Callable[[str, Catalog], str]] = {
    "model": _model,
    "hardware": _hardware,
    "precision": _precision,
    "engine": lambda text, catalog: catalog.resolve_engine(text, None)[0],
    "spec_method": lambda text, catalog: catalog.resolve_spec_method(text),
}


def check_length(name: str, declared: int, mean: float | None) -> None:
    """A declared length that the mean of the requests denies raises `BadRow`.

    Tools draw lengths from a range below the nominal one, so the mean may be well below it.
    """
    if mean is not None and not 0.4 * declared <= mean <= 1.25 * declared:
        raise BadRow(
            "contradiction", f"{name} is declared as {declared}, but the mean of the requests is {mean:.1f}"
        )
