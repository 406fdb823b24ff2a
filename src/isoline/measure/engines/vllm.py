"""vLLM: `/version`, `/v1/models` and `/metrics`; `/server_info` where its development mode is on."""

from __future__ import annotations

from collections.abc import Mapping

from isoline.domain.recipe import Scalar
from isoline.measure.engines import reported
from isoline.measure.engines.identity import Identity, both
from isoline.measure.engines.probe import Probe

NAME = "vllm"
_SERVER_INFO = "/server_info?config_format=json"  # needs VLLM_SERVER_DEV_MODE=1
_ANY = "vllm:"
_SPECULATION = "vllm:spec_decode_num_drafts"


def identify(probe: Probe) -> Identity | None:
    """The identity of a vLLM server, `None` of any other."""
    models = probe.models()
    if not reported.owned_by(models, NAME):
        return None
    metrics = probe.text("/metrics") or ""
    config = reported.mapping(probe.mapping(_SERVER_INFO).get("vllm_config"))
    fields: dict[str, Scalar] = {
        "engine_version": reported.text(probe.mapping("/version").get("version")),
        "checkpoint": reported.text(models[0].get("root")),
        "kv_format": _kv_format(metrics),
    }
    fields |= _from_config(config)
    return Identity(
        engine=NAME,
        served=reported.served(models),
        fields={name: value for name, value in fields.items() if value is not None},
        speculates=_speculates(metrics, config),
        max_length=reported.whole(models[0].get("max_model_len")),
        facts=_facts(metrics),
    )


def _from_config(config: Mapping[str, object]) -> dict[str, Scalar]:
    """Parallelism and formats, which only the whole configuration tells."""
    parallel = reported.mapping(config.get("parallel_config"))
    model = reported.mapping(config.get("model_config"))
    speculation = reported.mapping(config.get("speculative_config"))
    tp, pp, dp = (
        reported.whole(parallel.get(f"{kind}_parallel_size")) for kind in ("tensor", "pipeline", "data")
    )
    found = both(tp=tp, pp=pp, gpus=None if tp is None else tp * (pp or 1) * (dp or 1))
    if parallel.get("enable_expert_parallel") is True and tp is not None:
        found |= both(ep=tp * (dp or 1))
    return {
        **found,
        "precision": reported.precision(model.get("quantization"), model.get("dtype")),
        "spec_draft_tokens": reported.whole(speculation.get("num_speculative_tokens")),
    }


def _kv_format(metrics: str) -> str | None:
    info = next(reported.labels(metrics, "vllm:cache_config_info"), {})
    return reported.text(info.get("cache_dtype"))


def _speculates(metrics: str, config: Mapping[str, object]) -> bool | None:
    """Its counters of drafts exist only where it drafts."""
    if config:
        return bool(config.get("speculative_config"))
    return _SPECULATION in metrics if _ANY in metrics else None


def _facts(metrics: str) -> dict[str, Scalar]:
    info = next(reported.labels(metrics, "vllm:cache_config_info"), {})
    kept = ("block_size", "num_gpu_blocks", "enable_prefix_caching", "gpu_memory_utilization")
    return {name: info[name] for name in kept if name in info}
