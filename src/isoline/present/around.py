"""What stands around a comparison's table: its title, its conditions, what a date changed, its budgets."""

from __future__ import annotations

from isoline.analyse.comparison import Comparison
from isoline.analyse.words import interactivity


def title(comparison: Comparison) -> str:
    """`Qwen 3.5 397B-A17B on B300: FP4 vs BF16`."""
    a, b = comparison.sides
    where = "" if len(comparison.hardware) > 1 else f" on {', '.join(comparison.hardware_labels)}"
    where += f", {comparison.engine_label}" if comparison.engine_label else ""
    per_dollar = " per dollar" if comparison.view.name == "per-dollar" else ""
    return f"{comparison.model_label}{where}: {a.label} vs {b.label}{per_dollar}"


def conditions(comparison: Comparison) -> str:
    """Sequence, precision, method and prices in one line."""
    parts = [comparison.sequence or "", (comparison.precision or "").upper(), f"method {comparison.method}"]
    if comparison.price:
        labels = dict(zip(comparison.hardware, comparison.hardware_labels, strict=True))
        dated = f" {comparison.price_date}" if comparison.price_date else ""
        for key, usd in comparison.price.items():
            whose = "your price" if key in comparison.own_prices else f"{comparison.tier}{dated}"
            parts.append(f"{labels[key]} ${usd:.2f}/GPU-hour ({whose})")
    else:
        parts.append(f"prices {comparison.tier}")
    parts += comparison.scope
    return " · ".join(part for part in parts if part)


def undated(comparison: Comparison) -> str:
    """That a last day changed which sequence is read by default; nothing where it did not."""
    other = comparison.undated
    if other is None:
        return ""
    missing = "" if other.known else ", of which both sides had nothing by then"
    here = f"As of {other.day} this reads {comparison.sequence}"
    return f"{here}; without a date it reads {other.sequence}{missing}."


def within(comparison: Comparison) -> list[str]:
    """The inverse readings, a line each: `Within $0.50 per M tokens: FP4 up to 212 tok/s/user …`."""
    lines = []
    for found in comparison.within:
        told = zip(comparison.sides, found.interactivity, found.statuses, found.points, strict=True)
        parts = [f"{side.label} {_up_to(value, how, point)}" for side, value, how, point in told]
        lines.append(f"Within ${found.cost_per_mtok:g} per M tokens: {', '.join(parts)}")
    return lines


def _up_to(value: float | None, how: str, point: float | None) -> str:
    """How far a budget reaches; across a wide gap that is a guess, and the known point before it is told."""
    if value is None:
        return "nowhere"
    if how == "wide gap":
        known = "none known" if point is None else f"known to {interactivity(round(point, 1))}"
        how = f"a guess across a wide gap; {known}"
    return f"up to {interactivity(round(value, 1))} tok/s/user ({how})"
