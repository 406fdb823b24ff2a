"""`isoline compare SLUG`: the comparison as a table, JSON, Markdown, CSV, PNG or SVG."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from isoline.analyse.built import Built
from isoline.analyse.comparison import Comparison
from isoline.analyse.terms import AGGREGATIONS, AXES, METHODS, STATISTICS, VIEWS
from isoline.ask.answer import ready
from isoline.ask.asked import Asked, question
from isoline.ask.scores import Score, scores
from isoline.cli import options
from isoline.cli.choice import Choice
from isoline.cli.suggest import parse
from isoline.domain.catalog import TIERS
from isoline.domain.slugs import KINDS, Slug
from isoline.errors import OutputError, UsageError
from isoline.store.sources import Sources

METRIC = "What it is about: throughput_per_gpu, cost_per_mtok, tokens_per_s_per_mw …; see list --metrics."


@click.command()
@click.argument("slug")
@click.option("--kind", type=Choice(KINDS), help="Usually known from SLUG.")
@click.option("--at", help="Targets in tok/s per user, like 102,160,218.")
@click.option("--within", help="Budgets in $ per M tokens: the highest speed each side gives for it.")
@click.option("--sequence", help="Input/output lengths, like 1k/1k or 8192/1024.")
@click.option("--precision", help="Precision, where GPUs are compared.")
@click.option(
    "--method",
    type=Choice(METHODS),
    default=METHODS[0],
    show_default=True,
    help="envelope: the best series at each speed; pooled: InferenceX's convention.",
)
@click.option("--tier", type=Choice(TIERS), help=f"Price tier; {TIERS[0]} unless published.")
@click.option("--price", multiple=True, help="$ per GPU-hour, like b300=2.26.")
@click.option("--power", multiple=True, help="All-in kW per GPU, like b300=1.9.")
@click.option("--dataset", multiple=True, help="Only these datasets; see isoline info.")
@click.option("--as-of", help="Only data and prices up to this date, like 2026-06-14.")
@click.option("--view", type=Choice(VIEWS), help="per-dollar leads with cost.")
@click.option("--metric", metavar="METRIC", help=METRIC)
@click.option("--vendor", multiple=True, help="Only GPUs of these vendors.")
@click.option("--aggregation", type=Choice(AGGREGATIONS), help="Only points served so.")
@click.option("--spec-decode", multiple=True, help="Only points with these methods, like mtp or none.")
@click.option(
    "--match",
    multiple=True,
    help="Hold both sides equal in these fields, like tp,gpus, or in all that can be.",
)
@click.option(
    "--max-ttft", metavar="SECONDS", help="Only points with no longer a time to first token (median)."
)
@click.option(
    "--max-e2e", metavar="SECONDS", help="Only points with no longer an end-to-end latency (median)."
)
@click.option("--limit-on", type=Choice(STATISTICS), help="What of these latencies the limits hold.")
@click.option("--x", type=Choice(tuple(AXES)), help="The chart's x axis.")
@click.option("--log/--no-log", default=None, help="A logarithmic y axis, or a linear one.")
@click.option("--optimal", is_flag=True, help="Draw only points that no other of their series beats.")
@click.option(
    "--hide", multiple=True, help="Leave out of the chart: a side or series, like bf16 or fp4:vllm."
)
@options.format_option("table", "json", "markdown", "csv", "html")
@click.option("--png", type=click.Path(path_type=Path), help="Also draw the chart into this file.")
@click.option("--svg", type=click.Path(path_type=Path), help="Also draw the chart into this file.")
@click.option(
    "--points", type=click.Path(path_type=Path), help="Also write all points into this file, .csv or .json."
)
@click.option("--theme", type=Choice(("light", "dark")), default="light", help="Of the chart.")
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
    view: str | None,
    metric: str | None,
    vendor: tuple[str, ...],
    aggregation: str | None,
    spec_decode: tuple[str, ...],
    match: tuple[str, ...],
    max_ttft: str | None,
    max_e2e: str | None,
    limit_on: str | None,
    x: str | None,
    log: bool | None,
    optimal: bool,
    hide: tuple[str, ...],
    output: str,
    png: Path | None,
    svg: Path | None,
    points: Path | None,
    theme: str,
    store: Path | None,
    catalog: tuple[Path, ...],
) -> None:
    """Compare two sides at the same tok/s per user.

    A SLUG is MODEL-GPU-PRECISION-vs-PRECISION, MODEL-GPU-vs-GPU, MODEL-GPU-PRECISION-vs-GPU-PRECISION,
    MODEL-GPU-PRECISION-METHOD-vs-none, MODEL-GPU-PRECISION-ENGINE-vs-ENGINE or
    MODEL-GPU-PRECISION-ENGINE-VERSION-vs-VERSION. Exit code 2: wrong usage,
    3: no data.
    """
    words = options.catalog(catalog)
    data = options.sources(store)
    parsed = parse(slug, words, kind, data)
    charts = [_chart(path, suffix) for path, suffix in ((png, ".png"), (svg, ".svg")) if path]
    asked = Asked(
        at=at,
        within=within,
        sequence=sequence,
        precision=precision,
        method=method,
        tier=tier,
        price=price,
        power=power,
        dataset=dataset,
        as_of=as_of,
        metric=metric,
        x=x,
        log=None if log is None else str(int(log)),
        optimal="1" * optimal,
        vendor=vendor,
        aggregation=aggregation,
        spec_decode=spec_decode,
        match=match,
        max_ttft=max_ttft,
        max_e2e=max_e2e,
        limit_on=limit_on,
        view=view,
        hide=hide,
    )
    asking = question(parsed, asked, words, lambda name: "--" + name.replace("_", "-"))
    if points is not None and points.suffix.lower() not in (".csv", ".json"):
        raise UsageError(f"--points {points} does not end in .csv or .json")
    held = ready(asking, data, words, whole=points is not None)
    found = held.to(asking, draw=bool(charts) or output == "html")
    _draw(found, charts, theme)
    if points is not None:
        _write_points(found, points)
    if output == "html":
        sys.stdout.write(_file(found, held.prepared.built, parsed, asked, data))
    else:
        known = scores(found, data, asking.as_of) if output != "csv" else ()  # which has no place for them
        _print(found, known, output)


def _file(comparison: Comparison, built: Sequence[Built], slug: Slug, asked: Asked, data: Sources) -> str:
    """The comparison as one HTML file."""
    from datetime import date

    from platformdirs import user_cache_path

    from isoline.present.web.query import Query
    from isoline.present.web.saved import saved

    query = Query.of_asked(asked)
    cache = user_cache_path("isoline")
    return saved(comparison, built, slug, query, data, cache=cache, today=date.today())


def _chart(path: Path, suffix: str) -> Path:
    if path.suffix.lower() != suffix:
        raise UsageError(f"--{suffix[1:]} {path} does not end in {suffix}")
    return path


def _print(comparison: Comparison, known: Sequence[Score], output: str) -> None:
    if output == "json":
        from isoline.present.json_view import to_json

        print(to_json(comparison, known))
        return
    if output == "csv":
        from isoline.present.csv_view import to_csv

        sys.stdout.write(to_csv(comparison))
        return
    from isoline.present import text

    if output == "table":
        from rich.console import Console

        text.print_comparison(comparison, known, Console(highlight=False))
    else:
        sys.stdout.write(text.to_markdown(comparison, known))


def _write_points(comparison: Comparison, path: Path) -> None:
    from isoline.present.points_file import WRITERS

    text = WRITERS[path.suffix.lower()](comparison)
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    print(f"wrote {path}", file=sys.stderr)


def _draw(comparison: Comparison, paths: list[Path], theme: str) -> None:
    if not paths:
        return
    from isoline.present.charts import comparison_chart
    from isoline.present.render import SHARE, save

    width, height = SHARE
    for path in paths:
        save(comparison_chart(comparison, theme=theme, width=width, height=height), path)
        print(f"wrote {path}", file=sys.stderr)
