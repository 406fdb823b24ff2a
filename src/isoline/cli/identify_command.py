"""`isoline identify URL`: what a server says it is, and whether that is what was declared."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from isoline.cli import options
from isoline.domain.declared import parse_recipe
from isoline.domain.recipe import Recipe
from isoline.errors import UsageError
from isoline.measure.engines.identify import identify
from isoline.measure.engines.identity import UNKNOWN, verify
from isoline.measure.engines.probe import Probe
from isoline.present.numbers import plain

_REQUIRED = ("model", "hardware", "engine", "precision", "spec_method")


@click.command()
@click.argument("url")
@click.option("--recipe", multiple=True, metavar="KEY=VALUE,…", help="What it should be; compared.")
@click.option("--model", help="Name that requests will ask for; must be served.")
@click.option("--api-key-env", metavar="NAME", help="Environment variable that holds the server's API key.")
@click.option("--insecure", is_flag=True, help="Accept any TLS certificate.")
@options.format_option("table", "json")
@options.catalog_option
def app(
    url: str,
    recipe: tuple[str, ...],
    model: str | None,
    api_key_env: str | None,
    insecure: bool,
    output: str,
    catalog: tuple[Path, ...],
) -> None:
    """Ask a server what it is: engine, version, checkpoint, parallelism, formats, speculation. With
    --recipe a contradiction is an error.

    For example: isoline identify http://127.0.0.1:8000 --recipe engine=vllm,tp=8
    """
    words = options.catalog(catalog)
    declared = Recipe(**{**dict.fromkeys(_REQUIRED, "unknown"), **parse_recipe(recipe, words)})  # type: ignore[arg-type]
    found = identify(Probe(url, headers=_headers(api_key_env), insecure=insecure))
    completed = verify(declared, found, words, model=model)
    if output == "json":
        known = {name: value for name, value in completed.items() if value not in UNKNOWN}
        print(json.dumps({**asdict(found), "recipe": known}, indent=2))
        return
    lines = {
        "engine": found.engine,
        "serves": ", ".join(found.served) or "does not say",
        **found.fields,
        "speculates": "does not say" if found.speculates is None else found.speculates,
        "max_length": found.max_length or "does not say",
        **found.facts,
    }
    width = max(map(len, lines))
    for name, value in lines.items():
        print(f"{name:<{width}}  {plain(value)}")


def _headers(name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    if not (key := os.environ.get(name)):
        raise UsageError(f"--api-key-env: there is no environment variable {name}")
    return {"Authorization": f"Bearer {key}"}
