"""NVIDIA GPUs through NVML: power, the board's energy counter, clocks, power limit, throttle reasons."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from time import perf_counter_ns
from typing import Any

from isoline.measure.telemetry import BOARD, POWER, TelemetrySummary
from isoline.measure.telemetry.devices import chosen
from isoline.measure.telemetry.figures import CLOCK, ENERGY, LIMIT, THROTTLED, power_summary
from isoline.measure.telemetry.sampler import Sample, Sampler, TelemetryError

# Bits of nvmlDeviceGetCurrentClocksEventReasons (nvml.h): software power cap and the power brake;
# hardware and software thermal slowdown. "Hardware slowdown" (8) stands for either and is left out.
_POWER_BITS, _THERMAL_BITS = 0x4 | 0x80, 0x20 | 0x40


def source(argument: str = "") -> Sampler:
    """`nvml`, or `nvml=0-3` for some of the GPUs of this machine."""
    return Sampler(NvmlReader(argument), _summary)


def _summary(samples: list[Sample], start_ns: int, end_ns: int) -> TelemetrySummary | None:
    return power_summary("nvml", BOARD, samples, start_ns, end_ns)


class NvmlReader:
    """Reads every chosen GPU in turn; `library` is `pynvml` or what stands in for it."""

    source = "nvml"

    def __init__(self, argument: str = "", library: Any = None) -> None:
        self._argument, self._nvml = argument, library
        self._handles: dict[str, Any] = {}
        self._instant: dict[str, bool] = {}

    def open(self) -> None:
        """Load NVML and find the GPUs."""
        if self._nvml is None:
            try:
                self._nvml = importlib.import_module("pynvml")
            except ImportError:
                raise TelemetryError(
                    "telemetry nvml needs the package nvidia-ml-py; pip install it"
                ) from None
        try:
            self._nvml.nvmlInit()
            count = self._nvml.nvmlDeviceGetCount()
        except self._nvml.NVMLError as error:
            raise TelemetryError(
                f"telemetry nvml: NVML says {error}; is the NVIDIA driver installed on this machine?"
            ) from None
        numbers = chosen(self._argument, count, "nvml")
        self._handles = {f"gpu{n}": self._nvml.nvmlDeviceGetHandleByIndex(n) for n in numbers}
        self._instant = {device: self._has_instant(handle) for device, handle in self._handles.items()}

    def read(self) -> list[Sample]:
        """Five values a GPU; what a GPU does not have is left out."""
        found: list[Sample] = []
        for device, handle in self._handles.items():
            now = perf_counter_ns()
            found.append(Sample(now, device, POWER, "W", self._power(device, handle)))
            found += [Sample(now, device, *value) for value in self._others(handle)]
        return found

    def close(self) -> None:
        """Let go of NVML."""
        self._nvml.nvmlShutdown()

    def _power(self, device: str, handle: Any) -> float:
        """Instantaneous power where there is such a field: the other is a mean over a second on many GPUs."""
        if self._instant[device]:
            return float(self._field(handle).value.uiVal) / 1e3
        return float(self._nvml.nvmlDeviceGetPowerUsage(handle)) / 1e3

    def _has_instant(self, handle: Any) -> bool:
        try:
            return bool(self._field(handle).nvmlReturn == self._nvml.NVML_SUCCESS)
        except (self._nvml.NVMLError, AttributeError):
            return False

    def _field(self, handle: Any) -> Any:
        return self._nvml.nvmlDeviceGetFieldValues(handle, [self._nvml.NVML_FI_DEV_POWER_INSTANT])[0]

    def _others(self, handle: Any) -> Sequence[tuple[str, str, float]]:
        n = self._nvml
        found: list[tuple[str, str, float]] = []
        for name, unit, scale, ask, *more in (
            (ENERGY, "J", 1e-3, n.nvmlDeviceGetTotalEnergyConsumption),
            (CLOCK, "MHz", 1.0, n.nvmlDeviceGetClockInfo, n.NVML_CLOCK_SM),
            (LIMIT, "W", 1e-3, n.nvmlDeviceGetEnforcedPowerLimit),
        ):
            try:
                found.append((name, unit, ask(handle, *more) * scale))
            except n.NVMLError:
                continue
        try:
            bits = n.nvmlDeviceGetCurrentClocksEventReasons(handle)
        except n.NVMLError:
            return found
        for name, mask in zip(THROTTLED, (_POWER_BITS, _THERMAL_BITS), strict=True):
            found.append((name, "share", float(bool(bits & mask))))
        return found
