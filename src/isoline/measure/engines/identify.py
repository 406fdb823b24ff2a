"""Asks each known engine whether a server is one of its own."""

from __future__ import annotations

from collections.abc import Callable

from isoline.errors import EngineError
from isoline.measure.engines.identity import Identity
from isoline.measure.engines.probe import Probe
from isoline.registry import ENGINES

Identify = Callable[[Probe], Identity | None]


def identify(probe: Probe) -> Identity:
    """What the server is; a server that no engine knows serves the OpenAI API and nothing is known of it."""
    models = probe.models()
    for name in ENGINES.names():
        ask: Identify = ENGINES.load(name)
        found = ask(probe)
        if found is not None:
            return found
    served = tuple(str(entry["id"]) for entry in models if "id" in entry)
    if not served:
        raise EngineError(f"{probe.root}/v1/models names no model; is one loaded?")
    return Identity("unknown", served)
