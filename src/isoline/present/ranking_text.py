"""A ranking for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from isoline.analyse.ranking import Ranking
from isoline.analyse.words import interactivity
from isoline.present import ranking_view
from isoline.present.ranking_view import Line
from isoline.present.text import COLUMN_GAP, fitting, plain_table, source_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

NAMES = "at tok/s/user"  # the head of the first column
TELLING = 110  # columns of a terminal from which on the recipes are told


def print_ranking(ranking: Ranking, console: Console) -> None:
    """Title, who is first, a row per configuration, what gave it, sources."""
    from rich.text import Text

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style=style), soft_wrap=False)

    say(ranking_view.title(ranking), "bold")
    say(ranking_view.conditions(ranking), "dim")
    console.print()
    say(ranking.sentence)
    console.print()
    lines = ranking_view.lines(ranking)
    for places in _shared_out(ranking, lines, console.width):
        console.print(_table(ranking, lines, places, told=console.width >= TELLING))
        console.print()
    for text in ranking_view.legend(ranking):
        say(text, "dim")
    console.print()
    for source in ranking.sources:
        say(f"Source: {source_line(source)}", "dim")
    for note in ranking.notes:
        say(f"Note: {note}", "dim")


def _shared_out(ranking: Ranking, lines: Sequence[Line], width: int) -> Iterator[list[int]]:
    """Which speeds stand in which table: the one that orders them first, with the ratios, as many others
    beside it as fit.
    """
    wanted = sorted(range(len(ranking.targets)), key=lambda i: i != ranking.place)
    widths = [
        max(len(text) for text in (_head(ranking, i), *(line.cells[i] for line in lines))) for i in wanted
    ]
    widths[0] += COLUMN_GAP + max(len(line.ratio) for line in lines)
    room = width - max(len(text) for text in (NAMES, *(line.label for line in lines)))
    for part in fitting(widths, room):
        yield sorted(wanted[i] for i in part)


def _head(ranking: Ranking, place: int) -> str:
    return interactivity(ranking.targets[place])


def _table(ranking: Ranking, lines: Sequence[Line], places: Sequence[int], *, told: bool) -> Table:
    """Some of the speeds; beside the one that orders the rows what they are to the first and, where there is
    room (`told`), what gave them."""
    from rich.text import Text

    main = ranking.place in places
    table = plain_table()
    table.add_column(NAMES, no_wrap=True)
    for i in places:
        style = "bold" if i == ranking.place else ""
        table.add_column(_head(ranking, i), justify="right", style=style, no_wrap=True)
    if main:
        table.add_column("÷ first", justify="right", no_wrap=True)
    if main and told:
        table.add_column("read from")
    for line, after in zip(lines, [*lines[1:], lines[-1]], strict=True):
        cells = [line.label, *(line.cells[i] for i in places)]
        more = [Text(line.ratio, style="bold" if line.firm else "")] if main else []
        more += [Text(line.recipe, style="dim")] if main and told else []
        table.add_row(*map(Text, cells), *more)
        if line.known and not after.known:
            table.add_section()
    return table
