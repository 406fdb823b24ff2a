"""A ranking for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.analyse.ranking import Ranking
from isoline.analyse.words import interactivity
from isoline.present import ranking_view
from isoline.present.text import source_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

GAP = 3  # columns that the box puts between two cells
FIRST_COLUMNS = 2 * GAP  # about that of names and that of ratios
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
    for places in _shared_out(ranking, console.width):
        console.print(_table(ranking, places, told=console.width >= TELLING))
        console.print()
    for text in ranking_view.legend(ranking):
        say(text, "dim")
    console.print()
    for source in ranking.sources:
        say(f"Source: {source_line(source)}", "dim")
    for note in ranking.notes:
        say(f"Note: {note}", "dim")


def _shared_out(ranking: Ranking, width: int) -> list[list[int]]:
    """Which speeds stand in which table: the one that orders them first, as many others beside it as fit."""
    lines = ranking_view.lines(ranking)
    room = width - max(len(line.label) for line in lines) - FIRST_COLUMNS
    place = ranking.place
    wanted = [place, *(i for i in range(len(ranking.targets)) if i != place)]
    tables: list[list[int]] = [[]]
    left = room - max(len(line.ratio) for line in lines)
    for i in wanted:
        needs = max(len(line.cells[i]) for line in lines) + GAP
        if tables[-1] and needs > left:
            tables.append([])
            left = room
        tables[-1].append(i)
        left -= needs
    return [sorted(places) for places in tables]


def _table(ranking: Ranking, places: list[int], *, told: bool) -> Table:
    """Some of the speeds; beside the one that orders the rows what they are to the first and, where there is
    room (`told`), what gave them."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    main = ranking.place in places
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("at tok/s/user", no_wrap=True)
    for i in places:
        style = "bold" if i == ranking.place else ""
        table.add_column(interactivity(ranking.targets[i]), justify="right", style=style, no_wrap=True)
    if main:
        table.add_column("÷ first", justify="right", no_wrap=True)
    if main and told:
        table.add_column("read from")
    lines = ranking_view.lines(ranking)
    for line, after in zip(lines, [*lines[1:], lines[-1]], strict=True):
        cells = [line.label, *(line.cells[i] for i in places)]
        more = [Text(line.ratio, style="bold" if line.firm else "")] if main else []
        more += [Text(line.recipe, style="dim")] if main and told else []
        table.add_row(*map(Text, cells), *more)
        if line.known and not after.known:
            table.add_section()
    return table
