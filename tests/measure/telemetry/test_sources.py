"""Sources of power against stand-ins for their libraries with a known power, and a real endpoint."""

from __future__ import annotations

import math
import time
from types import SimpleNamespace
from typing import Any

import pytest

from isoline.errors import UsageError
from isoline.measure.telemetry import amdsmi, nvml, prometheus
from isoline.measure.telemetry.devices import chosen
from isoline.measure.telemetry.figures import energy_per_work
from isoline.measure.telemetry.sampler import Sample, Sampler, TelemetryError
from tests.measure.sim.running import MODEL, fetch, threaded

S = 1_000_000_000


class Nvml:
    """Two boards: 300 W + 100 W sin(t), and 500 W; a clock that a test turns; counters that agree."""

    class NVMLError(Exception):
        pass

    NVML_SUCCESS, NVML_CLOCK_SM, NVML_FI_DEV_POWER_INSTANT = 0, 1, 186

    def __init__(self, instant: bool = True, energy: bool = True) -> None:
        self.now = 0.0
        self.instant, self.energy = instant, energy
        self.open = False
        self.bits = 0

    def nvmlInit(self) -> None:
        self.open = True

    def nvmlShutdown(self) -> None:
        self.open = False

    def nvmlDeviceGetCount(self) -> int:
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def _watts(self, gpu: int) -> float:
        return 300 + 100 * math.sin(self.now) if gpu == 0 else 500.0

    def nvmlDeviceGetPowerUsage(self, gpu: int) -> int:
        return round(self._watts(gpu) * 1e3)

    def nvmlDeviceGetFieldValues(self, gpu: int, fields: list[int]) -> list[Any]:
        assert fields == [186]
        code = 0 if self.instant else 3
        return [SimpleNamespace(nvmlReturn=code, value=SimpleNamespace(uiVal=round(self._watts(gpu) * 1e3)))]

    def nvmlDeviceGetTotalEnergyConsumption(self, gpu: int) -> int:
        if not self.energy:
            raise self.NVMLError("not supported")
        joules = 300 * self.now - 100 * (math.cos(self.now) - 1) if gpu == 0 else 500 * self.now
        return round(joules * 1e3)

    def nvmlDeviceGetClockInfo(self, gpu: int, clock: int) -> int:
        return 1_500

    def nvmlDeviceGetEnforcedPowerLimit(self, gpu: int) -> int:
        return 700_000

    def nvmlDeviceGetCurrentClocksEventReasons(self, gpu: int) -> int:
        return self.bits


def samples(library: Nvml, seconds: float, hertz: float, argument: str = "") -> list[Sample]:
    """What a reader sees of the library, with the library's clock for times."""
    reader = nvml.NvmlReader(argument, library)
    reader.open()
    found = []
    for tick in range(int(seconds * hertz) + 1):
        library.now = tick / hertz
        library.bits = 4 if tick % 4 == 0 else 0
        found += [sample._replace(time_ns=round(library.now * S)) for sample in reader.read()]
    reader.close()
    assert not library.open
    return found


@pytest.mark.parametrize(("instant", "energy"), [(True, True), (False, True), (True, False)])
def test_nvml_integrates_a_known_power(instant: bool, energy: bool) -> None:
    start, end = 2.345, 12.345
    found = nvml._summary(samples(Nvml(instant, energy), 20, 20), int(start * S), int(end * S))
    assert found is not None
    assert (found.source, found.boundary, found.flags) == ("nvml", "board", [])
    exact = 800 * (end - start) - 100 * (math.cos(end) - math.cos(start))
    assert found.metrics["energy_j"] == pytest.approx(exact, rel=1e-3)
    assert found.metrics["avg_power_w"] == pytest.approx(exact / 10 / 2, rel=1e-3)
    # 300 + 100 sin is above 300 + 100 sin(q) for a tenth of the window; 500 W on the other board.
    powers = sorted(300 + 100 * math.sin(start + n / 1e3) for n in range(10_000))
    assert found.metrics["p90_power_w"] == pytest.approx((powers[9_000] + 500) / 2, rel=1e-3)
    assert found.metrics["avg_sm_clock_mhz"] == 1_500
    assert found.metrics["power_limit_w"] == 700
    assert found.metrics["throttled_power_share"] == pytest.approx(0.25, abs=0.01)
    assert found.metrics["throttled_thermal_share"] == 0


def test_nvml_reads_the_gpus_asked_for() -> None:
    assert {sample.device for sample in samples(Nvml(), 1, 20, "1")} == {"gpu1"}
    with pytest.raises(UsageError, match="devices 0 to 1"):
        samples(Nvml(), 1, 20, "0-2")


def test_windows_that_the_samples_do_not_support_are_flagged() -> None:
    found = nvml._summary(samples(Nvml(), 5, 20, "0"), 4 * S, 9 * S)
    assert found is not None
    assert [flag.split(":")[1].strip() for flag in found.flags] == ["not covered", "gap"]
    assert nvml._summary([], 0, S) is None


def test_nvml_without_a_driver_says_what_to_do() -> None:
    with pytest.raises(TelemetryError, match="NVIDIA driver installed"):
        nvml.source().start()


class Smi:
    """One AMD board at 900 W, as an MI300 reports it."""

    class AmdSmiException(Exception):
        pass

    AmdSmiClkType = SimpleNamespace(GFX="gfx")

    def __init__(self) -> None:
        self.now = 0.0

    def amdsmi_init(self) -> None: ...
    def amdsmi_shut_down(self) -> None: ...
    def amdsmi_get_processor_handles(self) -> list[str]:
        return ["board"]

    def amdsmi_get_power_info(self, handle: str) -> dict[str, object]:
        return {"socket_power": "N/A", "current_socket_power": 900, "average_socket_power": "N/A",
                "power_limit": 1_000_000_000}  # fmt: skip

    def amdsmi_get_energy_count(self, handle: str) -> dict[str, object]:
        step = 15.3  # microjoules
        return {"energy_accumulator": round(900e6 * self.now / step), "counter_resolution": step}

    def amdsmi_get_clock_info(self, handle: str, kind: str) -> dict[str, object]:
        return {"clk": 2_100}


def test_amd_counts_in_steps_of_its_counter() -> None:
    library = Smi()
    reader = amdsmi.AmdReader("", library)
    reader.open()
    found: list[Sample] = []
    for tick in range(101):
        library.now = tick / 20
        found += [sample._replace(time_ns=round(library.now * S)) for sample in reader.read()]
    summary = amdsmi._summary(found, S, 4 * S)
    assert summary is not None
    assert summary.flags == []
    assert summary.metrics == pytest.approx(
        {
            "energy_j": 2_700,
            "avg_power_w": 900,
            "p90_power_w": 900,
            "avg_sm_clock_mhz": 2_100,
            "power_limit_w": 1_000,
        }
    )


def test_amd_without_rocm_says_what_to_do() -> None:
    with pytest.raises(TelemetryError, match="ROCm"):
        amdsmi.source().start()


def test_devices_are_named_by_ranges() -> None:
    assert chosen("0-2+5", 8, "nvml") == [0, 1, 2, 5]
    for wrong in ("x", "3-1", "8", "-1", "1-", "0,1"):
        with pytest.raises(UsageError):
            chosen(wrong, 8, "nvml")


def test_energy_per_work_is_energy_over_what_was_done() -> None:
    found = energy_per_work({"energy_j": 1_000.0, "system_energy_j": 2_000.0}, 10.0, 50.0, 150.0, 0.5)
    assert found == {
        "joules_per_total_token": 0.5,
        "joules_per_output_token": 2.0,
        "joules_per_input_token": pytest.approx(1_000 / 1_500),
        "joules_per_request": 200.0,
        "system_joules_per_total_token": 1.0,
        "system_joules_per_output_token": 4.0,
        "system_joules_per_input_token": pytest.approx(2_000 / 1_500),
        "system_joules_per_request": 400.0,
    }
    assert energy_per_work({}, 10, 1, 1, 1) == {}
    assert "joules_per_request" not in energy_per_work({"energy_j": 1.0}, 1, 1, 1, 0)


class Counting:
    """A reader that fails every third time."""

    source = "counting"

    def __init__(self) -> None:
        self.reads = 0
        self.open_ = False

    def open(self) -> None:
        self.open_ = True

    def close(self) -> None:
        self.open_ = False

    def read(self) -> list[Sample]:
        assert self.open_
        self.reads += 1
        if self.reads % 3 == 0:
            raise OSError("busy")
        return [Sample(self.reads, "one", "power", "W", 5.0)]


def test_the_sampler_reads_at_both_ends_and_survives_failures() -> None:
    reader = Counting()
    sampler = Sampler(
        reader, lambda found, start, end: nvml.power_summary("c", "board", found, start, end), 500
    )
    sampler.start()
    while reader.reads < 20:
        time.sleep(0.001)
    sampler.stop()
    sampler.stop()
    assert not reader.open_
    rows = list(sampler.samples())
    assert rows[0] == {
        "time_ns": 1, "source": "counting", "device": "one", "name": "power", "unit": "W", "value": 5.0,
    }  # fmt: skip
    assert len(rows) == reader.reads - reader.reads // 3
    summary = sampler.summary(1, 4)
    assert summary is not None
    assert summary.metrics["avg_power_w"] == 5
    assert summary.flags[-1].startswith(f"failed readings: {reader.reads // 3}, the last: OSError: busy")
    sampler.start()
    sampler.stop()
    assert len(list(sampler.samples())) < 5  # an earlier start is forgotten


def test_a_prometheus_endpoint_gives_power_and_engine_counters() -> None:
    """The simulated server's own endpoint: its power is known, and so is what it served."""
    body = {"model": MODEL, "prompt": [1] * 50, "max_tokens": 20}
    with threaded() as url:
        source = prometheus.source(f"{url}/metrics")
        source.start()
        first = min(int(str(row["time_ns"])) for row in source.samples())
        for _ in range(10):
            fetch(f"{url}/v1/completions", body)
        source.stop()
        last = max(int(str(row["time_ns"])) for row in source.samples())
    summary = source.summary(first, last)
    assert summary is not None
    assert (summary.source, summary.boundary) == ("prometheus", "board+engine")
    assert summary.metrics["engine_prompt_tokens"] == 500
    assert summary.metrics["engine_generation_tokens"] == 200
    assert summary.metrics["engine_preemptions"] == 0
    assert summary.metrics["server_gpu_cache_hit_rate"] == 0
    assert 70 <= summary.metrics["avg_power_w"] <= 700  # idle to TDP
    names = {row["name"] for row in source.samples()}
    assert {"power", "energy", "requests_running", "kv_cache_usage"} <= names


@pytest.mark.parametrize(
    ("address", "words"),
    [("http://127.0.0.1:9/metrics", "127.0.0.1:9"), ("http://isoline.invalid/metrics", "isoline.invalid")],
)
def test_an_endpoint_that_is_not_there(address: str, words: str) -> None:
    with pytest.raises(TelemetryError, match=words):
        prometheus.source(address).start()


def test_an_endpoint_without_known_metrics_says_how_to_name_one() -> None:
    with threaded() as url, pytest.raises(TelemetryError, match="URL#NAME"):
        prometheus.source(f"{url}/health").start()
    with threaded() as url, pytest.raises(TelemetryError, match="HTTP 404"):
        prometheus.source(f"{url}/nothing").start()
    for wrong in ("", "localhost:9100", "ftp://x/metrics"):
        with pytest.raises(UsageError, match="write an address"):
            prometheus.source(wrong)


def test_counters_of_a_window_without_scrapes_around_it_are_flagged() -> None:
    found = [
        Sample(second * S, "engine", "counter generation_tokens", "", 100.0 * second) for second in (1, 2, 3)
    ]
    inside = prometheus.window_summary(found, S + 5, 2 * S + 5)
    assert inside is not None
    assert inside.metrics["engine_generation_tokens"] == 200  # from the scrape before to the one after
    assert inside.flags == []
    beyond = prometheus.window_summary(found, 2 * S, 4 * S)
    assert beyond is not None
    assert [flag for flag in beyond.flags if "not covered" in flag]


def test_readings_that_an_exporter_repeats_are_one() -> None:
    """Refreshed every three seconds, scraped ten times a second: a gap, not thirty good readings."""
    found = [Sample(tick * S // 10, "board 0", "power", "W", 100.0 + tick // 30) for tick in range(301)]
    summary = prometheus.window_summary(found, 0, 30 * S)
    assert summary is not None
    assert any("gap" in flag for flag in summary.flags)
