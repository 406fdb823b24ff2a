"""Points we measured ourselves that ship with Isoline, with every record behind them.

`hopper/runs` holds the run folders as `isoline bench` wrote them; `hopper.json` the points they hold,
so that a question need not open a second store. `scripts/measured_dataset.py` writes it from them.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from isoline.domain.point import Dataset, Point

FOLDER = Path(__file__).parent / "hopper"  # a store of its own: `show` and `diff` read its runs
FILE = FOLDER.with_suffix(".json")


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The packaged file."""

    about: str
    dataset: Dataset
    points: list[Point]


@cache
def measured() -> Measured:
    """The packaged file, read once."""
    return msgspec.json.decode(FILE.read_bytes(), type=Measured)


def points() -> list[Point]:
    """Every packaged point, of status `measured`."""
    return measured().points


def dataset() -> Dataset:
    """The dataset they belong to."""
    return measured().dataset


def packed(about: str, dataset: Dataset, points: Iterable[Point]) -> str:
    """The file's text: a point per line, what is unknown left out."""
    lines = ",\n".join(msgspec.json.encode(_known(point)).decode() for point in points)
    head = msgspec.json.encode({"about": about, "dataset": dataset}).decode()
    return f'{head[:-1]},"points":[\n{lines}\n]}}\n'


def _known(point: Point) -> dict[str, object]:
    fields: dict[str, object] = msgspec.to_builtins(point)
    recipe = {name: value for name, value in point.recipe.items() if value is not None}
    return {name: value for name, value in fields.items() if value is not None} | {"recipe": recipe}
