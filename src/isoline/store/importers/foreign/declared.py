"""What the user declares about results whose files don't say it: the recipe, the lengths, the date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from isoline.domain.declared import ROLES, RecipeProblem, parse_recipe, resolve, served_model, with_gpus
from isoline.domain.recipe import Recipe, Scalar
from isoline.domain.sequence import parse_sequence
from isoline.errors import UsageError
from isoline.store.importers.fields import BadRow, clean, iso_date, shown

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog


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


def complete(
    declared: Mapping[str, Scalar], facts: Mapping[str, Scalar], served: str | None, catalog: Catalog
) -> Recipe:
    """The recipe of a row: what was declared and what its file says, which must not contradict.

    `served` is the model's name at the server. What neither says stays unknown; without model,
    hardware, precision or the number of GPUs there is no point, hence a `UsageError`.
    """
    facts = {name: _resolved(name, value, catalog) for name, value in facts.items() if value is not None}
    if served:
        facts.setdefault("checkpoint", clean("model", served))
        if model := served_model(served, catalog):
            facts["model"] = model
    for name in declared.keys() & facts.keys() - {"checkpoint"}:
        if declared[name] != facts[name]:
            raise BadRow(
                "contradiction",
                f"{name} is declared as {shown(declared[name])}, but the file says {shown(facts[name])}",
            )
    values = with_gpus({**facts, **declared})
    _refuse_incomplete(values, served)
    engine, disaggregated = catalog.resolve_engine(
        str(values.pop("engine", "unknown")), _optional_bool(values.pop("disaggregated", None))
    )
    return Recipe(**values, engine=engine, disaggregated=disaggregated)  # type: ignore[arg-type]


def _refuse_incomplete(values: Mapping[str, Scalar], served: str | None) -> None:
    missing = [name for name in ("model", "hardware", "precision") if not values.get(name)]
    gpus = [f"{role}_gpus" for role in ROLES] if values.get("disaggregated") else ["decode_gpus"]
    if not all(values.get(name) for name in gpus):
        missing.append("prefill_gpus and decode_gpus" if len(gpus) > 1 else "gpus (or tp)")
    if missing:
        seen = f" (the file names the model {shown(served)})" if served and "model" in missing else ""
        raise UsageError(
            f"the file does not say {', '.join(missing)}{seen}; add for example "
            f"--recipe {','.join(f'{name.split()[0]}=…' for name in missing)}"
        )


def _optional_bool(value: Scalar) -> bool | None:
    return None if value is None else bool(value)


def _resolved(name: str, value: Scalar, catalog: Catalog) -> Scalar:
    try:
        return resolve(name, value, catalog)
    except RecipeProblem as problem:
        raise UsageError(f"--recipe: {problem}", problem.suggestions) from None


def check_length(name: str, declared: int, mean: float | None) -> None:
    """A declared length that the mean of the requests denies raises `BadRow`.

    Tools draw lengths from a range below the nominal one, so the mean may be well below it.
    """
    if mean is not None and not 0.4 * declared <= mean <= 1.25 * declared:
        raise BadRow(
            "contradiction", f"{name} is declared as {declared}, but the mean of the requests is {mean:.1f}"
        )
