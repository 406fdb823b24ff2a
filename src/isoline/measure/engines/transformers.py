"""Hugging Face `transformers serve`: it answers `/health` in JSON and names its models, no more."""

from __future__ import annotations

from isoline.measure.engines import reported
from isoline.measure.engines.identity import Identity
from isoline.measure.engines.probe import Probe

NAME = "transformers"
_ROUTES = ("/v1/responses", "/v1/chat/completions", "/health")


def identify(probe: Probe) -> Identity | None:
    """The identity of a transformers server, `None` of any other.

    Its models are owned by whoever published them, so its routes tell it. Asked after all other engines.
    """
    if probe.json("/health") != {"status": "ok"}:
        return None
    routes = reported.mapping(probe.mapping("/openapi.json").get("paths"))
    if not all(route in routes for route in _ROUTES):
        return None
    return Identity(engine=NAME, served=reported.served(probe.models()), refuses=("ignore_eos",))
