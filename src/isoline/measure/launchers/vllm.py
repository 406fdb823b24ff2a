"""`vllm serve`."""

from __future__ import annotations

import json

from isoline.measure.launchers.settings import Launcher, Settings, flags

_FLAGS = {
    "served_name": "--served-model-name",
    "tp": "--tensor-parallel-size",
    "pp": "--pipeline-parallel-size",
    "dp": "--data-parallel-size",
    "quantization": "--quantization",
    "dtype": "--dtype",
    "kv_dtype": "--kv-cache-dtype",
    "max_length": "--max-model-len",
    "max_batch": "--max-num-seqs",
    "memory": "--gpu-memory-utilization",
    "trust_remote_code": "--trust-remote-code",
}
_HANDLED = ("ep", "dp_attention", "spec_method", "spec_tokens", "draft")


def command(settings: Settings) -> list[str]:
    """Arguments after the program. Expert parallelism spans all ranks: it is on or off."""
    found = [settings.model, "--host", settings.host, "--port", str(settings.port)]
    found += flags("vllm", settings, _FLAGS, handled=_HANDLED)
    if settings.ep is not None and settings.ep > 1:
        found.append("--enable-expert-parallel")
    if speculation := _speculation(settings):
        found += ["--speculative-config", json.dumps(speculation)]
    return found


def _speculation(settings: Settings) -> dict[str, object]:
    said = {
        "method": settings.spec_method,
        "model": settings.draft,
        "num_speculative_tokens": settings.spec_tokens,
    }
    return {name: value for name, value in said.items() if value is not None and value != "none"}


LAUNCHER = Launcher("vllm", ("vllm", "serve"), command, _FLAGS, install="pip install vllm")
