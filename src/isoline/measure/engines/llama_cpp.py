"""llama.cpp (`llama-server`): `/props` and `/v1/models`."""

from __future__ import annotations

import re

from isoline.domain.recipe import Scalar
from isoline.measure.engines import reported
from isoline.measure.engines.identity import Identity
from isoline.measure.engines.probe import Probe

NAME = "llama-cpp"
# The type of most weights in a file's name: `…-Q4_K_M.gguf`, `…-bf16.gguf`.
_TYPE = re.compile(r"(?i)[-_.](i?q\d(?:_[a-z0-9]+)*|bf16|f16|f32|mxfp4)(?:-\d+-of-\d+)?\.gguf$")


def identify(probe: Probe) -> Identity | None:
    """The identity of a llama-server, `None` of any other."""
    models = probe.models()
    if not reported.owned_by(models, "llamacpp"):
        return None
    props = probe.mapping("/props")
    path = reported.text(props.get("model_path"))
    fields: dict[str, Scalar] = {
        "engine_version": reported.text(props.get("build_info")),
        "checkpoint": path,
        "weight_format": _weights(path),
    }
    slots = reported.whole(props.get("total_slots"))
    return Identity(
        engine=NAME,
        served=reported.served(models),
        fields={name: value for name, value in fields.items() if value is not None},
        max_length=reported.whole(reported.mapping(props.get("default_generation_settings")).get("n_ctx")),
        facts={} if slots is None else {"slots": slots},
    )


def _weights(path: str | None) -> str | None:
    match = _TYPE.search(path or "")
    return match[1].lower() if match else None
