"""`isoline sim`: a simulated engine behind a real HTTP server."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import click

from isoline.cli import options
from isoline.errors import UsageError, unknown
from isoline.measure.sim.faults import FAULTS


@click.command()
@click.argument("model")
@click.argument("hardware")
@click.option("--precision", default="bf16", show_default=True, help="Of the weights: fp4, fp8, bf16, int4 …")
@click.option(
    "--tp", type=click.IntRange(1, 72), default=1, show_default=True, help="GPUs: tensor parallelism."
)
@click.option("--kv", help="Format of the KV cache: bf16 or fp8_e4m3.")
@click.option("--spec", default="none", show_default=True, help="Method of speculative decoding.")
@click.option("--draft", type=click.IntRange(1, 16), default=3, show_default=True, help="Tokens it drafts.")
@click.option(
    "--acceptance",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.7,
    show_default=True,
    help="How often a drafted token is accepted.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0.01, 1000),
    default=1.0,
    show_default=True,
    help="Times faster than real time.",
)
@click.option("--max-sequences", type=click.IntRange(1), default=256, show_default=True, help="In one batch.")
@click.option(
    "--step-tokens", type=click.IntRange(64), default=8192, show_default=True, help="Processed in one step."
)
@click.option(
    "--fault",
    multiple=True,
    metavar="KIND=RATE",
    help=f"Share of requests that fail in a way; may be repeated. Kinds: {', '.join(FAULTS)}.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Of faults and acceptances.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8100, show_default=True, help="0 takes any free one."
)
@options.catalog_option
def app(
    model: str,
    hardware: str,
    precision: str,
    tp: int,
    kv: str | None,
    spec: str,
    draft: int,
    acceptance: float,
    speed: float,
    max_sequences: int,
    step_tokens: int,
    fault: tuple[str, ...],
    seed: int,
    host: str,
    port: int,
    catalog: tuple[Path, ...],
) -> None:
    """Serve a simulated MODEL on HARDWARE until interrupted. Everything it answers says so."""
    import uvloop

    from isoline.measure.sim.faults import read_faults
    from isoline.measure.sim.server import SimulatedServer, serve
    from isoline.numerics.engine.deployment import deploy
    from isoline.numerics.engine.scheduler import Limits
    from isoline.numerics.engine.speculation import NO_DRAFTS, Speculation

    words = options.catalog(catalog)
    found = words.find_model(model)
    if found is None:
        raise UsageError(*unknown("model", model, words.models, options.IN_CATALOG))
    if hardware not in words.hardware:
        raise UsageError(*unknown("hardware", hardware, words.hardware, options.IN_CATALOG))
    if spec not in words.spec_methods:
        raise UsageError(*unknown("--spec", spec, words.spec_methods))
    drafts = NO_DRAFTS if spec == "none" else Speculation(spec, draft, acceptance, seed=seed)
    deployment = deploy(words, found.key, hardware, precision, tp, kv_format=kv, speculation=drafts)
    limits = Limits(max_sequences, step_tokens)
    server = SimulatedServer(deployment, speed, read_faults(fault, seed), limits)

    def ready(bound: int) -> None:
        print(f"http://{f'[{host}]' if ':' in host else host}:{bound}", flush=True)
        what = f"{words.model_label(found.key)} in {precision} on {tp} x {words.hardware_label(hardware)}"
        cache = f"{deployment.kv_capacity:,} tokens of KV cache"
        print(f"Simulates {what}, {cache}; Ctrl+C ends it", file=sys.stderr, flush=True)

    gc.freeze()  # what is loaded by now stays: collections need not look at it
    uvloop.run(serve(server, host, port, ready))
