"""SGLang: `/server_info` (before 0.5.4 `/get_server_info`) holds its arguments, `/v1/models` its names."""

from __future__ import annotations

from collections.abc import Mapping

from isoline.domain.recipe import Scalar
from isoline.measure.engines import reported
from isoline.measure.engines.identity import Identity, both
from isoline.measure.engines.probe import Probe

NAME = "sglang"
_KEPT = ("mem_fraction_static", "max_running_requests", "chunked_prefill_size", "max_total_num_tokens")


def identify(probe: Probe) -> Identity | None:
    """The identity of an SGLang server, `None` of any other."""
    models = probe.models()
    info = probe.mapping("/server_info") or probe.mapping("/get_server_info")
    if not reported.owned_by(models, NAME) and "tp_size" not in info:
        return None
    facts = {name: value for name in _KEPT if isinstance(value := info.get(name), int | float)}
    return Identity(
        engine=NAME,
        served=reported.served(models),
        fields={name: value for name, value in _fields(info).items() if value is not None},
        speculates=_speculates(info),
        max_length=reported.whole(models[0].get("max_model_len")) if models else None,
        facts=facts,
    )


def _fields(info: Mapping[str, object]) -> dict[str, Scalar]:
    tp, pp, dp, ep = (reported.whole(info.get(f"{kind}_size")) for kind in ("tp", "pp", "dp", "ep"))
    attention = reported.flag(info.get("enable_dp_attention"))
    # With data-parallel attention the replicas share the ranks, else each has its own.
    replicas = 1 if attention else dp or 1
    return {
        **both(tp=tp, pp=pp, ep=ep, dp_attention=attention),
        **both(gpus=None if tp is None else tp * (pp or 1) * replicas),
        "engine_version": reported.text(info.get("version")),
        "checkpoint": reported.text(info.get("model_path")),
        "kv_format": reported.text(info.get("kv_cache_dtype")),
        # Without a method its weights may still be quantised: the checkpoint's own configuration rules.
        "precision": reported.precision(info.get("quantization")),
        "spec_draft_tokens": reported.whole(info.get("speculative_num_draft_tokens")),
    }


def _speculates(info: Mapping[str, object]) -> bool | None:
    if "speculative_algorithm" not in info:
        return None
    return reported.text(info["speculative_algorithm"]) is not None
