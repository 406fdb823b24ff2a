"""`isoline rank MODEL`: all configurations of a model at the same speeds, as a table, JSON or CSV."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from isoline.analyse.terms import AGGREGATIONS, STATISTICS
from isoline.ask.asked import Asked
from isoline.ask.rank_asked import rank_question
from isoline.ask.ranked import ranking
from isoline.cli import options
from isoline.cli.choice import Choice
from isoline.domain.catalog import TIERS
from isoline.present import ranking_view


@click.command()
@click.argument("model")
@click.option("--at", help="Speeds in tok/s per user, like 30,50,75.")
@click.option("--by", metavar="SPEED", help="Of them the one to order by; the first of --at.")
@click.option("--metric", metavar="METRIC", help="What is read; see list --metrics.")
@click.option("--sequence", help="Input/output lengths, like 1k/1k or 8192/1024.")
@click.option("--precision", help="Only these, like fp8,fp4.")
@click.option("--tier", type=Choice(TIERS), help=f"Price tier; {TIERS[0]} unless published.")
@click.option("--price", multiple=True, help="$ per GPU-hour, like b300=2.26.")
@click.option("--power", multiple=True, help="All-in kW per GPU, like b300=1.9.")
@click.option("--dataset", multiple=True, help="Only these datasets; see isoline info.")
@click.option("--as-of", help="Only data and prices up to this date, like 2026-06-14.")
@click.option("--vendor", multiple=True, help="Only GPUs of these vendors.")
@click.option("--aggregation", type=Choice(AGGREGATIONS), help="Only points served so.")
@click.option("--spec-decode", multiple=True, help="Only points with these methods, like mtp or none.")
@click.option("--max-ttft", metavar="SECONDS", help="Only points with no longer a time to first token.")
@click.option("--max-e2e", metavar="SECONDS", help="Only points with no longer an end-to-end latency.")
@click.option("--limit-on", type=Choice(STATISTICS), help="What of these latencies the limits hold.")
@options.format_option("table", "json", "csv")
@options.store_option
@options.catalog_option
def app(
    model: str,
    at: str | None,
    by: str | None,
    metric: str | None,
    sequence: str | None,
    precision: str | None,
    tier: str | None,
    price: tuple[str, ...],
    power: tuple[str, ...],
    dataset: tuple[str, ...],
    as_of: str | None,
    vendor: tuple[str, ...],
    aggregation: str | None,
    spec_decode: tuple[str, ...],
    max_ttft: str | None,
    max_e2e: str | None,
    limit_on: str | None,
    output: str,
    store: Path | None,
    catalog: tuple[Path, ...],
) -> None:
    """Rank every GPU and precision of MODEL at the same tok/s per user, the best of its engines and settings.

    Two of them in depth: isoline compare. Exit code 2: wrong usage, 3: no data.
    """
    words = options.catalog(catalog)
    asked = Asked(
        at=at,
        sequence=sequence,
        precision=precision,
        tier=tier,
        price=price,
        power=power,
        dataset=dataset,
        as_of=as_of,
        metric=metric,
        vendor=vendor,
        aggregation=aggregation,
        spec_decode=spec_decode,
        max_ttft=max_ttft,
        max_e2e=max_e2e,
        limit_on=limit_on,
    )
    question = rank_question(model, by, asked, words, lambda name: "--" + name.replace("_", "-"))
    found = ranking(question, options.sources(store), words)
    if output == "json":
        print(ranking_view.to_json(found))
    elif output == "csv":
        sys.stdout.write(ranking_view.to_csv(found))
    else:
        from rich.console import Console

        from isoline.present.ranking_text import print_ranking

        print_ranking(found, Console(highlight=False))
