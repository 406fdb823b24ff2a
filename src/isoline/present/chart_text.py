"""Title and subtitle of a comparison chart: what is compared, and what the data is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from isoline.analyse.caveats import has_random_weights
from isoline.analyse.quantities import QUANTITIES
from isoline.domain.point import MEASURED, PUBLISHED, SIMULATED
from isoline.present.chart_data import clean
from isoline.present.chart_frame import NARROW
from isoline.present.chart_labels import text_width

if TYPE_CHECKING:
    from isoline.analyse.comparison import Comparison, Source
    from isoline.analyse.quantities import Quantity

METHODS = {
    "envelope": "best series at each interactivity",
    "pooled": "one frontier over all points (pooled)",
}

OWN = ("runs", "study")  # kinds of datasets that Isoline measured itself

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
    if comparison.engine_label:
        subject += f", {clean(comparison.engine_label, 24)}"
    return f"{subject}: {names[0]} vs {names[1]}"


def subtitle(
    comparison: Comparison,
    names: tuple[str, str],
    width: float,
    font: float,
    *,
    hollow: bool,
    banded: bool,
    out: tuple[str, ...],
) -> list[str]:
    """The largest caveat, sequence, method, provenance, dates, counts, what is drawn and what is left `out`,
    and prices where they are in it, wrapped to `width` pixels: a picture is shown where its page is not.
    """
    scope = [clean(text) for text in comparison.scope]
    sequence, dates = _sequence(comparison.sequence), _dates(comparison.sources)
    band = _band(comparison) if banded else ""
    prices = _prices(comparison) if QUANTITIES[comparison.view.metric].group == "Cost" else ""
    if width < NARROW:  # where every line is one less for the chart
        parts = [sequence, dates, *scope, *_provenance(comparison), band, prices]
    else:
        method = METHODS.get(comparison.method, clean(comparison.method))
        below = "hollow: below the frontier of its series" if hollow else ""
        own = [method, *scope, *_provenance(comparison), dates, _counts(comparison, names)]
        parts = [sequence, *own, below, band, prices]
    parts = [*_caveats(comparison), *parts, f"not drawn: {'; '.join(out)}" if out else ""]
    return _wrapped([part for part in parts if part], width, font)


def missing(comparison: Comparison, names: tuple[str, str]) -> list[str]:
    """A sentence for every side that has nothing to draw, and one for points that cannot be."""
    both = tuple(zip(comparison.sides, names, strict=True))
    untold = sum(side.plot.untold for side in comparison.sides if side.plot)
    return [f"no data for {name}" for side, name in both if not side.points] + (
        [f"{untold:,} points do not report this"] if untold else []
    )


def _caveats(comparison: Comparison) -> list[str]:
    """What makes all of it less than measurements of a model that answers."""
    points = [point for side in comparison.sides for point in side.points]
    found = ["random weights: speeds are real, answers are not"] if has_random_weights(points) else []
    if any(point.status == SIMULATED for point in points):
        found.append("simulated, not measured")
    return found


def _band(comparison: Comparison) -> str:
    """`band: 95 % interval, 2 to 3 runs a point`: of the points on the lines that were repeated."""
    counts = [
        min(plotted.interval.runs)
        for side in comparison.sides
        for plotted in (side.plot.points if side.plot else ())
        if plotted.interval and min(plotted.interval.runs) > 1
    ]
    if not counts:
        return "band: 95 % interval"
    span = " to ".join(str(n) for n in dict.fromkeys((min(counts), max(counts))))
    return f"band: 95 % interval, {span} runs a point"


def _prices(comparison: Comparison) -> str:
    """`$2.26 a B300-hour (hyperscaler, 2026-07)`; of printed costs that they are."""
    if not comparison.price:
        return f"costs {clean(comparison.tier, 24)}"
    labels = dict(zip(comparison.hardware, comparison.hardware_labels, strict=True))
    named = ", ".join(f"{clean(labels[key], 24)} ${usd:.2f}" for key, usd in comparison.price.items())
    dated = [clean(part, 24) for part in (comparison.tier, comparison.price_date or "") if part]
    return f"per GPU-hour {named} ({' '.join(dated)})"


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
        if status == SIMULATED:  # which the caveats say
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
    """The host of a page; of own measurements by what; of anything else its dataset, since a local path tells
    a reader nothing."""
    host = urlsplit(source.source).hostname if "://" in source.source else None
    if source.kind in OWN:
        return f"isoline bench (dataset {clean(source.dataset, 32)})"
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
