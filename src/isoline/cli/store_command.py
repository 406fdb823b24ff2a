"""`isoline store …`: the index and the health of the store."""

from __future__ import annotations

from pathlib import Path

import click

from isoline.cli import options
from isoline.errors import StoreError
from isoline.store.layout import existing_root
from isoline.store.store import Store


@click.group()
def app() -> None:
    """Rebuild the index of the store, or check its folders."""


@app.command()
@options.store_option
def reindex(store: Path | None) -> None:
    """Build the index again from the run folders; deleting it loses nothing."""
    target = Store(existing_root(store))
    report = target.reindex()
    print(f"indexed {report.points:,} points of {report.runs:,} run folders in {report.seconds:.1f} s")
    _print_problems(target)


@app.command()
@options.store_option
@click.option("--deep", is_flag=True, help="Read every file and compare its digest.")
def check(store: Path | None, deep: bool) -> None:
    """Report folders that are torn, foreign or of a newer version; exit code 1 if there are any."""
    target = Store(existing_root(store))
    if _print_problems(target, deep=deep):
        raise StoreError(f"{target.root} holds folders that are skipped; see above")
    print(f"{target.root}: no problems")


def _print_problems(target: Store, *, deep: bool = False) -> int:
    problems = target.problems(deep=deep)
    for problem in problems:
        print(f"{problem.path}: {problem.reason}")
    return len(problems)
