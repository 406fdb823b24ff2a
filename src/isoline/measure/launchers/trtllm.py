"""`trtllm-serve` with its PyTorch backend. KV format and speculation belong in the file of `--config`."""

from __future__ import annotations

from isoline.measure.launchers.settings import Launcher, Settings, flags

_FLAGS = {
    "served_name": "--served_model_name",
    "tp": "--tp_size",
    "pp": "--pp_size",
    "ep": "--ep_size",
    "max_length": "--max_seq_len",
    "max_batch": "--max_batch_size",
    "memory": "--kv_cache_free_gpu_memory_fraction",
    "trust_remote_code": "--trust_remote_code",
}


def command(settings: Settings) -> list[str]:
    """Arguments after the program."""
    place = ["--host", settings.host, "--port", str(settings.port)]
    return [settings.model, *place, "--backend", "pytorch", *flags("trtllm-serve", settings, _FLAGS)]


LAUNCHER = Launcher("trt", ("trtllm-serve",), command, _FLAGS, install="pip install tensorrt-llm")
