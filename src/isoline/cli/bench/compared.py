"""The comparisons that a matrix ends with: every two of its recipes that are the sides of one slug."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from isoline.cli import options
from isoline.domain.recipe import Recipe
from isoline.domain.slugs import Slug, build_slug
from isoline.errors import NoDataError, UsageError
from isoline.present.answer import answer
from isoline.present.asking import Asked, question

if TYPE_CHECKING:
    from isoline.analyse.comparison import Comparison
    from isoline.domain.catalog import Catalog

_SIDES = {"precision": "precision", "spec-decode": "spec_method", "engine": "engine", "gpu": "hardware"}
_PLACED = ("model", "hardware", "precision", "engine", "spec_method")


@dataclass(frozen=True, slots=True)
class Comparisons:
    """What could be compared, by slug, and what could not, in words."""

    answers: dict[str, Comparison]
    problems: list[str]

    def documents(self) -> list[object]:
        """As `isoline compare --format json` prints each."""
        from isoline.present.json_view import to_json

        return [json.loads(to_json(found)) for found in self.answers.values()]


def comparisons(
    recipes: Sequence[Recipe], datasets: Iterable[str], sequence: str | None, root: Path, catalog: Catalog
) -> Comparisons:
    """Answers to all slugs that two of the recipes are the sides of, from these datasets alone."""
    found = Comparisons({}, [])
    data = options.sources(root)
    for slug in _slugs(recipes, catalog):
        asked = Asked(sequence=sequence, dataset=tuple(sorted(datasets)))
        try:
            found.answers[slug.canonical] = answer(question(slug, asked, catalog), data, catalog)
        except NoDataError as problem:
            found.problems.append(f"{slug.canonical}: {problem}")
    return found


def print_comparisons(found: Comparisons) -> None:
    """Each as `isoline compare` prints it."""
    from rich.console import Console

    from isoline.present import text

    terminal = Console(highlight=False)
    console = terminal if terminal.is_terminal else Console(highlight=False, width=120)  # a pipe has none
    for slug, comparison in found.answers.items():
        console.print(f"\n[bold]isoline compare {slug}[/bold]\n", soft_wrap=True)
        text.print_comparison(comparison, console)
    for problem in found.problems:
        print(f"note: not compared: {problem}", file=sys.stderr)


def _slugs(recipes: Sequence[Recipe], catalog: Catalog) -> list[Slug]:
    found: dict[str, Slug] = {}
    for one, other in combinations(recipes, 2):
        differ = [name for name in _PLACED if getattr(one, name) != getattr(other, name)]
        kind = next((kind for kind, name in _SIDES.items() if differ == [name]), None)
        if kind is None:
            continue
        sides = [getattr(recipe, _SIDES[kind]) for recipe in (one, other)]
        try:
            slug = build_slug(kind, one.model, one.hardware, one.precision, sides, catalog)
        except UsageError:  # a model, or two methods, that no slug has words for
            continue
        found.setdefault(slug.canonical, slug)
    return list(found.values())
