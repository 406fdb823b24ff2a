"""`isoline show RUN`: a run as text."""

from __future__ import annotations

from pathlib import Path

import click

from isoline.cli import options
from isoline.present import run_json, run_text
from isoline.store.find_run import find_run
from isoline.store.layout import existing_root


@click.command()
@click.argument("run")
@click.option("--all", "every", is_flag=True, help="Every metric of every point, not the usual ones only.")
@options.format_option("table", "json")
@options.store_option
def app(run: str, every: bool, output: str, store: Path | None) -> None:
    """Show a run: what served, the command, the environment, whether it is valid, its points.

    RUN is the folder of a run, its id or any unique part of it, or the id of a sweep.
    """
    found = find_run(existing_root(store), run)
    print(run_json.run(found) if output == "json" else run_text.run(found, every=every))
