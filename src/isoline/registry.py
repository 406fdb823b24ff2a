"""The one lazy registry: a name stands for a `module:attribute` that is imported when first used."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

from isoline.errors import UsageError

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
        known = self.names()
        raise UsageError(
            f"there is no {self.kind} {name!r}; there is {', '.join(known)}",
            tuple(difflib.get_close_matches(name, known)),
        )

    def _plugins(self) -> list[Any]:
        return list(entry_points(group=f"isoline.{self.kind}"))


IMPORTERS = Registry("importer", {"inferencex": "isoline.store.importers.inferencex:read"})
RETRIES = Registry("retry", {"inferencex": "isoline.store.importers.inferencex:retry"})
TELEMETRY = Registry(
    "telemetry",
    {
        "nvml": "isoline.measure.telemetry.nvml:source",
        "amdsmi": "isoline.measure.telemetry.amdsmi:source",
        "prometheus": "isoline.measure.telemetry.prometheus:source",
    },
)
