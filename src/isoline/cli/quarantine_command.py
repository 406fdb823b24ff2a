"""`isoline quarantine`: rows that could not be imported; `--retry` after the catalog learned a name."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from isoline.cli import options
from isoline.domain.catalog import Catalog
from isoline.registry import RETRIES
from isoline.store.importers.batch import ImportBatch
from isoline.store.layout import existing_root
from isoline.store.quarantine import StoredQuarantine
from isoline.store.store import Store


@click.command()
@click.option("--reason", help="Only rows with this reason.")
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="0 shows all.")
@click.option("--retry", is_flag=True, help="Map the rows again; what now works moves in.")
@options.format_option("table", "json")
@options.store_option
@options.catalog_option
def app(
    reason: str | None,
    limit: int,
    retry: bool,
    output: str,
    store: Path | None,
    catalog: tuple[Path, ...],
) -> None:
    """List the rows that imports kept aside, with reasons."""
    target = Store(existing_root(store))
    rows = [row for row in target.quarantine() if reason in (None, row.row.reason)]
    if retry:
        print(_retry(target, rows, options.catalog(catalog)))
        return
    if output == "json":
        print(json.dumps([{"id": row.id, **asdict(row.row)} for row in rows], indent=2, ensure_ascii=False))
        return
    if not rows:
        print("The quarantine is empty.")
        return
    for name, count in Counter(row.row.reason for row in rows).most_common():
        print(f"{count:>7,}  {name}")
    print()
    for row in rows[: limit or None]:
        place = f"{row.row.source} {row.row.position}".strip()
        print(_visible(f"{row.id}  {row.row.reason}: {row.row.detail}\n{'':<{len(row.id)}}  {place}"))
    if limit and len(rows) > limit:
        print(f"… and {len(rows) - limit:,} more (--limit 0 shows all)")


def _retry(target: Store, rows: list[StoredQuarantine], words: Catalog) -> str:
    accepted: list[str] = []

    def batches() -> Iterator[ImportBatch]:
        for row in rows:
            for batch in RETRIES.load(row.row.importer)([row.row], words):
                if not batch.quarantined:
                    accepted.append(row.id)
                    yield batch

    report = target.add(batches(), importer="retry", details={"retried": len(rows)})
    target.resolve_quarantine(accepted)
    evaluations = sum(d.evaluations for d in report.datasets.values())
    return (
        f"{len(accepted):,} of {len(rows):,} rows moved in: "
        f"{report.points:,} points and {evaluations:,} evaluations; {len(rows) - len(accepted):,} stay"
    )


def _visible(text: str) -> str:
    """Text of foreign files must not steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else f"\\x{ord(c):02x}" for c in text)
