"""AMD GPUs through AMD SMI, whose Python package comes with ROCm: power, energy counter, clock, limit."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from time import perf_counter_ns
from typing import Any

from isoline.measure.telemetry import BOARD, POWER, TelemetrySummary
from isoline.measure.telemetry.devices import chosen
from isoline.measure.telemetry.figures import CLOCK, ENERGY, LIMIT, power_summary
from isoline.measure.telemetry.sampler import Sample, Sampler, TelemetryError

# Newer GPUs report the current, older ones an average power; what they lack is "N/A" or 0xFFFFFFFF.
_POWER_KEYS = ("socket_power", "current_socket_power", "average_socket_power")
_UNSUPPORTED = (0xFFFF, 0xFFFFFFFF)


def source(argument: str = "") -> Sampler:
    """`amdsmi`, or `amdsmi=0-3` for some of the GPUs of this machine."""
    return Sampler(AmdReader(argument), _summary)


def _summary(samples: list[Sample], start_ns: int, end_ns: int) -> TelemetrySummary | None:
    return power_summary("amdsmi", BOARD, samples, start_ns, end_ns)


class AmdReader:
    """Reads every chosen GPU in turn; `library` is `amdsmi` or what stands in for it."""

    source = "amdsmi"

    def __init__(self, argument: str = "", library: Any = None) -> None:
        self._argument, self._smi = argument, library
        self._handles: dict[str, Any] = {}

    def open(self) -> None:
        """Load AMD SMI and find the GPUs."""
        if self._smi is None:
            try:
                self._smi = importlib.import_module("amdsmi")
            except (ImportError, KeyError, OSError):  # it also fails this way without its C library
                raise TelemetryError("telemetry amdsmi needs ROCm's package amdsmi on this machine") from None
        try:
            self._smi.amdsmi_init()
            handles = self._smi.amdsmi_get_processor_handles()
        except self._smi.AmdSmiException as error:
            raise TelemetryError(f"telemetry amdsmi: AMD SMI says {error}") from None
        self._handles = {f"gpu{n}": handles[n] for n in chosen(self._argument, len(handles), "amdsmi")}

    def read(self) -> list[Sample]:
        """Up to four values a GPU."""
        found: list[Sample] = []
        for device, handle in self._handles.items():
            now = perf_counter_ns()
            info = self._smi.amdsmi_get_power_info(handle)
            power = next((v for key in _POWER_KEYS if (v := _number(info.get(key))) is not None), None)
            values = (
                (POWER, "W", power),
                (LIMIT, "W", _watts(_number(info.get("power_limit")))),
                (ENERGY, "J", self._energy(handle)),
                (CLOCK, "MHz", self._clock(handle)),
            )
            found += [Sample(now, device, name, unit, v) for name, unit, v in values if v is not None]
        return found

    def close(self) -> None:
        """Let go of AMD SMI."""
        self._smi.amdsmi_shut_down()

    def _energy(self, handle: Any) -> float | None:
        """The accumulator counts in steps of `counter_resolution` microjoules."""
        try:
            info: Mapping[str, object] = self._smi.amdsmi_get_energy_count(handle)
        except self._smi.AmdSmiException:
            return None
        count = _number(info.get("energy_accumulator", info.get("power")))
        step = _number(info.get("counter_resolution"))
        return None if count is None or step is None else count * step * 1e-6

    def _clock(self, handle: Any) -> float | None:
        try:
            info = self._smi.amdsmi_get_clock_info(handle, self._smi.AmdSmiClkType.GFX)
        except self._smi.AmdSmiException:
            return None
        return _number(info.get("clk", info.get("cur_clk")))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value in _UNSUPPORTED:
        return None
    return float(value)


def _watts(limit: float | None) -> float | None:
    """Limits are watts in some releases, microwatts in others; no GPU has a limit of 100 kW."""
    return limit / 1e6 if limit is not None and limit > 1e5 else limit
