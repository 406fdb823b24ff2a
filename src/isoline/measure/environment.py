"""The host that measures: what a reader needs to judge whether two runs are comparable."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from isoline import __version__
from isoline.measure.local import usable_cores


def fingerprint() -> dict[str, object]:
    """Host, kernel, CPU, memory (bytes), GPU driver and the software of the load generator."""
    return {
        "host": platform.node(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "usable_cores": usable_cores(),
        "memory_bytes": _memory(),
        "nvidia_driver": _first_line(Path("/proc/driver/nvidia/version")),
        "nvidia_gpus": nvidia_gpus(Path("/proc/driver/nvidia/gpus")),
        "isoline": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in ("uvloop", "httptools", "msgspec")},
    }


def nvidia_gpus(folder: Path) -> list[str]:
    """Model and UUID of each GPU that the driver tells of in `folder`: whether two runs used the same one."""
    told = []
    for file in sorted(folder.glob("*/information")):
        pairs = (line.partition(":")[::2] for line in file.read_text().splitlines())
        facts = {key.strip(): value.strip() for key, value in pairs}
        told.append(f"{facts.get('Model', '?')} {facts.get('GPU UUID', '?')}")
    return told


def _cpu() -> str | None:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), None)


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def _first_line(path: Path) -> str | None:
    try:
        return path.read_text().partition("\n")[0] or None
    except OSError:
        return None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
