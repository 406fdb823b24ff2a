"""`isoline list`: what can be compared, with what data and how old."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from shutil import get_terminal_size

import click

from isoline.analyse.quantities import QUANTITIES
from isoline.ask.holdings import held
from isoline.ask.pairs import Pair, comparable_pairs
from isoline.cli import options
from isoline.cli.choice import Choice
from isoline.domain.catalog import Catalog
from isoline.domain.point import Coverage, Selection
from isoline.domain.slugs import KINDS
from isoline.errors import NoDataError, UsageError, unknown
from isoline.present.grid import grid

WIDE = 100  # columns of a terminal; on a narrower one the slug alone tells the kind


@click.command()
@click.argument("model", required=False)
@click.option("--kind", type=Choice(KINDS), help="Only comparisons of this kind.")
@click.option("--metrics", is_flag=True, help="Instead, what --metric of compare takes.")
@options.format_option("table", "json")
@options.store_option
@options.catalog_option
def app(
    model: str | None,
    kind: str | None,
    metrics: bool,
    output: str,
    store: Path | None,
    catalog: tuple[Path, ...],
) -> None:
    """List the comparisons that have data on both sides. Points of repeats count once."""
    if metrics:
        print(_metrics(output))
        return
    words = options.catalog(catalog)
    found = words.find_model(model) if model else None
    if model and found is None:
        raise UsageError(*unknown("model", model, words.models, options.IN_CATALOG))
    data = options.sources(store)
    every = comparable_pairs(data, words, found.key if found else None)
    pairs = [pair for pair in every if kind in (None, pair.kind)]
    if output == "json":
        print(json.dumps([asdict(pair) for pair in pairs], indent=2))
    elif pairs:
        # A pipe has no width; slugs must come through whole.
        print(_table(pairs, get_terminal_size().columns if sys.stdout.isatty() else None))
    if not pairs:
        raise NoDataError(
            _nothing(every, data.coverage(Selection(model=found.key if found else None)), words)
        )


def _nothing(others: list[Pair], rows: list[Coverage], catalog: Catalog) -> str:
    """Why nothing is listed: other kinds only, one side only, or no data."""
    if others:
        kinds = ", ".join(dict.fromkeys(pair.kind for pair in others))
        return f"nothing to compare of this kind; without --kind there is {kinds}"
    if rows:
        return (
            f"nothing to compare: {held(rows, catalog)}; a comparison needs a second side, another "
            "precision, GPU, engine, version or speculative decoding at the same lengths"
        )
    return "nothing to compare; `isoline bench` measures, `isoline import inferencex …` brings data"


def _metrics(output: str) -> str:
    units = {key: quantity.unit for key, quantity in QUANTITIES.items()}
    return json.dumps(units, indent=2) if output == "json" else grid(list(units.items()), right=False)


def _table(pairs: list[Pair], width: int | None) -> str:
    """A line for each pair; on a narrow terminal without kind, which the slug tells, and date."""
    points = [f"{a:,} + {b:,}" for a, b in (pair.points for pair in pairs)]
    longest = max(map(len, points))
    columns = {
        "compare": [pair.slug for pair in pairs],
        "kind": [pair.kind for pair in pairs],
        "sequences": [", ".join(pair.sequences) for pair in pairs],
        "points": [text.rjust(longest) for text in points],
        "newest": [pair.last_date or "undated" for pair in pairs],
        "data": [", ".join(pair.datasets) for pair in pairs],
    }
    narrow = width is not None and width < WIDE
    shown = {name: cells for name, cells in columns.items() if not (narrow and name in ("kind", "newest"))}
    return grid([tuple(shown), *zip(*shown.values(), strict=True)], right=False)
