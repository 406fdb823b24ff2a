"""All the data a question can be asked of: the packaged readings and the user's store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from isoline.domain.point import Coverage, Dataset, Evaluation, Point, Selection
from isoline.store import packaged

if TYPE_CHECKING:
    from isoline.store.packaged import KnownRecipe
    from isoline.store.store import Store


class Sources:
    """Answers the store's queries over the packaged data as well. `open_store` is called on first use."""

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open = open_store
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """The user's store, opened when first asked."""
        if self._store is None:
            self._store = self._open()
        return self._store

    def state(self) -> object:
        """The same object as long as every query gives the same."""
        return self.store.state()

    def datasets(self) -> list[Dataset]:
        """Every dataset, the packaged one last."""
        return [*(summary.dataset for summary in self.store.datasets()), packaged.dataset()]

    def coverage(self, selection: Selection) -> list[Coverage]:
        """How many points exist for each combination that `selection` allows."""
        return [*self.store.coverage(selection), *_coverage(_packaged(selection))]

    def points(self, selection: Selection, *, all_metrics: bool = False) -> list[Point]:
        """All points that `selection` allows; `all_metrics` also reads what is rarely asked for."""
        return [*self.store.points(selection, all_metrics=all_metrics), *_packaged(selection)]

    def evaluations(self, selection: Selection) -> list[Evaluation]:
        """All scores that `selection` allows."""
        return self.store.evaluations(selection)

    def skipped(self) -> list[str]:
        """In words, the run folders that the queries so far had to skip."""
        return [f"{problem.path.name} ({problem.reason})" for problem in self.store.noticed()]

    def recipes(self, selection: Selection) -> list[KnownRecipe]:
        """Recipes known to stand behind published readings."""
        return [r for r in packaged.published().recipes if _allows(selection, r.recipe)]


def _packaged(selection: Selection) -> list[Point]:
    if selection.datasets is not None and packaged.NAME not in selection.datasets:
        return []
    return [
        p
        for p in packaged.points()
        if _allows(selection, dict(p.recipe.items()))
        and selection.isl in (None, p.workload.isl)
        and selection.osl in (None, p.workload.osl)
        and (selection.until is None or (p.date is not None and p.date <= selection.until))
    ]


def _allows(selection: Selection, recipe: dict[str, object]) -> bool:
    return selection.model in (None, recipe.get("model")) and all(
        allowed is None or recipe.get(field) in allowed
        for field, allowed in (
            ("hardware", selection.hardware),
            ("precision", selection.precision),
            ("engine", selection.engine),
            ("spec_method", selection.spec_method),
        )
    )


def _coverage(points: Iterable[Point]) -> list[Coverage]:
    counts: dict[tuple[object, ...], list[Point]] = {}
    for p in points:
        key = (p.recipe.model, p.recipe.hardware, p.recipe.precision, p.workload.isl, p.workload.osl)
        counts.setdefault((*key, p.concurrency), []).append(p)
    return [
        Coverage(
            packaged.NAME,
            p.recipe.model,
            p.recipe.hardware,
            p.recipe.precision,
            p.recipe.engine,
            p.recipe.spec_method,
            p.workload.isl,
            p.workload.osl,
            p.concurrency,
            len(group),
            None,
            None,
        )
        for group in counts.values()
        for p in group[:1]
    ]
