"""One figure of two runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure at one load or speed, in the unit of its metric; `change` is b / a - 1.

    `interval` is that of the change, 95 %, between repeats; `None` where fewer than two are on a side.
    """

    name: str
    a: float | None
    b: float | None
    interval: tuple[float, float] | None = None

    @property
    def change(self) -> float | None:
        if self.a is None or self.b is None or self.a == 0:
            return None
        return self.b / self.a - 1
