"""`isoline selftest`: how far the load generator's own figures are off, on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from isoline.analyse.words import counted
from isoline.cli.choice import Choice

if TYPE_CHECKING:
    from isoline.measure.selftest.check import SelfTest


@click.command()
@click.option("--streams", default="16,256", show_default=True, help="Concurrencies to try.")
@click.option("--processes", type=click.IntRange(1), help="Of the load generator; chosen if not given.")
@click.option("--format", "output", type=Choice(("table", "json")), default="table", show_default=True)
def app(streams: str, processes: int | None, output: str) -> int:
    """Measure the load generator against a server whose latencies are known, on this machine.

    Exit code 4: the client would call its own measurement INVALID here.
    """
    from isoline.bench.asked.levels import levels
    from isoline.measure.selftest.check import self_test

    result = self_test(tuple(levels(streams, int, "streams")), processes)
    if output == "json":
        import msgspec

        print(msgspec.json.format(msgspec.json.encode(result), indent=2).decode())
    else:
        _print(result)
    return 0 if all(bias.valid for bias in result.bias) else 4


def _print(result: SelfTest) -> None:
    for bias in result.bias:
        tail = "p99 needs 299 requests" if bias.ttft_p99 is None else f"p99 {_ms(bias.ttft_p99)}"
        print(f"{counted(bias.streams, 'stream')}, {bias.tokens_per_second:,.0f} tok/s")
        print(f"  TTFT    {_ms(bias.ttft_mean)} mean, {tail} (served: {bias.served_ttft_mean * 1e3:.2f} ms)")
        print(f"  ITL     {_ms(bias.itl_mean)} mean (served: {bias.served_itl_mean * 1e3:.3f} ms)")
        print(f"  CPU     {bias.cpu_per_token * 1e6:.1f} µs a token")
        for reason in bias.reasons:
            print(f"  INVALID: {reason.text}; {reason.advice}")
    found = result.ceiling
    print(
        f"ceiling   {found.tokens_per_second:,.0f} tok/s "
        f"({counted(found.processes, 'process', 'processes')}); "
        f"{found.tokens_per_core_second:,.0f} tok/s a core of the client"
    )
    worst = [counted(bias.streams, "stream") for bias in result.bias if not bias.valid]
    if worst:
        print(f"INVALID at {', '.join(worst)}: what is measured from here would be, too")
    else:
        print("VALID: the load generator is no bottleneck on this machine")


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:+.3f} ms"
