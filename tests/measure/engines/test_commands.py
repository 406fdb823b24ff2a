"""Command lines as the engines document them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isoline.errors import UsageError
from isoline.measure.launchers.reasons import reason
from isoline.measure.launchers.settings import Settings
from isoline.registry import LAUNCHERS


def command(engine: str, **settings: Any) -> str:
    return " ".join(
        LAUNCHERS.load(engine).arguments(Settings(**{"model": "org/model", "port": 8001, **settings}))
    )


@pytest.mark.parametrize(
    ("engine", "settings", "line"),
    [
        (
            "vllm",
            {"tp": 4, "ep": 4, "kv_dtype": "fp8", "max_length": 9216, "max_batch": 256, "memory": 0.9},
            "vllm serve org/model AT --tensor-parallel-size 4 --kv-cache-dtype fp8 "
            "--max-model-len 9216 --max-num-seqs 256 --gpu-memory-utilization 0.9 --enable-expert-parallel",
        ),
        (
            "sglang",
            {"tp": 8, "dp": 8, "dp_attention": True, "spec_method": "mtp", "spec_tokens": 4},
            "python3 -m sglang.launch_server --model-path org/model AT --enable-metrics "
            "--tp-size 8 --dp-size 8 --enable-dp-attention --speculative-num-draft-tokens 4 "
            "--speculative-algorithm NEXTN",
        ),
        (
            "trt",
            {"tp": 2, "max_batch": 64, "extra": ("--config", "llm.yaml")},
            "trtllm-serve org/model AT --backend pytorch --tp_size 2 --max_batch_size 64 "
            "--config llm.yaml",
        ),
        (
            "llama-cpp",
            {"model": "/m/q.gguf", "max_length": 4096, "max_batch": 8, "kv_dtype": "q8_0"},
            "llama-server --model /m/q.gguf AT --metrics --parallel 8 --ctx-size 32768 "
            "--cache-type-k q8_0 --cache-type-v q8_0",
        ),
        (
            "simulated",
            {"model": "llama-3-1-8b on h100", "program": ("isoline", "sim"), "quantization": "fp8",
             "spec_method": "mtp", "spec_tokens": 2, "max_batch": 64},
            "isoline sim llama-3-1-8b h100 AT --precision fp8 --max-sequences 64 --spec mtp --draft 2",
        ),
        (
            "transformers",
            {"dtype": "bfloat16", "program": ("/venv/bin/transformers", "serve")},
            "/venv/bin/transformers serve org/model AT --dtype bfloat16",
        ),
    ],
)  # fmt: skip
def test_settings_become_the_engines_flags(engine: str, settings: dict[str, Any], line: str) -> None:
    assert command(engine, **settings) == line.replace("AT", "--host 127.0.0.1 --port 8001")


def test_vllm_takes_speculation_as_json() -> None:
    line = LAUNCHERS.load("vllm").arguments(
        Settings(model="m", spec_method="eagle3", draft="org/draft", spec_tokens=3)
    )
    assert json.loads(line[line.index("--speculative-config") + 1]) == {
        "method": "eagle3", "model": "org/draft", "num_speculative_tokens": 3,
    }  # fmt: skip
    assert "--speculative-config" not in command("vllm", spec_method="none")


@pytest.mark.parametrize(
    ("engine", "settings"),
    [("llama-cpp", {"pp": 2}), ("trt", {"kv_dtype": "fp8"}), ("transformers", {"tp": 2})],
)
def test_a_setting_without_a_flag_is_refused(engine: str, settings: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"has no flag for {next(iter(settings))}"):
        command(engine, **settings)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("RuntimeError: Not enough memory. Please try to increase --mem-fraction-static.", "out of memory"),
        ("ggml_backend_cuda_buffer_type_alloc_buffer: cudaMalloc failed: out of memory", "out of memory"),
        ("ValueError: To serve at least one request (16.00 GiB KV cache is needed, which is larger than "
         "the available KV cache memory (3.1 GiB).", "out of memory"),
        ("launch_server.py: error: argument --tp-size: invalid int value: 'two'", "unknown flag"),
        ("error: invalid argument: --paralel", "unknown flag"),
        ("Error: No such option: --tp_sise", "unknown flag"),
        ("couldn't bind HTTP server socket, hostname: 127.0.0.1, port: 8080", "port taken"),
        ("OSError: org/none is not a local folder and is not a valid model identifier", "no such model"),
        ("ValueError: Model architectures ['X'] are not supported for now. Supported: ...", "unsupported"),
    ],
)  # fmt: skip
def test_reasons_are_found_in_documented_messages(line: str, kind: str) -> None:
    log = f"INFO starting\n\x1b[31m{line}\x1b[0m\nTraceback\nRuntimeError: Engine core initialization failed."
    found = reason(log)
    assert found is not None
    assert (found.kind, found.quote) == (kind, (line[:299] + "…" if len(line) > 300 else line,))


def test_a_log_without_a_known_reason_shows_its_end() -> None:
    found = reason("\n".join(f"line {n}" for n in range(20)))
    assert found is not None
    assert found.quote == tuple(f"line {n}" for n in range(15, 20))
    assert reason("\n \n") is None
