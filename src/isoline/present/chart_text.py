"""Title and subtitle of a comparison chart: what is compared, and what the data is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from isoline.domain.point import MEASURED, PUBLISHED, SIMULATED
from isoline.present.chart_data import clean
from isoline.present.chart_labels import text_width

if TYPE_CHECKING:
    from isoline.analyse.comparison import Comparison, Source
    from isoline.analyse.quantities import Quantity

METHODS = {
    "envelope": "best series at each interactivity",
    "pooled": "one frontier over all points (pooled)",
}

AXIS_UNITS = {"interactivity": "tok/s/user", "e2e": "E2E latency, s", "ttft": "TTFT, s"}


def axis_title(quantity: Quantity) -> str:
    """`Throughput (total tok/s/GPU)`, `Cost ($ per M tokens)`, `Board power (W per GPU)`."""
    name = quantity.group if quantity.group in ("Throughput", "Cost") else quantity.name
    return f"{name} ({quantity.unit})"


def headline(comparison: Comparison, names: tuple[str, str]) -> str:
    """`Qwen 3.5 397B-A17B on B300: FP4 vs BF16`."""
    subject = clean(comparison.model_label or comparison.model)
    if len(comparison.hardware) == 1:
        subject += f" on {clean(comparison.hardware_labels[0], 24)}"
    if comparison.precision:
        subject += f", {clean(comparison.precision, 24).upper()}"
    return f"{subject}: {names[0]} vs {names[1]}"


def subtitle(
    comparison: Comparison,
    names: tuple[str, str],
    width: float,
    font: float,
    *,
    hollow: bool,
    out: tuple[str, ...],
) -> list[str]:
    """Sequence, method, provenance, dates, counts and what is left `out`, wrapped to `width` pixels."""
    parts = [
        _sequence(comparison.sequence),
        METHODS.get(comparison.method, clean(comparison.method)),
        *(clean(text) for text in comparison.scope),
        *_provenance(comparison),
        _dates(comparison.sources),
        _counts(comparison, names),
        "hollow: below the frontier of its series" if hollow else "",
        f"not drawn: {'; '.join(out)}" if out else "",
    ]
    return _wrapped([part for part in parts if part], width, font)


def missing(comparison: Comparison, names: tuple[str, str]) -> list[str]:
    """A sentence for every side that has nothing to draw, and one for points that cannot be."""
    both = tuple(zip(comparison.sides, names, strict=True))
    untold = sum(side.plot.untold for side in comparison.sides if side.plot)
    return [f"no data for {name}" for side, name in both if not side.points] + (
        [f"{untold:,} points do not report this"] if untold else []
    )


def _sequence(sequence: str | None) -> str:
    return f"{clean(sequence, 24)} tokens in/out" if sequence else ""


def _provenance(comparison: Comparison) -> list[str]:
    statuses = {point.status for side in comparison.sides for point in side.points}
    words = {MEASURED: "measured by", PUBLISHED: "published by", SIMULATED: ""}
    kinds = {MEASURED: (), PUBLISHED: ("published",), SIMULATED: ()}
    parts = []
    for status, verb in words.items():
        if status not in statuses:
            continue
        if status == SIMULATED:  # by what is no news; that it is none of the others is
            parts.append("simulated, not measured")
            continue
        wanted = kinds[status]
        origins = [
            _origin(source)
            for source in comparison.sources
            if (source.kind in wanted if wanted else source.kind not in ("published", "simulated"))
        ]
        named = ", ".join(dict.fromkeys(origins))
        parts.append(f"{verb} {named}" if named else status)
    return parts


def _origin(source: Source) -> str:
    """The host of a page; of anything else its dataset, since a local path tells a reader nothing."""
    host = urlsplit(source.source).hostname if "://" in source.source else None
    return clean(host or source.dataset, 40)


def _dates(sources: tuple[Source, ...]) -> str:
    first = min((source.first_date for source in sources if source.first_date), default=None)
    last = max((source.last_date for source in sources if source.last_date), default=None)
    if first is None or last is None or first == last:
        return clean(first or last or "", 24)
    return f"{clean(first, 24)} to {clean(last, 24)}"


def _counts(comparison: Comparison, names: tuple[str, str]) -> str:
    a, b = (len(side.points) for side in comparison.sides)
    if a == b:
        return f"{a:,} {'point' if a == 1 else 'points'} a side" if a else ""
    return f"{a:,} {names[0]} and {b:,} {names[1]} points"


def _wrapped(parts: list[str], width: float, font: float) -> list[str]:
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]} · {part}" if lines else part
        if lines and text_width(joined, font) <= width:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines
