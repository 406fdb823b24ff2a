"""`--telemetry nvml,prometheus=URL` -> sources, and what their summaries come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isoline.cli.bench.spec import SpecProblem
from isoline.errors import UsageError
from isoline.measure.sweep.report import PointReport
from isoline.measure.telemetry import Telemetry
from isoline.registry import TELEMETRY


def sources(asked: Sequence[str], url: str) -> list[Telemetry]:
    """One source for each `NAME` or `NAME=ARGUMENT`; a wrong one is a SpecProblem.

    `prometheus` alone reads the measured server's own `/metrics`; `url` is that server's.
    """
    found: list[Telemetry] = []
    for text in asked:
        name, _, argument = text.partition("=")
        if name.strip() == "prometheus" and not argument.strip():
            argument = f"{url.rstrip('/').removesuffix('/v1')}/metrics"
        try:
            found.append(TELEMETRY.load(name.strip())(argument.strip()))
        except UsageError as error:
            raise SpecProblem(("telemetry",), str(error), error.suggestions) from None
    return found


def believed(report: PointReport) -> dict[str, float]:
    """Metrics of the sources that raised no flag, of all of them together."""
    return {
        name: value
        for source in report.telemetry
        if not source.flags
        for name, value in source.metrics.items()
    }


def doubts(report: PointReport) -> Iterator[str]:
    """A line for every flag: why a source's figures are in the report, but not at the point."""
    for source in report.telemetry:
        for flag in source.flags:
            yield f"{report.slot}: telemetry {source.source}: {flag}"
