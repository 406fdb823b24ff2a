"""Asks each known engine whether a server is one of its own."""

from __future__ import annotations

from collections.abc import Callable

from isoline.errors import EngineError
from isoline.measure.engines.identity import Identity
from isoline.measure.engines.probe import Probe
from isoline.measure.engines.reported import served
from isoline.registry import ENGINES

Identify = Callable[[Probe], Identity | None]


def recognise(probe: Probe) -> Identity:
    """What the server is; of one that no engine knows nothing is known but the models it lists, if any."""
    if probe.get("/v1/models") is None:  # without an answer there, no engine would be told
        return Identity("unknown")
    for name in ENGINES.names():
        ask: Identify = ENGINES.load(name)
        if (found := ask(probe)) is not None:
            return found
    return Identity("unknown", served(probe.models()))


def identify(probe: Probe) -> Identity:
    """What the server is; one that does not answer as OpenAI's API does is an `EngineError`."""
    reply = probe.get("/v1/models")
    where = f"{probe.root}/v1/models"
    if reply is None:
        raise EngineError(f"{where}: no answer; is the server up, and the URL right?")
    if reply.status in (401, 403):
        raise EngineError(f"{where}: status {reply.status}; give the server's API key")
    found = recognise(probe)
    if found.engine == "unknown" and reply.status != 200:
        raise EngineError(f"{where}: status {reply.status}; it does not speak OpenAI's API")
    if found.engine == "unknown" and not found.served:
        raise EngineError(f"{where} names no model; is one loaded?")
    return found
