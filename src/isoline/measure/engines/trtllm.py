"""TensorRT-LLM (`trtllm-serve`): `/version` and `/v1/models`; it does not tell its configuration."""

from __future__ import annotations

from isoline.measure.engines import reported
from isoline.measure.engines.identity import Identity
from isoline.measure.engines.probe import Probe

NAME = "trt"


def identify(probe: Probe) -> Identity | None:
    """The identity of a trtllm-serve server, `None` of any other."""
    models = probe.models()
    if not reported.owned_by(models, "tensorrt_llm"):
        return None
    version = reported.text(probe.mapping("/version").get("version"))
    return Identity(
        engine=NAME,
        served=reported.served(models),
        fields={} if version is None else {"engine_version": version},
    )
