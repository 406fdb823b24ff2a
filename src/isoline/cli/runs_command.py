"""`isoline runs`: the sweeps of a store."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isoline.cli import options
from isoline.errors import NoDataError
from isoline.present.grid import grid

if TYPE_CHECKING:
    from isoline.domain.recipe import Recipe
    from isoline.store.sweeps import StoredSweep


@click.command()
@options.format_option("table", "json")
@options.store_option
def app(output: str, store: Path | None) -> None:
    """List the sweeps of the store, newest first: what `isoline show` and `isoline diff` take.

    A point that was measured again because it was INVALID counts once.
    """
    from isoline.store.layout import existing_root
    from isoline.store.sweeps import recipes_of, stored_sweeps

    root = existing_root(store)
    found = stored_sweeps(root)
    recipes = recipes_of(root, found)
    if output == "json":
        print(json.dumps([_document(sweep, recipes.get(sweep.id)) for sweep in found], indent=2))
    elif found:
        print(_table(found, recipes))
        if len(found) > 1:
            print(f"isoline diff {found[1].id} {found[0].id}  compares the last two", file=sys.stderr)
    if not found:
        raise NoDataError(f"no sweep is stored in {root}; `isoline bench` measures one")


def _table(sweeps: Sequence[StoredSweep], recipes: Mapping[str, Recipe]) -> str:
    head = ("sweep", "began, UTC", "model", "recipe", "lengths", "valid", "INVALID", "dataset")
    rows = [
        (
            sweep.id,
            sweep.began[:16].replace("T", " "),
            _model(sweep, recipes.get(sweep.id)),
            _recipe(recipes.get(sweep.id)),
            "/".join("–" if length is None else str(length) for length in sweep.target[2:]),
            str(sweep.valid),
            str(sweep.invalid or ""),
            sweep.dataset,
        )
        for sweep in sweeps
    ]
    return grid([head, *rows], right=False)


def _model(sweep: StoredSweep, recipe: Recipe | None) -> str:
    """The catalog's name, else what requests call it."""
    return sweep.target[1] if recipe is None or recipe.model == "unknown" else recipe.model


def _recipe(recipe: Recipe | None) -> str:
    """`h100 vllm 0.22.1 fp8 2 GPUs mtp`; what is not known is left out."""
    if recipe is None:
        return "–"
    words = (recipe.hardware, recipe.engine, recipe.engine_version, recipe.precision)
    known = [word for word in words if word and word != "unknown"]
    known += [f"{recipe.gpus} GPUs"] if (recipe.gpus or 1) > 1 else []
    known += [recipe.spec_method] if recipe.spec_method not in (None, "none", "unknown") else []
    return " ".join(known) or "undeclared"


def _document(sweep: StoredSweep, recipe: Recipe | None) -> dict[str, object]:
    from msgspec import to_builtins

    place, asked, isl, osl = sweep.target
    fields = {} if recipe is None else to_builtins(recipe)
    return {
        "sweep": sweep.id,
        "began": sweep.began,
        "dataset": sweep.dataset,
        "simulated": sweep.simulated,
        "target": place,
        "model": asked,
        "isl": isl,
        "osl": osl,
        "points": {"valid": sweep.valid, "invalid": sweep.invalid},
        "recipe": {name: value for name, value in fields.items() if value is not None},
        "runs": sweep.runs,
    }
