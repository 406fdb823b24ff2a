"""The result of a sweep as JSON or as a table."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from isoline.bench.kept.hiding import Hider
from isoline.bench.shown.width import stdout_console
from isoline.bench.telemetry import believed
from isoline.measure.statistics import Distribution
from isoline.measure.sweep.plan import Plan
from isoline.measure.sweep.repeats import Spread, load_summaries
from isoline.measure.sweep.report import PointReport
from isoline.measure.sweep.sweep import SweepResult


def to_json(document: object, hider: Hider) -> str:
    """Any result as JSON, without secrets."""
    return msgspec.json.format(msgspec.json.encode(hider.document(document)), indent=2).decode()


def document(result: SweepResult, plan: Plan, sweep: str) -> dict[str, object]:
    """Points in order of load and repeat, and each load over its repeats."""
    points = sorted(result.points, key=lambda p: (p.concurrency or 0, p.rate or 0.0, p.repeat))
    return {
        "sweep": sweep,
        "url": plan.target.url,
        "model": plan.target.model,
        "workload": {"id": plan.workload.id, "isl": plan.nominal[0], "osl": plan.nominal[1]},
        "planned": result.planned,
        "stopped": result.stopped,
        "points": points,
        "loads": load_summaries(points),
    }


Cell = Callable[[PointReport], str]


def _ms(name: str, statistic: str) -> Cell:
    def cell(point: PointReport) -> str:
        found: Distribution | None = getattr(point, name)
        value = getattr(found, statistic) if found else None
        return "–" if value is None else f"{value * 1e3:,.2f}"

    return cell


def _figure(point: PointReport, name: str, form: str) -> str:
    value = believed(point).get(name)
    return "–" if value is None else format(value, form)


COLUMNS: dict[str, Cell] = {
    "load": lambda p: f"{p.concurrency}" if p.concurrency else p.load.replace(" requests", ""),
    "run": lambda p: f"{p.repeat + 1}",
    "tok/s/user": lambda p: f"{p.interactivity:,.1f}" if p.interactivity else "–",
    "total tok/s": lambda p: f"{p.throughput.total:,.0f}" if p.throughput else "–",
    "TTFT ms": _ms("ttft", "median"),
    "TTFT p99": _ms("ttft", "p99"),
    "TPOT ms": _ms("tpot", "median"),
    "E2E ms": _ms("e2e", "median"),
    "W/GPU": lambda p: _figure(p, "avg_power_w", ",.0f"),
    "J/token": lambda p: _figure(p, "joules_per_total_token", ",.3g"),
    "goodput": lambda p: f"{p.goodput.share:.0%}" if p.goodput else "",
    "": lambda p: "" if p.valid else "INVALID",
}


def print_table(result: SweepResult) -> None:
    """One row a point; below, each load over its repeats with a t interval."""
    from rich import box
    from rich.table import Table

    console = stdout_console()
    points = sorted(result.points, key=lambda p: (p.concurrency or 0, p.rate or 0.0, p.repeat))
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    hidden = set() if any(point.repeat for point in points) else {"run"}
    shown = {name: cell for name, cell in COLUMNS.items() if name not in hidden and _any(points, cell)}
    for name in shown:
        grid.add_column(name, justify="right", no_wrap=True)
    for point in points:
        grid.add_row(*(cell(point) for cell in shown.values()))
    console.print(grid)
    for load in load_summaries(points):
        if load.runs > 1:
            user, total = _spread(load.interactivity), _spread(load.throughput_total)
            console.print(
                f"{load.load}: {user} tok/s/user, {total} total tok/s ({load.runs} runs; {load.kind})",
                soft_wrap=True,
            )


def _any(points: list[PointReport], cell: Cell) -> bool:
    return any(cell(point) not in ("", "–") for point in points)


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return "–"
    if spread.interval is None:
        return f"{spread.mean:,.1f}"
    return f"{spread.mean:,.1f} ({spread.interval[0]:,.1f} to {spread.interval[1]:,.1f})"
