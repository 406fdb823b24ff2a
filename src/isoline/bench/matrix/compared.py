"""The comparisons that a matrix ends with: every two of its recipes that are the sides of one slug."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isoline.ask.answer import answer
from isoline.ask.asked import Asked, question
from isoline.ask.recipe_slugs import slugs_between
from isoline.ask.scores import Score, scores
from isoline.bench.shown.width import stdout_console
from isoline.domain.recipe import Recipe
from isoline.errors import NoDataError
from isoline.store.sources import Sources
from isoline.store.store import Store

if TYPE_CHECKING:
    from isoline.analyse.comparison import Comparison
    from isoline.domain.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Comparisons:
    """What could be compared, by slug, with the scores known for it, and what could not, in words."""

    answers: dict[str, tuple[Comparison, Sequence[Score]]]
    problems: list[str]

    def documents(self) -> list[object]:
        """As `isoline compare --format json` prints each."""
        from isoline.present.json_view import to_json

        return [json.loads(to_json(*found)) for found in self.answers.values()]


def comparisons(
    recipes: Sequence[Recipe], datasets: Iterable[str], sequence: str | None, root: Path, catalog: Catalog
) -> Comparisons:
    """Answers to all slugs that two of the recipes are the sides of, from these datasets alone."""
    found = Comparisons({}, [])
    data = Sources(lambda: Store(root))
    for slug in slugs_between(recipes, recipes, catalog):
        asked = Asked(sequence=sequence, dataset=tuple(sorted(datasets)))
        try:
            comparison = answer(question(slug, asked, catalog), data, catalog)
        except NoDataError as problem:
            found.problems.append(f"{slug.canonical}: {problem}")
        else:
            found.answers[slug.canonical] = (comparison, scores(comparison, data))
    return found


def print_comparisons(found: Comparisons) -> None:
    """Each as `isoline compare` prints it."""
    from isoline.present import text

    console = stdout_console()
    for slug, (comparison, known) in found.answers.items():
        console.print(f"\n[bold]isoline compare {slug}[/bold]\n", soft_wrap=True)
        text.print_comparison(comparison, known, console)
    for problem in found.problems:
        print(f"note: not compared: {problem}", file=sys.stderr)
