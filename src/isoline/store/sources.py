"""All the data a question can be asked of: the packaged data and the user's store."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from isoline.domain.point import Coverage, Dataset, Evaluation, Point, Selection
from isoline.store.packaged import published, served

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
        """Every dataset, the packaged ones last."""
        return [*(summary.dataset for summary in self.store.datasets()), *served.datasets()]

    def coverage(self, selection: Selection, *, versions: bool = False) -> list[Coverage]:
        """How many points exist for each combination that `selection` allows; `versions`: with engine
        versions told apart.
        """
        own = self.store.coverage(selection, versions=versions)
        return [*own, *served.coverage(selection, versions=versions)]

    def points(
        self, selection: Selection, *, include_invalid: bool = False, all_metrics: bool = False
    ) -> list[Point]:
        """All points that `selection` allows; `all_metrics` also reads what is rarely asked for."""
        own = self.store.points(selection, include_invalid=include_invalid, all_metrics=all_metrics)
        return [*own, *served.points(selection)]

    def evaluations(self, selection: Selection) -> list[Evaluation]:
        """All scores that `selection` allows."""
        return self.store.evaluations(selection)

    def skipped(self) -> list[str]:
        """In words, the run folders that the queries so far had to skip."""
        return [f"{problem.path.name} ({problem.reason})" for problem in self.store.noticed()]

    def recipes(self, selection: Selection) -> list[KnownRecipe]:
        """Recipes known to stand behind published readings."""
        return [known for known in published().recipes if served.allows(selection, known.built())]
