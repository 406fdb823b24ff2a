"""A sweep's progress as words, figures and lines: what the template prints."""

from __future__ import annotations

from collections.abc import Sequence

from isoline.measure.live.state import FINISHED, RUNNING, LivePoint, LiveSample, LiveSweep

QUIET = 10.0  # seconds without news after which a running sweep may have been killed
WIDTH, HEIGHT = 320, 72  # of a drawing, in its own units


def sweep_values(sweep: LiveSweep, now: float) -> dict[str, object]:
    """Everything `live_sweeps.html` needs of one sweep; `now` is a Unix time."""
    silent = now - sweep.updated
    return {
        "id": sweep.sweep,
        "title": _title(sweep),
        "place": sweep.place,
        "dataset": sweep.dataset,
        "simulated": sweep.simulated,
        "running": sweep.status == RUNNING and silent < QUIET,
        "status": _status(sweep, silent),
        "now": _now(sweep) if sweep.status == RUNNING else "",
        "facts": _facts(sweep, silent) if sweep.status == RUNNING else [],
        "troubles": sweep.troubles,
        "matrix": any(point.configuration for point in sweep.points),
        "drawings": drawings(sweep.samples) if sweep.status == RUNNING else [],  # then the points say more
        "points": [_point(point) for point in reversed(sweep.points)],
    }


def _status(sweep: LiveSweep, silent: float) -> str:
    points = f"{sweep.finished} of {sweep.planned} points"
    if sweep.status == RUNNING and silent >= QUIET:
        return f"{points}; no news for {duration(silent)}: it may have been killed (the same command goes on)"
    if sweep.status == RUNNING:
        return points
    ago = f"{duration(silent)} ago"
    if sweep.status == FINISHED:
        return f"{points}, finished {ago}"
    return f"{points}, stopped {ago}: {sweep.stopped}"


def _title(sweep: LiveSweep) -> str:
    lengths = [(sweep.isl, "tokens in"), (sweep.osl, "tokens out")]
    return ", ".join([sweep.model, *(f"{count} {words}" for count, words in lengths if count is not None)])


def _now(sweep: LiveSweep) -> str:
    where = ", ".join(name for name in (sweep.configuration, sweep.slot) if name)
    return f"{where}: {sweep.words}" if where else sweep.words


def _facts(sweep: LiveSweep, silent: float) -> list[tuple[str, str]]:
    last = sweep.samples[-1] if sweep.samples else None
    left = None if sweep.eta is None else max(0.0, sweep.eta - silent)
    power = [] if last is None or last.watts is None else [("GPU power", f"{last.watts:,.0f} W")]
    return [
        ("streams in flight", "–" if sweep.in_flight is None else f"{sweep.in_flight:,}"),
        ("the oldest for", "–" if sweep.oldest is None else duration(sweep.oldest)),
        ("requests", f"{sweep.requests:,}"),
        ("failed", f"{sweep.failed:,}"),
        *power,
        ("time left", "–" if left is None else f"about {duration(left)}"),
    ]


def _point(point: LivePoint) -> dict[str, object]:
    return {
        "configuration": point.configuration,
        "load": point.load,
        "run": point.repeat + 1,
        "figures": [
            _number(point.interactivity, ",.1f"),
            _number(point.throughput, ",.0f"),
            _number(None if point.ttft is None else point.ttft * 1e3, ",.1f"),
            _number(None if point.tpot is None else point.tpot * 1e3, ",.2f"),
            _number(point.watts, ",.0f"),
            f"{point.errors:,}",
        ],
        "valid": point.valid,
        "reasons": point.reasons,
    }


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def duration(seconds: float) -> str:
    """`40 s`, `5 min`, `2 h 5 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def drawings(samples: Sequence[LiveSample]) -> list[dict[str, object]]:
    """A line over time for each figure that has values."""
    series = (
        ("Streams in flight", "", [sample.in_flight for sample in samples]),
        ("TTFT, median", " ms", [None if s.ttft is None else s.ttft * 1e3 for s in samples]),
        ("TPOT, median", " ms", [None if s.tpot is None else s.tpot * 1e3 for s in samples]),
        ("GPU power", " W", [sample.watts for sample in samples]),
        ("Failed requests", "", [sample.failed for sample in samples]),
    )
    found = []
    for name, unit, values in series:
        known = [(sample.at, float(v)) for sample, v in zip(samples, values, strict=True) if v is not None]
        if len(known) > 1 and (name != "Failed requests" or any(value for _, value in known)):
            found.append(_drawing(name, unit, known))
    return found


def _drawing(name: str, unit: str, known: list[tuple[float, float]]) -> dict[str, object]:
    first, last = known[0][0], known[-1][0]
    most = max(value for _, value in known) or 1.0
    across, up = WIDTH / max(last - first, 1e-9), (HEIGHT - 4) / most
    dots = [f"{(at - first) * across:.1f},{HEIGHT - 2 - value * up:.1f}" for at, value in known]
    return {
        "name": name,
        "line": " ".join(dots),
        "most": f"{_short(most)}{unit}",
        "last": f"{_short(known[-1][1])}{unit}",
        "span": duration(last - first),
    }


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.2f}"
