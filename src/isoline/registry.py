"""The one lazy registry: a name stands for a `module:attribute` that is imported when first used."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

from isoline.errors import UsageError, unknown

Loader = Callable[..., Any]


class Registry:
    """Things of one kind by name: built-in ones, and those of entry points `isoline.KIND`."""

    def __init__(self, kind: str, builtin: Mapping[str, str]) -> None:
        self.kind = kind
        self._builtin = dict(builtin)

    def names(self) -> tuple[str, ...]:
        """All names, built-in ones first."""
        return tuple(dict.fromkeys([*self._builtin, *(point.name for point in self._plugins())]))

    def load(self, name: str) -> Any:
        """The object behind `name`; an unknown name answers with the closest ones."""
        target = self._builtin.get(name)
        if target is not None:
            module, _, attribute = target.partition(":")
            return getattr(importlib.import_module(module), attribute)
        for point in self._plugins():
            if point.name == name:
                return point.load()
        raise UsageError(*unknown(self.kind, name, self.names()))

    def _plugins(self) -> list[Any]:
        return list(entry_points(group=f"isoline.{self.kind}"))


_TOOLS = ("auto", "vllm", "sglang", "aiperf", "guidellm", "inference-perf", "genai-perf")
_FOREIGN = "isoline.store.importers.foreign"
IMPORTERS = Registry(
    "importer",
    {
        "inferencex": "isoline.store.importers.inferencex:read",
        **{name: f"{_FOREIGN}:read_{name.replace('-', '_')}" for name in _TOOLS},
    },
)
RETRIES = Registry(
    "retry",
    {
        "inferencex": "isoline.store.importers.inferencex:retry",
        **dict.fromkeys(_TOOLS, f"{_FOREIGN}:retry"),
    },
)
_ENGINES = "isoline.measure.engines"
ENGINES = Registry(
    "engine",
    {
        "vllm": f"{_ENGINES}.vllm:identify",
        "sglang": f"{_ENGINES}.sglang:identify",
        "trt": f"{_ENGINES}.trtllm:identify",
        "llama-cpp": f"{_ENGINES}.llama_cpp:identify",
        "simulated": f"{_ENGINES}.simulated:identify",
        "transformers": f"{_ENGINES}.transformers:identify",  # the least certain to recognise, so last
    },
)
_LAUNCHERS = "isoline.measure.launchers"
LAUNCHERS = Registry(
    "launcher",
    {
        "vllm": f"{_LAUNCHERS}.vllm:LAUNCHER",
        "sglang": f"{_LAUNCHERS}.sglang:LAUNCHER",
        "trt": f"{_LAUNCHERS}.trtllm:LAUNCHER",
        "llama-cpp": f"{_LAUNCHERS}.llama_cpp:LAUNCHER",
        "simulated": f"{_LAUNCHERS}.simulated:LAUNCHER",
        "transformers": f"{_LAUNCHERS}.transformers:LAUNCHER",
    },
)
TELEMETRY = Registry(
    "telemetry",
    {
        "nvml": "isoline.measure.telemetry.nvml:source",
        "amdsmi": "isoline.measure.telemetry.amdsmi:source",
        "prometheus": "isoline.measure.telemetry.prometheus:source",
    },
)
