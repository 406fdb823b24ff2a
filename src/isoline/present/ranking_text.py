"""A ranking for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isoline.analyse.ranking import Ranking
from isoline.analyse.words import interactivity
from isoline.present import ranking_view
from isoline.present.text import source_line

if TYPE_CHECKING:
    from rich.console import Console


def print_ranking(ranking: Ranking, console: Console) -> None:
    """Title, who is first, a row per configuration, what gave it, sources."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style=style), soft_wrap=False)

    say(ranking_view.title(ranking), "bold")
    say(ranking_view.conditions(ranking), "dim")
    console.print()
    say(ranking.sentence)
    console.print()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("at tok/s/user", no_wrap=True)
    for x in ranking.targets:
        table.add_column(interactivity(x), justify="right", style="bold" if x == ranking.by else "")
    table.add_column(f"÷ first at {interactivity(ranking.by)}", justify="right", no_wrap=True)
    table.add_column("read from")
    lines = ranking_view.lines(ranking)
    for line, after in zip(lines, [*lines[1:], lines[-1]], strict=True):
        ratio = Text(line.ratio, style="bold" if line.firm else "")
        table.add_row(line.label, *map(Text, line.cells), ratio, Text(line.recipe, style="dim"))
        if after.guess and not line.guess:
            table.add_section()
    console.print(table)
    for text in ranking_view.legend(ranking):
        say(text, "dim")
    console.print()
    for source in ranking.sources:
        say(f"Source: {source_line(source)}", "dim")
    for note in ranking.notes:
        say(f"Note: {note}", "dim")
