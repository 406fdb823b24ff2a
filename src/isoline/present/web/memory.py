"""Answers given before, forgotten as soon as the store holds anything else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar, cast

from isoline.domain.point import Coverage, Dataset, Evaluation, Point, Selection
from isoline.store.packaged.served import allows, covers
from isoline.store.sources import Sources

if TYPE_CHECKING:
    from isoline.store.packaged import KnownRecipe

T = TypeVar("T")

KEPT = 400  # comparisons share their points with what SELECTIONS keeps
SELECTIONS = 40  # a selection of a thousand points is about 1 MB
LARGEST = 4_000  # points of a selection that is kept: rankings of large stores read more, once
WHOLE = Selection()


class Memory:
    """What was made for one state of the data, most recently used last."""

    def __init__(self, state: Callable[[], object], kept: int = KEPT) -> None:
        self._state = state
        self._kept = kept
        self._of: object = None
        self._held: OrderedDict[Hashable, object] = OrderedDict()

    def holds(self, key: Hashable) -> bool:
        """Whether `recall` would make nothing."""
        return self._state() is self._of and key in self._held

    def recall(
        self, key: Hashable, make: Callable[[], T], *, worth: Callable[[T], bool] = lambda _: True
    ) -> T:
        """The value made for `key` before, or a new one. Neither an error is remembered nor what is not
        `worth` it."""
        now = self._state()
        if now is not self._of:
            self._held.clear()
            self._of = now
        if key in self._held:
            self._held.move_to_end(key)
            return cast(T, self._held[key])
        made = make()
        if not worth(made):
            return made
        self._held[key] = made
        while len(self._held) > self._kept:
            self._held.popitem(last=False)
        return made


class RememberingSources(Sources):
    """Sources that ask the store once per selection: editing a target reads nothing again."""

    def __init__(self, inner: Sources) -> None:
        super().__init__(lambda: inner.store)
        self._memory = Memory(self.state, SELECTIONS)
        self._whole = Memory(self.state, 1)

    def datasets(self) -> list[Dataset]:
        return self._memory.recall("datasets", super().datasets)

    def coverage(self, selection: Selection, *, versions: bool = False) -> list[Coverage]:
        """Of all that the same model has on the same hardware: a page asks for that in several ways."""
        wide = Selection(selection.model, selection.hardware, until=selection.until)
        rows = self._memory.recall(
            ("coverage", wide, versions),
            lambda: Sources.coverage(self, wide, versions=True) if versions else self._coverage(wide),
            worth=lambda rows: not versions or len(rows) <= LARGEST,
        )
        return [row for row in rows if covers(selection, row)]

    def _coverage(self, wide: Selection) -> list[Coverage]:
        """A part of everything, where lists of comparisons have asked for that already: no query."""
        if wide.until is None and (wide.model is None or self._whole.holds(WHOLE)):
            by_model = self._whole.recall(WHOLE, self._by_model)
            return [row for row in by_model.get(wide.model, ()) if covers(wide, row)]
        return Sources.coverage(self, wide)

    def _by_model(self) -> dict[str | None, list[Coverage]]:
        """The coverage of everything, under `None` of all models."""
        rows = Sources.coverage(self, WHOLE)
        found: dict[str | None, list[Coverage]] = {None: rows}
        for row in rows:
            found.setdefault(row.model, []).append(row)
        return found

    def points(
        self, selection: Selection, *, include_invalid: bool = False, all_metrics: bool = False
    ) -> list[Point]:
        return self._memory.recall(
            ("points", selection, include_invalid, all_metrics),
            lambda: Sources.points(self, selection, include_invalid=include_invalid, all_metrics=all_metrics),
            worth=lambda points: len(points) <= LARGEST,
        )

    def evaluations(self, selection: Selection) -> list[Evaluation]:
        """Of all that the same model has: its other comparisons ask for others of these."""
        wide = Selection(selection.model, until=selection.until)
        held = self._memory.recall(("evaluations", wide), lambda: Sources.evaluations(self, wide))
        named = selection.datasets
        return [e for e in held if allows(selection, e.recipe) and (named is None or e.dataset in named)]

    def recipes(self, selection: Selection) -> list[KnownRecipe]:
        return self._memory.recall(("recipes", selection), lambda: Sources.recipes(self, selection))
