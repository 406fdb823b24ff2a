"""`isoline compare SLUG`: the comparison as a table, JSON, Markdown, CSV, PNG or SVG."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from isoline.analyse.compare import METHODS
from isoline.analyse.comparison import Comparison
from isoline.cli import options
from isoline.cli.suggest import closest, parse
from isoline.domain.catalog import TIERS
from isoline.domain.slugs import KINDS
from isoline.errors import NoDataError, UsageError
from isoline.present.answer import Question, answer


@click.command()
@click.argument("slug")
@click.option("--kind", type=click.Choice(KINDS), help="Usually known from SLUG.")
@click.option("--at", help="Targets in tok/s per user, like 102,160,218.")
@click.option("--within", help="Budgets in $ per M tokens: the highest speed each side gives for it.")
@click.option("--sequence", help="Input/output lengths, like 1k/1k or 8192/1024.")
@click.option("--precision", help="Precision, where GPUs are compared.")
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default=METHODS[0],
    show_default=True,
    help="envelope: the best series at each speed; pooled: InferenceX's convention.",
)
@click.option("--tier", type=click.Choice(TIERS), help=f"Price tier; {TIERS[0]} unless published.")
@click.option("--price", multiple=True, help="$ per GPU-hour, like b300=2.26.")
@click.option("--power", multiple=True, help="All-in kW per GPU, like b300=1.9.")
@click.option("--dataset", multiple=True, help="Only these datasets; see isoline info.")
@click.option("--as-of", help="Only data and prices up to this date, like 2026-06-14.")
@options.format_option("table", "json", "markdown", "csv")
@click.option("--png", type=click.Path(path_type=Path), help="Also draw the chart into this file.")
@click.option("--svg", type=click.Path(path_type=Path), help="Also draw the chart into this file.")
@click.option("--theme", type=click.Choice(("light", "dark")), default="light", help="Of the chart.")
@options.store_option
@options.catalog_option
def app(
    slug: str,
    kind: str | None,
    at: str | None,
    within: str | None,
    sequence: str | None,
    precision: str | None,
    method: str,
    tier: str | None,
    price: tuple[str, ...],
    power: tuple[str, ...],
    dataset: tuple[str, ...],
    as_of: str | None,
    output: str,
    png: Path | None,
    svg: Path | None,
    theme: str,
    store: Path | None,
    catalog: tuple[Path, ...],
) -> None:
    """Compare two sides at the same tok/s per user.

    A SLUG is MODEL-GPU-PRECISION-vs-PRECISION, MODEL-GPU-vs-GPU, MODEL-GPU-PRECISION-METHOD-vs-none
    or MODEL-GPU-PRECISION-ENGINE-vs-ENGINE. Exit code 2: wrong usage, 3: no data.
    """
    words = options.catalog(catalog)
    data = options.sources(store)
    parsed = parse(slug, words, kind, data)
    prices, powers = options.pairs("--price", price), options.pairs("--power", power)
    for key in {*prices, *powers} - set(parsed.hardware):
        raise UsageError(f"{key!r} is not part of {parsed.canonical}; there is {', '.join(parsed.hardware)}")
    if precision and parsed.kind != "gpu":
        raise UsageError(f"--precision is for comparisons of GPUs; {parsed.canonical} names its own")
    if precision and words.resolve_precision(precision) not in words.precisions:
        raise UsageError(f"there is no precision {precision!r}", tuple(words.precisions))
    charts = [_chart(path, suffix) for path, suffix in ((png, ".png"), (svg, ".svg")) if path]
    question = Question(
        slug=parsed,
        sequence=_sequence(sequence),
        precision=words.resolve_precision(precision) if precision else None,
        targets=options.numbers("--at", at),
        budgets=options.numbers("--within", within) or (),
        method=method,
        tier=tier,
        prices=prices,
        powers=powers,
        datasets=tuple(options.split(dataset)) or None,
        as_of=options.day("--as-of", as_of),
    )
    try:
        found = answer(question, data, words, draw=bool(charts))
    except NoDataError as error:
        close = [slug for slug in closest(parsed.canonical, words, data) if slug != parsed.canonical]
        raise NoDataError(str(error), tuple(close)) from None
    _draw(found, charts, theme)
    _print(found, output)


def _chart(path: Path, suffix: str) -> Path:
    if path.suffix.lower() != suffix:
        raise UsageError(f"--{suffix[1:]} {path} does not end in {suffix}")
    return path


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
    from isoline.present.render import SHARE, save

    width, height = SHARE
    for path in paths:
        save(comparison_chart(comparison, theme=theme, width=width, height=height), path)
        print(f"wrote {path}", file=sys.stderr)
