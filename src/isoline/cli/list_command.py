"""`isoline list`: what can be compared, with what data and how old."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from isoline.cli import options
from isoline.cli.choice import Choice
from isoline.domain.slugs import KINDS
from isoline.errors import NoDataError, UsageError, unknown
from isoline.present.pairs import Pair, comparable_pairs


@click.command()
@click.argument("model", required=False)
@click.option("--kind", type=Choice(KINDS), help="Only comparisons of this kind.")
@options.format_option("table", "json")
@options.store_option
@options.catalog_option
def app(
    model: str | None, kind: str | None, output: str, store: Path | None, catalog: tuple[Path, ...]
) -> None:
    """List the comparisons that have data on both sides."""
    words = options.catalog(catalog)
    found = words.find_model(model) if model else None
    if model and found is None:
        raise UsageError(*unknown("model", model, words.models, options.IN_CATALOG))
    pairs = comparable_pairs(options.sources(store), words, found.key if found else None)
    pairs = [pair for pair in pairs if kind in (None, pair.kind)]
    if output == "json":
        print(json.dumps([asdict(pair) for pair in pairs], indent=2))
    elif pairs:
        _print(pairs)
    if not pairs:
        raise NoDataError("nothing to compare; `isoline import inferencex …` brings data")


def _print(pairs: list[Pair]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    grid.add_column("compare", no_wrap=True)
    grid.add_column("kind", no_wrap=True)
    grid.add_column("sequences")
    grid.add_column("points", justify="right", no_wrap=True)
    grid.add_column("newest", no_wrap=True)
    grid.add_column("data", overflow="fold")
    for pair in pairs:
        a, b = pair.points
        cells = (
            pair.slug,
            pair.kind,
            ", ".join(pair.sequences),
            f"{a:,} + {b:,}",
            pair.last_date or "undated",
            ", ".join(pair.datasets),
        )
        grid.add_row(*(Text(cell) for cell in cells))
    # A pipe has no width; slugs must come through whole.
    terminal = Console(highlight=False)
    console = terminal if terminal.is_terminal else Console(highlight=False, width=200)
    console.print(grid)
