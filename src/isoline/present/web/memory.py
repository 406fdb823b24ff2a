"""Answers given before, forgotten as soon as the store holds anything else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")

KEPT = 400  # a comparison of a thousand points is about 1 MB, most are far smaller


class Memory:
    """What was made for one state of the data, most recently used last."""

    def __init__(self, state: Callable[[], object]) -> None:
        self._state = state
        self._of: object = None
        self._held: OrderedDict[Hashable, object] = OrderedDict()

    def recall(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value made for `key` before, or a new one. An error is not remembered."""
        now = self._state()
        if now is not self._of:
            self._held.clear()
            self._of = now
        if key in self._held:
            self._held.move_to_end(key)
            return cast(T, self._held[key])
        made = self._held[key] = make()
        while len(self._held) > KEPT:
            self._held.popitem(last=False)
        return made
