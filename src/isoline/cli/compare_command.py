"""`isoline compare SLUG`: the comparison as a table, JSON, Markdown, CSV, PNG or SVG."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from isoline.analyse.compare import METHODS
from isoline.analyse.comparison import Comparison
from isoline.cli import options
from isoline.cli.suggest import parse
from isoline.domain.catalog import TIERS
from isoline.domain.slugs import KINDS
from isoline.errors import UsageError
from isoline.present.answer import Question, answer

app = options.new_app()
FORMATS = ("table", "json", "markdown", "csv")


@app.command()
def compare(
    slug: Annotated[str, typer.Argument(help="What to compare, like qwen-3-5-b300-fp4-vs-bf16.")],
    kind: Annotated[str | None, typer.Option(help=f"One of {', '.join(KINDS)}; usually known from SLUG.")] = None,
    at: Annotated[str | None, typer.Option(help="Targets in tok/s per user, like 102,160,218.")] = None,
    sequence: Annotated[str | None, typer.Option(help="Input/output lengths, like 1k/1k or 8192/1024.")] = None,
    precision: Annotated[str | None, typer.Option(help="Precision, where GPUs are compared.")] = None,
    method: Annotated[str, typer.Option(help="envelope: best series; pooled: InferenceX's convention.")] = "envelope",
    tier: Annotated[str | None, typer.Option(help=f"Price tier: {', '.join(TIERS)} (first is default).")] = None,
    price: Annotated[list[str] | None, typer.Option(help="$ per GPU-hour, like b300=2.26.")] = None,
    power: Annotated[list[str] | None, typer.Option(help="All-in kW per GPU, like b300=1.9.")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Only these datasets; see isoline list.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Only data and prices up to this date.")] = None,
    output: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "table",
    png: Annotated[Path | None, typer.Option(help="Also draw the chart into this file.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Also draw the chart into this file.")] = None,
    theme: Annotated[str, typer.Option(help="Theme of the chart: light or dark.")] = "light",
    store: options.StoreOption = None,
    catalog: options.CatalogOption = None,
) -> None:
    """Compare two sides at the same tok/s per user.

    A slug is MODEL-GPU-PRECISION-vs-PRECISION, MODEL-GPU-vs-GPU, MODEL-GPU-PRECISION-METHOD-vs-none
    or MODEL-GPU-PRECISION-ENGINE-vs-ENGINE. Exit code 2: wrong usage, 3: no data.
    """
    options.choice("--kind", kind, KINDS)
    options.choice("--method", method, METHODS)
    options.choice("--tier", tier, TIERS)
    options.choice("--format", output, FORMATS)
    options.choice("--theme", theme, ("light", "dark"))
    words = options.catalog(catalog)
    data = options.sources(store)
    parsed = parse(slug, words, kind, data)
    prices, powers = options.pairs("--price", price), options.pairs("--power", power)
    for key in {*prices, *powers} - set(parsed.hardware):
        raise UsageError(f"{key!r} is not part of {parsed.canonical}; there is {', '.join(parsed.hardware)}")
    question = Question(
        slug=parsed,
        sequence=_sequence(sequence),
        precision=words.resolve_precision(precision) if precision else None,
        targets=options.targets(at),
        method=method,
        tier=tier,
        prices=prices,
        powers=powers,
        datasets=tuple(options.split(dataset)) or None,
        as_of=options.day("--as-of", as_of),
    )
    found = answer(question, data, words, draw=bool(png or svg))
    _print(found, output)
    _draw(found, [path for path in (png, svg) if path], theme)


def _sequence(text: str | None) -> str | None:
    from isoline.domain.sequence import parse_sequence, sequence_name

    return sequence_name(*parse_sequence(text)) if text else None


def _print(comparison: Comparison, output: str) -> None:
    if output == "json":
        from isoline.present.json_view import to_json

        print(to_json(comparison))
        return
    from isoline.present import text

    if output == "table":
        from rich.console import Console

        text.print_comparison(comparison, Console(highlight=False))
    else:
        sys.stdout.write({"markdown": text.to_markdown, "csv": text.to_csv}[output](comparison))


def _draw(comparison: Comparison, paths: list[Path], theme: str) -> None:
    if not paths:
        return
    from isoline.present.charts import comparison_chart
    from isoline.present.render import save

    for path in paths:
        save(comparison_chart(comparison, theme=theme), path)
        print(f"wrote {path}", file=sys.stderr)
