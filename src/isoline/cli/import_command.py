"""`isoline import IMPORTER LOCATION…`: results of a foreign source into the store."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from isoline.cli import options
from isoline.registry import IMPORTERS
from isoline.store.layout import resolve_root
from isoline.store.report import DatasetReport
from isoline.store.store import Store


@click.command()
@click.argument("importer")
@click.argument("locations", nargs=-1, required=True)
@click.option(
    "--as",
    "response_kind",
    type=click.Choice(("benchmarks", "history")),
    help="What a file of benchmark rows holds, where it does not say it.",
)
@options.store_option
@options.catalog_option
def app(
    importer: str,
    locations: tuple[str, ...],
    response_kind: str | None,
    store: Path | None,
    catalog: tuple[Path, ...],
) -> None:
    """Import results. LOCATIONS are JSON files, folders, zips or the base URL of an API. Importing
    the same again adds nothing; rows that cannot be used are kept aside.

    For example: isoline import inferencex benchmarks.json
    """
    read = IMPORTERS.load(importer)
    words = options.catalog(catalog)
    target = Store(resolve_root(store))
    report = target.add(
        read(locations, words, response_kind=response_kind),
        importer=importer,
        details={"locations": list(locations)},
    )
    for dataset in report.datasets.values():
        for line in _words(dataset):
            print(line)
    if report.quarantined:
        print("isoline quarantine lists the rows that were kept aside, with reasons.", file=sys.stderr)
    for problem in target.problems():
        print(f"skipped {problem.path}: {problem.reason}", file=sys.stderr)


def _words(report: DatasetReport) -> list[str]:
    counts = [
        (report.points, "new points"),
        (report.evaluations, "new evaluations"),
        (report.availability, "new availability rows"),
        (
            report.duplicates + report.evaluation_duplicates + report.availability_duplicates,
            "already there",
        ),
        (report.quarantine_duplicates, "already quarantined"),
    ]
    parts = [f"{count:,} {what}" for count, what in counts if count]
    parts += [f"{count:,} quarantined ({reason})" for reason, count in sorted(report.quarantined.items())]
    lines = [f"{report.dataset}: {', '.join(parts) or 'nothing new'}"]
    lines += [f"  note: {note}" for note in report.notes]
    lines += [f"  narrower: {line}" for line in report.narrower[:5]]
    if len(report.narrower) > 5:
        lines.append(f"  narrower: {len(report.narrower) - 5} more lines; comparing them says so")
    return lines
