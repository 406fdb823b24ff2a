"""`isoline import [IMPORTER] LOCATION…`: results of a foreign source into the store."""

from __future__ import annotations

import inspect
import os
import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from isoline.analyse.words import counted
from isoline.cli import options
from isoline.cli.choice import Choice
from isoline.errors import UsageError
from isoline.registry import IMPORTERS
from isoline.store.importers.batch import ImportBatch
from isoline.store.layout import resolve_root
from isoline.store.report import DatasetReport
from isoline.store.store import Store

Read = Callable[..., Iterable[ImportBatch]]
_FLAGS = {"response_kind": "--as", "recipe": "--recipe", "sequence": "--sequence", "date": "--date"}


@click.command()
@click.argument("importer")
@click.argument("locations", nargs=-1)
@click.option(
    "--as",
    "response_kind",
    type=Choice(("benchmarks", "history")),
    help="What a file of benchmark rows holds, where it does not say it.",
)
@click.option(
    "--recipe",
    multiple=True,
    metavar="KEY=VALUE,…",
    help="What served, where the files do not say it: model, hardware, engine, precision, gpus, tp …",
)
@click.option("--sequence", help="Input/output lengths the requests stood for, for example 8k/1k.")
@click.option("--date", help="Day of the runs, YYYY-MM-DD, where the files do not say it.")
@click.option("--dataset", help="Name under which the points are stored. Default: the tool's.")
@options.store_option
@options.catalog_option
def app(
    importer: str,
    locations: tuple[str, ...],
    store: Path | None,
    catalog: tuple[Path, ...],
    **declared: str | tuple[str, ...] | None,
) -> None:
    """Import results of other tools: vllm, sglang, aiperf, guidellm, inference-perf, genai-perf or
    inferencex; without a name (or with auto) whichever wrote a file. Importing the same again adds
    nothing; what cannot be used is kept aside.

    For example: isoline import vllm r.json --recipe model=dsr1,hardware=b300,precision=fp8,gpus=8
    """
    importer, locations = _named(importer, locations)
    read = IMPORTERS.load(importer)
    chosen = _options(importer, read, declared)
    target = Store(resolve_root(store))
    report = target.add(
        read(locations, options.catalog(catalog), **chosen),
        importer=importer,
        details={"command": shlex.join(["isoline", *sys.argv[1:]]), "locations": list(locations), **chosen},
    )
    for dataset in report.datasets.values():
        for line in _words(dataset):
            print(line)
    if report.quarantined:
        print("isoline quarantine lists the rows that were kept aside, with reasons.", file=sys.stderr)
    for problem in target.problems():
        print(f"skipped {problem.path}: {problem.reason}", file=sys.stderr)


def _named(importer: str, locations: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A first argument that is no importer but a file or folder is a location of whichever tool wrote it."""
    if importer not in IMPORTERS.names() and os.path.exists(importer):
        return "auto", (importer, *locations)
    if importer in IMPORTERS.names() and not locations:
        raise UsageError(f"nothing to import: give result files or folders after {importer!r}")
    return importer, locations


def _options(
    importer: str, read: Read, declared: dict[str, str | tuple[str, ...] | None]
) -> dict[str, str | tuple[str, ...]]:
    """The options that were given; one that the importer does not take is an error, not ignored."""
    given = {name: value for name, value in declared.items() if value}
    accepted = inspect.signature(read).parameters
    for name in given:
        if name not in accepted:
            flag = _FLAGS.get(name, f"--{name}")
            raise UsageError(f"{flag} is not for {importer}: its files say it themselves")
    return given


def _words(report: DatasetReport) -> list[str]:
    new = (
        (report.points, "new point"),
        (report.evaluations, "new evaluation"),
        (report.availability, "new availability row"),
    )
    known = (
        (report.duplicates + report.evaluation_duplicates + report.availability_duplicates, "already there"),
        (report.quarantine_duplicates, "already quarantined"),
    )
    parts = [counted(count, what) for count, what in new if count]
    parts += [f"{count:,} {what}" for count, what in known if count]
    parts += [f"{count:,} quarantined ({reason})" for reason, count in sorted(report.quarantined.items())]
    lines = [f"{report.dataset}: {', '.join(parts) or 'nothing new'}"]
    lines += [f"  note: {note}" for note in report.notes]
    lines += [f"  narrower: {line}" for line in report.narrower[:5]]
    if len(report.narrower) > 5:
        lines.append(f"  narrower: {len(report.narrower) - 5} more lines; comparing them says so")
    return lines
