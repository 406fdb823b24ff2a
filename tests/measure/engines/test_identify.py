"""Servers that answer as the engines document it: what is read, and what contradicts a declaration."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from msgspec.structs import replace

from isoline.domain.catalog import load_catalog
from isoline.domain.recipe import Recipe
from isoline.errors import EngineError
from isoline.measure.engines.identify import identify
from isoline.measure.engines.identity import Identity, verify
from isoline.measure.engines.probe import Probe
from tests.http_server import Answer, http_server

CATALOG = load_catalog(user_dirs=())
RECIPE = Recipe("qwen-3-5", "b300", "vllm", "fp8")


def models(owner: str, **more: Any) -> dict[str, Any]:
    card = {"id": "served", "object": "model", "created": 1772323200, "owned_by": owner, **more}
    return {"object": "list", "data": [card]}


VLLM = {
    "/v1/models": models("vllm", root="org/Model-FP8", parent=None, max_model_len=9216),
    "/version": {"version": "0.22.1"},
    "/metrics": '# HELP vllm:cache_config_info Information of the LLMEngine CacheConfig\n'
    '# TYPE vllm:cache_config_info gauge\n'
    'vllm:cache_config_info{block_size="16",cache_dtype="fp8",enable_prefix_caching="True",engine="0",'
    'gpu_memory_utilization="0.9",num_gpu_blocks="61234"} 1.0\n'
    'vllm:num_requests_running{engine="0",model_name="served"} 0.0\n',
}  # fmt: skip
SPECULATING = 'vllm:spec_decode_num_drafts_total{engine="0",model_name="served"} 12.0\n'
SGLANG = {
    "/v1/models": models("sglang", root="org/Model-FP8", max_model_len=32768),
    "/get_server_info": {
        "model_path": "org/Model-FP8", "tp_size": 8, "pp_size": 1, "dp_size": 8, "ep_size": 8,
        "enable_dp_attention": True, "quantization": "fp8", "kv_cache_dtype": "auto", "api_key": "sk-secret",
        "speculative_algorithm": "EAGLE", "speculative_num_draft_tokens": 4, "mem_fraction_static": 0.88,
        "internal_states": [{"avg_spec_accept_length": 2.4}], "version": "0.5.12",
    },
}  # fmt: skip
LLAMA = {
    "/v1/models": models("llamacpp", meta={"n_params": 8030261312, "n_ctx_train": 131072}),
    "/props": {
        "default_generation_settings": {"n_ctx": 4096}, "total_slots": 4,
        "model_path": "/models/Model-8B-Q4_K_M.gguf", "build_info": "b8681-c2b3f1a",
    },
}  # fmt: skip
TRT = {"/v1/models": models("tensorrt_llm"), "/version": {"version": "1.2.0"}, "/metrics": []}
TRANSFORMERS = {
    "/v1/models": models("org"),
    "/health": {"status": "ok"},
    "/openapi.json": {"paths": {"/v1/responses": {}, "/v1/chat/completions": {}, "/health": {}}},
}


@contextmanager
def serving(routes: Mapping[str, Any], status: int = 200) -> Iterator[Probe]:
    def get(request: BaseHTTPRequestHandler) -> Answer:
        value = routes.get(request.path, routes.get(request.path.partition("?")[0]))
        body = (value if isinstance(value, str) else json.dumps(value)).encode()
        return (404 if value is None else status), {}, body

    with http_server(get) as url:
        yield Probe(f"{url}/v1")


def identity(routes: Mapping[str, Any]) -> Identity:
    with serving(routes) as probe:
        return identify(probe)


def test_vllm() -> None:
    found = identity(VLLM)
    assert (found.engine, found.served, found.max_length, found.speculates) == (
        "vllm",
        ("served",),
        9216,
        False,
    )
    assert found.fields == {"engine_version": "0.22.1", "checkpoint": "org/Model-FP8", "kv_format": "fp8"}
    assert found.facts["num_gpu_blocks"] == "61234"
    assert identity({**VLLM, "/metrics": VLLM["/metrics"] + SPECULATING}).speculates is True  # type: ignore[operator]
    assert identity({**VLLM, "/metrics": None}).speculates is None


def test_vllm_in_development_mode_tells_its_configuration() -> None:
    config = {
        "parallel_config": {"tensor_parallel_size": 4, "pipeline_parallel_size": 1, "data_parallel_size": 2,
                            "enable_expert_parallel": True},
        "model_config": {"quantization": None, "dtype": "torch.bfloat16"},
        "speculative_config": {"method": "mtp", "num_speculative_tokens": 2},
    }  # fmt: skip
    found = identity({**VLLM, "/server_info": {"vllm_config": config}})
    assert found.speculates is True
    wanted = {"decode_tp": 4, "decode_gpus": 8, "prefill_ep": 8, "precision": "bf16", "spec_draft_tokens": 2}
    assert wanted.items() <= found.fields.items()


def test_sglang() -> None:
    found = identity(SGLANG)
    assert (found.engine, found.speculates, found.max_length) == ("sglang", True, 32768)
    assert found.fields["decode_gpus"] == 8  # data-parallel attention shares the ranks
    assert found.fields["precision"] == "fp8"
    assert "kv_format" not in found.fields
    assert "sk-secret" not in repr(found)
    moved = {**SGLANG, "/server_info": {**SGLANG["/get_server_info"], "enable_dp_attention": False}}
    assert identity(moved).fields["decode_gpus"] == 64


def test_the_others() -> None:
    assert identity(TRT) == Identity("trt", ("served",), {"engine_version": "1.2.0"})
    llama = identity(LLAMA)
    assert (llama.engine, llama.max_length, llama.facts) == ("llama-cpp", 4096, {"slots": 4})
    assert (llama.fields["weight_format"], llama.fields["engine_version"]) == ("q4_k_m", "b8681-c2b3f1a")
    assert identity(TRANSFORMERS).engine == "transformers"
    assert identity({"/v1/models": models("somebody")}) == Identity("unknown", ("served",))


def test_servers_that_say_nothing_useful() -> None:
    with serving({"/v1/models": {"data": []}}) as probe, pytest.raises(EngineError, match="names no model"):
        identify(probe)
    with serving({"/v1/models": models("vllm")}, 401) as probe, pytest.raises(EngineError, match="API key"):
        identify(probe)
    with serving({}) as probe, pytest.raises(EngineError, match="status 404"):
        identify(probe)
    with pytest.raises(EngineError, match="no answer"):
        identify(Probe("http://127.0.0.1:9"))


def test_a_recipe_is_completed_by_what_the_engine_reports() -> None:
    recipe = verify(RECIPE, identity(VLLM), CATALOG, model="served", tokens=9216)
    assert (recipe.engine_version, recipe.checkpoint, recipe.kv_format) == ("0.22.1", "org/Model-FP8", "fp8")
    unknown = verify(replace(RECIPE, engine="unknown", precision="unknown"), identity(VLLM), CATALOG)
    assert (unknown.engine, unknown.precision) == ("vllm", "unknown")


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"engine": "sglang"}, "engine: declared 'sglang', the server reports 'vllm'"),
        ({"kv_format": "bf16"}, "kv_format: declared 'bf16', the server reports 'fp8'"),
        ({"engine_version": "0.21.0"}, "engine_version"),
        ({"checkpoint": "org/Model-BF16"}, "checkpoint"),
        ({"spec_method": "mtp"}, "speculative decoding is off"),
    ],
)
def test_contradictions_are_errors(changes: dict[str, Any], wrong: str) -> None:
    with pytest.raises(EngineError, match="not what was declared") as error:
        verify(replace(RECIPE, **changes), identity(VLLM), CATALOG)
    assert wrong in str(error.value)


def test_all_contradictions_are_told_at_once() -> None:
    declared = replace(RECIPE, engine="sglang", precision="bf16", decode_tp=4)
    with pytest.raises(EngineError) as error:
        verify(declared, identity(SGLANG), CATALOG, model="other", tokens=40_000)
    for part in (
        "precision",
        "decode_tp",
        "speculative decoding is on",
        "requests ask for 'other'",
        "40,000",
    ):
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("changes", "routes"),
    [
        ({"engine": "dynamo-vllm"}, VLLM),  # an orchestrator's workers answer as themselves
        ({"engine": "llmd-vllm"}, VLLM),
        ({"checkpoint": "/data/models/whatever"}, VLLM),  # a path may hold the same weights
        ({"engine": "trt"}, TRT),
        ({"checkpoint": "ORG/model-fp8"}, VLLM),
    ],
)
def test_what_is_no_contradiction(changes: dict[str, Any], routes: Mapping[str, Any]) -> None:
    verify(replace(RECIPE, **changes), identity(routes), CATALOG)
