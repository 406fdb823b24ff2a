"""`isoline bench URL|SPEC.yaml`: measures a server under one or several loads."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from isoline.cli.choice import Choice

F = Callable[..., object]

_VALUES: tuple[tuple[str, object, str], ...] = (
    ("--model", str, "Model name as the server knows it."),
    ("--isl", int, "Input tokens of a request."),
    ("--osl", int, "Output tokens of a request."),
    ("--lengths", Choice(("fixed", "uniform", "lognormal")), "uniform: [0.8 L, L]."),
    ("--tokenizer", str, "Folder with the model's tokenizer.json: for prompts of a file, and to count."),
    ("--prompts", str, "File of prompts: text, JSONL, ShareGPT or a Mooncake trace."),
    ("--prompts-kind", Choice(("text", "sharegpt", "trace")), "Of that file; recognised."),
    ("--prompts-count", int, "How many of them are prepared; then they start over. Default: 1000."),
    ("--speed", float, "Of a replayed trace: 2 halves all gaps."),
    ("--turns", int, "Conversations of so many turns, each adding --isl tokens."),
    ("--first-isl", int, "Input tokens of their first turn; default: --isl."),
    ("--think", float, "Seconds that a user thinks between two turns, on average."),
    ("--concurrency", str, "Streams kept busy: 1,8,64; 1..64 doubles; auto finds them."),
    ("--rate", str, "Instead: requests per second, like 2.5,5."),
    ("--ramp-to", float, "Change the rate linearly to this, over --duration."),
    ("--arrivals", Choice(("poisson", "constant", "gamma")), "How a rate arrives."),
    ("--shape", float, "Of gamma arrivals: 1 is Poisson, smaller is burstier."),
    ("--requests", int, "Requests a point; without, until the median TPOT is known within 2 %."),
    ("--warmup-requests", int, "Of a warm-up's round, at least; default: 8."),
    ("--requests-per-stream", int, "Instead: requests a point, per stream; 8 at least."),
    ("--duration", float, "Instead: seconds a point."),
    ("--repeats", int, "Measurements of every point, in random order."),
    ("--endpoint", Choice(("completions", "chat")), "completions: token ids, no tokenizer."),
    ("--seed", int, "Of lengths, prompts, arrivals and order."),
    ("--processes", int, "Of the load generator, on each host; chosen from load and cores."),
    ("--ray", str, "Address of a Ray cluster (HOST:6379, auto) whose hosts offer the load."),
    ("--hosts", int, "So many of them; default: all."),
    ("--timeout", float, "Seconds from sending to the last byte."),
    ("--silence", float, "Seconds without a byte in mid-answer; default: 60."),
    ("--cooldown", float, "Seconds between two points."),
    ("--api-key-env", str, "Environment variable with the API key; the key is never stored."),
    ("--dataset", str, "Dataset of the store that takes the points; default: local."),
)


def _values(command: F) -> F:
    for flag, kind, about in reversed(_VALUES):
        command = click.option(flag, type=kind, help=about)(command)
    return command


@click.command()
@click.argument("target", required=False, metavar="URL|SPEC.yaml")
@_values
@click.option("--recipe", multiple=True, help="What is served: hardware=h100,precision=fp8,engine=vllm,tp=1.")
@click.option("--slo", multiple=True, help="For goodput, in seconds: ttft=2,tpot=0.05,e2e=30.")
@click.option("--header", multiple=True, help="K=V, sent with each request; the value is never stored.")
@click.option("--extra-body", help="JSON object laid over every request's body; it is stored.")
@click.option(
    "--telemetry", multiple=True, help="nvml, amdsmi, prometheus=URL, none: power, clocks, counters."
)
@click.option("--insecure", is_flag=True, help="Accept any TLS certificate.")
@click.option("--fresh", is_flag=True, help="Begin anew where an unfinished sweep could go on.")
@click.option(
    "--example",
    type=Choice(("url", "engine")),
    is_flag=False,
    flag_value="url",
    help="Print a spec file and exit; `engine`: one that starts what it measures.",
)
@click.option(
    "--format", "output", type=Choice(("table", "json")), default="table", help="What goes to stdout."
)
@click.option("--store", type=click.Path(path_type=Path), help="Store folder; see isoline info.")
@click.option("--catalog", type=click.Path(path_type=Path), multiple=True, help="More catalog entries.")
def app(
    target: str | None,
    recipe: tuple[str, ...],
    slo: tuple[str, ...],
    header: tuple[str, ...],
    extra_body: str | None,
    insecure: bool,
    telemetry: tuple[str, ...],
    fresh: bool,
    example: str | None,
    output: str,
    store: Path | None,
    catalog: tuple[Path, ...],
    **values: object,
) -> int:
    """Measure an OpenAI-compatible server under one or several loads and store the points. A spec may
    name an engine and a matrix of its settings instead: each is started, measured, stopped, compared.

    Killed at any moment, the same command goes on where it was.
    """
    if example:
        from isoline.bench.asked.spec import ENGINE_EXAMPLE, EXAMPLE

        print(ENGINE_EXAMPLE if example == "engine" else EXAMPLE, end="")
        return 0
    from isoline.bench.asked.flags import given
    from isoline.bench.asked.reading import Asked
    from isoline.bench.run import bench
    from isoline.domain.catalog import load_catalog
    from isoline.store.layout import resolve_root

    file, flags = given(target, values, recipe, slo, header, extra_body, insecure, telemetry)
    return bench(
        Asked(file, flags), load_catalog(catalog), resolve_root(store), sys.argv[2:], output, fresh=fresh
    )
