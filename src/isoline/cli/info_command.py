"""`isoline info`: where everything is and what it holds."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict
from pathlib import Path

import click

from isoline import __version__
from isoline.cli import options
from isoline.domain.catalog import TIERS
from isoline.domain.catalog.load import default_user_dir
from isoline.domain.point import Selection
from isoline.store.layout import resolve_root
from isoline.store.packaged import served
from isoline.store.store import Store

PACKAGED = {
    "study": "measured by us, every record with it",
    "published": "printed on public pages",
    "simulated": "computed, not measured",
}


@click.command()
@options.format_option("table", "json")
@options.store_option
@options.catalog_option
def app(output: str, store: Path | None, catalog: tuple[Path, ...]) -> None:
    """Say where the store and the catalog are, and what they hold."""
    words = options.catalog(catalog)
    target = Store(resolve_root(store))
    prices = [row for key in words.hardware for tier in TIERS for row in words.prices.history(key, tier)]
    facts = {
        "version": __version__,
        "python": platform.python_version(),
        "store": str(target.root),
        "catalog_folder": str(default_user_dir()),
        "catalog": {
            "models": len(words.models),
            "hardware": len(words.hardware),
            "engines": len(words.engines),
            "prices": len(prices),
            "newest_price": max((row.date for row in prices), default=None),
        },
        "datasets": [
            *(asdict(summary) for summary in target.datasets()),
            *({"dataset": asdict(each), "points": _count(each.name)} for each in served.datasets()),
        ],
        "quarantined": len(target.quarantine()),
        "problems": [asdict(problem) for problem in target.problems()],
    }
    if output == "json":
        print(json.dumps(facts, indent=2, default=str))
        return
    print(f"Isoline {__version__} on Python {platform.python_version()}")
    print(f"store      {target.root}{'' if target.root.exists() else ' (not there yet)'}")
    print(f"catalog    {len(words.models)} models, {len(words.hardware)} hardware,")
    print(f"           {len(words.engines)} engines, {len(prices)} prices")
    print(f"           your own entries: {default_user_dir()}")
    print("datasets")
    for summary in target.datasets():
        held = ", ".join(
            f"{count:,} {what}"
            for count, what in ((summary.points, "points"), (summary.evaluations, "evaluations"))
            if count
        )
        dates = f"{summary.first_date} to {summary.last_date}" if summary.first_date else "undated"
        print(f"  {summary.dataset.name:<24} {held or summary.dataset.kind:>20}  {dates}")
    for each in served.datasets():
        print(f"  {each.name:<24} {f'{_count(each.name):,} points':>20}  packaged: {PACKAGED[each.kind]}")
    if quarantined := len(target.quarantine()):
        print(f"quarantine {quarantined:,} rows; see isoline quarantine")
    for problem in target.problems():
        print(f"skipped    {problem.path}: {problem.reason}", file=sys.stderr)


def _count(dataset: str) -> int:
    return len(served.points(Selection(datasets=(dataset,))))
