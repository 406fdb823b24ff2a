"""A comparison for a terminal and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from isoline.analyse.comparison import Comparison, Source
from isoline.analyse.words import field
from isoline.ask.scores import Score
from isoline.present import around, table
from isoline.present.quality import quality

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

COLUMN_GAP = 3  # what rich's simple box puts between two columns
LABELS = 34  # columns that the names of rows take at most, unless a side's is longer
HELD = "Held equal"
NARROWEST = 22  # to which they shrink where all targets then stand side by side


def print_comparison(comparison: Comparison, scores: Sequence[Score], console: Console) -> None:
    """Title, verdict, table, answer quality, what differs, sources."""
    from rich.text import Text

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style=style), soft_wrap=False)

    say(around.title(comparison), "bold")
    say(around.conditions(comparison), "dim")
    console.print()
    say(comparison.narrative[0])
    if comparison.undated:
        say(_undated(comparison))
    for grid in _readings(comparison, console.width):
        console.print()
        console.print(grid)
    for line in table.legend(comparison):
        say(line, "dim")
    if comparison.within:
        console.print()
    for line in around.within(comparison):
        say(line)
    console.print()
    say(quality(scores))
    if comparison.held:
        console.print()
        console.print(_held(comparison))
    if comparison.differences:
        console.print()
        console.print(_differences(comparison))
    if comparison.attribution:
        console.print()
        say(comparison.attribution.sentence)
        if comparison.attribution.fields and not comparison.held:
            say("All of it for those only: --match all", "dim")
    console.print()
    for line in _sentences(comparison):
        say(line)
    console.print()
    for source in comparison.sources:
        say(f"Source: {source_line(source)}", "dim")
    for note in comparison.notes:
        say(f"Note: {note}", "dim")


def _undated(comparison: Comparison) -> str:
    """What else could be asked, beside why it should be."""
    other = comparison.undated
    instead = f"--sequence {other.sequence}" if other and other.known else "no --as-of"
    return f"{around.undated(comparison)} For that: {instead}."


def _readings(comparison: Comparison, width: int) -> Iterator[object]:
    """As many targets side by side as fit whole; the rest in further tables below."""
    from rich.cells import cell_len
    from rich.text import Text

    names, rows = table.header(comparison), _rows(comparison)
    heads = {row.metric: f"{row.metric}, {row.unit}" if row.unit else row.metric for row in rows}
    first = max(cell_len(text) for text in (*heads.values(), *(f"  {row.label}" for row in rows)))
    widths = [
        max(cell_len(text) for text in (name, *(row.cells[i] for row in rows)))
        for i, name in enumerate(names)
    ]
    # Long headings wrap, so that targets stand side by side and no cell is cut.
    labels = max(cell_len(f"  {row.label}") for row in rows)
    beside = width - sum(widths) - COLUMN_GAP * len(widths)  # what all targets leave
    most = beside if NARROWEST <= beside < LABELS else LABELS
    first = max(labels, min(first, most, width - max(widths, default=0) - COLUMN_GAP))
    for part in fitting(widths, width - first):
        grid = plain_table()
        grid.add_column("at tok/s/user", min_width=first, max_width=first)
        for i in part:
            grid.add_column(names[i], justify="right", no_wrap=True, min_width=widths[i])
        metric = ""
        for row in rows:
            if row.metric != metric:
                metric = row.metric
                grid.add_row(Text(heads[metric], style="bold"))
            cells = [Text(f"  {row.label}"), *(Text(row.cells[i]) for i in part)]
            grid.add_row(*cells, style="dim" if row.is_ratio else "")
        yield grid


def _rows(comparison: Comparison) -> list[table.Row]:
    """The table's rows; of a comparison that lacks a side those that say something of the other."""
    rows = table.rows(comparison)
    if comparison.has_both:
        return rows
    empty = {side.label for side in comparison.sides if not side.points}
    return [
        row for row in rows if not row.is_ratio and row.label not in empty and {*row.cells} != {table.NONE}
    ]


def _sentences(comparison: Comparison) -> tuple[str, ...]:
    """After the first; without a second side the table has said what those about targets would."""
    return comparison.narrative[1:] if comparison.has_both else comparison.narrative[-1:]


def fitting(widths: Sequence[int], room: int) -> Iterator[range]:
    """Which columns of these widths stand in which table, as many side by side as `room` has place for."""
    start, used = 0, 0
    for i, width in enumerate(widths):
        used += width + COLUMN_GAP
        if used > room and i > start:
            yield range(start, i)
            start, used = i, width + COLUMN_GAP
    if widths:
        yield range(start, len(widths))


def plain_table() -> Table:
    """As all tables of the command line look."""
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")


def _held(comparison: Comparison) -> Table:
    from rich.text import Text

    grid = plain_table()
    for name in (HELD, " and ".join(side.label for side in comparison.sides)):
        grid.add_column(Text(name), overflow="fold")
    for one in comparison.held:
        grid.add_row(Text(field(one.field)), Text(one.a))
    return grid


def _differences(comparison: Comparison) -> Table:
    from rich.text import Text

    grid = plain_table()
    for name in ("What else differs", *(side.label for side in comparison.sides)):
        grid.add_column(Text(name), overflow="fold")
    for d in comparison.differences:
        # Text, not markup: image names and flags come from whoever made the data.
        grid.add_row(*(Text(text) for text in (field(d.field), d.a, d.b)))
    return grid


def to_markdown(comparison: Comparison, scores: Sequence[Score]) -> str:
    """The same content as a Markdown document."""
    lines = [f"# {_md(around.title(comparison))}", "", _md(around.conditions(comparison)), ""]
    lines += [_md(comparison.narrative[0]), ""]
    if comparison.undated:
        lines += [_md(_undated(comparison)), ""]
    if comparison.targets:
        names = table.header(comparison)
        lines.append("| at tok/s/user | | " + " | ".join(names) + " |")
        lines.append("|---|---|" + "---:|" * len(names))
        metric = ""
        for row in _rows(comparison):
            first = "" if row.metric == metric else f"{row.metric}, {row.unit}" if row.unit else row.metric
            metric = row.metric
            cells = " | ".join(_md(cell) for cell in row.cells)
            lines.append(f"| {_md(first)} | {_md(row.label)} | {cells} |")
        lines += ["", *(_md(text) + "  " for text in table.legend(comparison))]
    lines += [f"{_md(line)}  " for line in around.within(comparison)]
    lines += ["", _md(quality(scores))]
    if comparison.held:
        lines += [
            "",
            f"| {HELD} | {' and '.join(_md(side.label) for side in comparison.sides)} |",
            "|---|---|",
        ]
        lines += [f"| {field(one.field)} | {_md(one.a)} |" for one in comparison.held]
    if comparison.differences:
        a, b = comparison.sides
        lines += ["", f"| What else differs | {_md(a.label)} | {_md(b.label)} |", "|---|---|---|"]
        lines += [f"| {field(d.field)} | {_md(d.a)} | {_md(d.b)} |" for d in comparison.differences]
    if comparison.attribution:
        lines += ["", _md(comparison.attribution.sentence)]
    lines += ["", *(f"{_md(text)}\n" for text in _sentences(comparison))]
    lines += [f"Source: {_md(source_line(source))}  " for source in comparison.sources]
    lines += [f"Note: {_md(note)}  " for note in comparison.notes]
    return "\n".join(lines).rstrip() + "\n"


def source_line(source: Source) -> str:
    if source.first_date is None:
        dates = "undated"
    elif source.first_date == source.last_date:
        dates = source.first_date
    else:
        dates = f"{source.first_date} to {source.last_date}"
    where = f", {source.source}" if source.source else ""
    return f"{source.dataset} ({source.points} points, {dates}{where})"


def _md(text: str) -> str:
    """Text that cannot become markup or break a table row."""
    for sign in ("\\", "`", "*", "_", "[", "]", "<", ">", "|"):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", " ")
