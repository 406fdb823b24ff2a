"""Samples of power and energy -> the summary of one window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from isoline.measure.telemetry import BOARD, POWER, TelemetrySummary
from isoline.measure.telemetry.sampler import Sample
from isoline.numerics.power import Trace, counted, doubts, integrate, total

ENERGY, CLOCK, LIMIT = "energy", "sm_clock", "power_limit"
THROTTLED = ("throttled_power", "throttled_thermal")
"""Names of samples beside POWER (W): J since some start, MHz, W; 1 while clocks are held down, else 0."""


def power_summary(
    source: str, boundary: str, samples: Sequence[Sample], start_ns: int, end_ns: int
) -> TelemetrySummary | None:
    """Energy and power of all devices together; `None` if none has reported power.

    Energy is the counter's where a device has one that holds, else the integral of its power.
    Powers are means over the devices: watts per GPU at the board, of the machine for the system.
    """
    powers = traces(samples, POWER)
    if not powers or end_ns <= start_ns:
        return None
    counters = traces(samples, ENERGY)
    joules, flags = 0.0, []
    for device, trace in powers.items():
        counter = counted(counters[device], start_ns, end_ns) if device in counters else None
        flags += [f"{device}: {doubt}" for doubt in doubts(trace, start_ns, end_ns, counter)]
        figures = integrate(trace, start_ns, end_ns)
        joules += counter if counter is not None else figures.joules if figures else 0.0
    together = integrate(total(list(powers.values())), start_ns, end_ns)
    seconds, prefix = (end_ns - start_ns) / 1e9, "" if boundary == BOARD else f"{boundary}_"
    metrics = {f"{prefix}energy_j": joules, f"{prefix}avg_power_w": joules / seconds / len(powers)}
    if together is not None:
        metrics[f"{prefix}p90_power_w"] = together.p90_w / len(powers)
    metrics |= _means(samples, start_ns, end_ns)
    return TelemetrySummary(source=source, boundary=boundary, metrics=metrics, flags=flags)


def traces(samples: Iterable[Sample], name: str) -> dict[str, Trace]:
    """What each device said under one name, in order of time."""
    found: dict[str, dict[int, float]] = {}
    for sample in samples:
        if sample.name == name:
            found.setdefault(sample.device, {})[sample.time_ns] = sample.value
    return {
        device: Trace(times, [values[time] for time in times])
        for device, values in found.items()
        for times in [sorted(values)]
    }


def _means(samples: Sequence[Sample], start_ns: int, end_ns: int) -> dict[str, float]:
    """Clocks, limits and shares of time, over all devices and readings of the window."""
    keys = {
        CLOCK: "avg_sm_clock_mhz",
        LIMIT: "power_limit_w",
        **{name: f"{name}_share" for name in THROTTLED},
    }
    inside: dict[str, list[float]] = {}
    for sample in samples:
        if sample.name in keys and start_ns <= sample.time_ns <= end_ns:
            inside.setdefault(sample.name, []).append(sample.value)
    return {keys[name]: sum(values) / len(values) for name, values in inside.items()}


def energy_per_work(
    metrics: dict[str, float], seconds: float, output_rate: float, input_rate: float, request_rate: float
) -> dict[str, float]:
    """Joules per token and per request: energy of the whole deployment over the work of the same window.

    Rates are of that window, per second. What was not done has no figure.
    """
    found: dict[str, float] = {}
    for prefix in ("", "system_"):
        joules = metrics.get(f"{prefix}energy_j")
        if joules is None or seconds <= 0:
            continue
        done = {
            "total_token": output_rate + input_rate,
            "output_token": output_rate,
            "input_token": input_rate,
            "request": request_rate,
        }
        found |= {
            f"{prefix}joules_per_{unit}": joules / (rate * seconds) for unit, rate in done.items() if rate > 0
        }
    return found
