"""Data that ships with Isoline: readings printed on public pages, and the recipes behind them."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import msgspec

from isoline.domain.point import PUBLISHED, UNIFORM, Dataset, Point, Workload
from isoline.domain.recipe import Recipe
from isoline.domain.sequence import parse_sequence

NAME = "published"


class PrintedReading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One column of a page's table: tok/s/user, tok/s/GPU, $/M tokens, tok/s/MW, concurrency."""

    interactivity: float
    throughput: float
    cost: float | None = None
    tokens_per_mw: float | None = None
    concurrency: int | None = None


class Page(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One public comparison page; `sides` maps a precision to its readings."""

    source: str
    slug: str
    model: str
    hardware: str
    sequence: str
    sides: dict[str, list[PrintedReading]]
    interactivity_range: tuple[float, float] | None = None
    note: str | None = None


class KnownRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A recipe the benchmark's configuration names for a side, with its lowest and highest load."""

    recipe: dict[str, Any]
    concurrencies: tuple[int, ...] = ()

    def built(self) -> Recipe:
        """The recipe as a value."""
        return Recipe(**self.recipe)


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The packaged file."""

    about: str
    captured: str
    source: str
    pages: list[Page]
    recipes: list[KnownRecipe]


@cache
def published() -> Published:
    """The packaged file, read once."""
    text = resources.files(__name__).joinpath("published.json").read_bytes()
    return msgspec.json.decode(text, type=Published)


def dataset() -> Dataset:
    """The dataset all packaged readings belong to."""
    return Dataset(NAME, "published", source=published().source)


@cache
def points() -> tuple[Point, ...]:
    """Every printed reading as a point of status `published`; `run_url` is its page."""
    return tuple(
        _point(page, precision, reading)
        for page in published().pages
        for precision, readings in page.sides.items()
        for reading in readings
    )


def _point(page: Page, precision: str, reading: PrintedReading) -> Point:
    isl, osl = parse_sequence(page.sequence)
    return Point(
        key=f"{page.slug}/{precision}/{reading.interactivity:g}",
        recipe=Recipe(page.model, page.hardware, "unknown", precision, spec_method="unknown"),
        workload=Workload(isl, osl, UNIFORM),
        interactivity=reading.interactivity,
        throughput=reading.throughput,
        output_throughput=None,
        input_throughput=None,
        concurrency=reading.concurrency,
        dataset=NAME,
        status=PUBLISHED,
        run_url=page.source,
        printed_cost=reading.cost,
        printed_tokens_per_mw=reading.tokens_per_mw,
    )
