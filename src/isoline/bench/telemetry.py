"""`--telemetry nvml,prometheus=URL` -> sources, and what their summaries come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from isoline.bench.asked.spec import SpecProblem
from isoline.errors import UsageError
from isoline.measure.engines.identity import Identity
from isoline.measure.sweep.report import PointReport
from isoline.measure.target import Target
from isoline.measure.telemetry import Telemetry
from isoline.measure.telemetry.engine_metrics import PATHS
from isoline.measure.telemetry.own import own_metrics
from isoline.registry import TELEMETRY

NONE, PROMETHEUS = "none", "prometheus"


def sources(asked: Sequence[str], url: str, engine: str = "unknown") -> list[Telemetry]:
    """One source for each `NAME` or `NAME=ARGUMENT`; a wrong one is a SpecProblem. `none` is none.

    `prometheus` alone reads the metrics of the measured server, at `url`, where its `engine` shows them.
    """
    found: list[Telemetry] = []
    for text in asked:
        name, _, argument = text.partition("=")
        if text.strip() == NONE:
            continue
        if name.strip() == PROMETHEUS and not argument.strip():
            argument = url.rstrip("/").removesuffix("/v1") + PATHS.get(engine, "/metrics")
        try:
            found.append(TELEMETRY.load(name.strip())(argument.strip()))
        except UsageError as error:
            raise SpecProblem(("telemetry",), str(error), error.suggestions) from None
    return found


def with_own(
    asked: Sequence[str], target: Target, root: str, identity: Identity, notes: list[str]
) -> list[Telemetry]:
    """The sources that are asked for and, unless they are chosen otherwise, the engine's own metrics.

    `root` is the base of the server's URL. Where the engine shows none, `notes` gets why.
    """
    found = sources(asked, target.url, identity.engine)
    if any(_chooses(text, root) for text in asked):
        return found
    own, why = own_metrics(identity.engine, root, target.headers, insecure=target.insecure)
    notes += [why] if why else []
    return [*found, own] if own else found


def _chooses(text: str, root: str) -> bool:
    """Whether a source says itself what is read of the engine at `root`: nothing, or its endpoint."""
    name, _, argument = (part.strip() for part in text.partition("="))
    here = not argument or urlsplit(argument).netloc == urlsplit(root).netloc
    return name == NONE or (name == PROMETHEUS and here)


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
