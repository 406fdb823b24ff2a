"""`isoline diff RUN RUN`: what differs between two runs."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size

import click

from isoline.analyse.run_difference import run_difference
from isoline.cli import options
from isoline.present import diff_text, run_json
from isoline.store.find_run import find_run
from isoline.store.layout import existing_root


@click.command()
@click.argument("a", metavar="RUN")
@click.argument("b", metavar="RUN")
@click.option("--all", "every", is_flag=True, help="Every metric, not the usual ones only.")
@options.format_option("table", "json")
@options.store_option
def app(a: str, b: str, every: bool, output: str, store: Path | None) -> None:
    """Compare two runs: fields that differ, then figures at the loads both have, with their change.

    RUN is the folder of a run, its id or any unique part of it, or the id of a sweep.
    """
    root = existing_root(store)
    left, right = find_run(root, a), find_run(root, b)
    difference = run_difference(left, right)
    if output == "json":
        print(run_json.difference(left, right, difference))
    else:
        # A pipe has no width.
        width = get_terminal_size().columns if sys.stdout.isatty() else None
        print(diff_text.difference(left, right, difference, every=every, width=width))
