"""`python -m sglang.launch_server`."""

from __future__ import annotations

from dataclasses import replace

from isoline.measure.launchers.settings import Launcher, Settings, flags, replicated

_FLAGS = {
    "served_name": "--served-model-name",
    "tp": "--tp-size",
    "pp": "--pp-size",
    "dp": "--dp-size",
    "ep": "--ep-size",
    "dp_attention": "--enable-dp-attention",
    "quantization": "--quantization",
    "dtype": "--dtype",
    "kv_dtype": "--kv-cache-dtype",
    "max_length": "--context-length",
    "max_batch": "--max-running-requests",
    "memory": "--mem-fraction-static",
    "spec_tokens": "--speculative-num-draft-tokens",
    "draft": "--speculative-draft-model-path",
    "trust_remote_code": "--trust-remote-code",
}
_METHODS = {"mtp": "NEXTN", "draft_model": "STANDALONE"}  # others go by their own name


def command(settings: Settings) -> list[str]:
    """Arguments after the program. Its metrics are off unless asked for."""
    found = ["--model-path", settings.model, "--host", settings.host, "--port", str(settings.port)]
    found += ["--enable-metrics", *flags("sglang", settings, _FLAGS, handled=("spec_method",))]
    if settings.spec_method not in (None, "none"):
        method = str(settings.spec_method)
        found += ["--speculative-algorithm", _METHODS.get(method, method.upper())]
    return found


def gpus(settings: Settings) -> int | None:
    """With data-parallel attention the replicas share the tensor-parallel ranks, else each has its own.

    Source: docs.sglang.io/docs/advanced_features/dp_dpa_router_guide.
    """
    return replicated(replace(settings, dp=settings.dp and 1) if settings.dp_attention else settings)


LAUNCHER = Launcher(
    "sglang",
    ("python3", "-m", "sglang.launch_server"),
    command,
    _FLAGS,
    install="pip install sglang",
    gpus=gpus,
)
