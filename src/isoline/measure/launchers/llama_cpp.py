"""`llama-server`. A model is a GGUF file, or the name of a repository of such files."""

from __future__ import annotations

from isoline.measure.launchers.settings import Launcher, Settings, flags

_FLAGS = {
    "served_name": "--alias",
    "max_batch": "--parallel",
    "draft": "--model-draft",
    "spec_tokens": "--draft-max",
}
_HANDLED = ("max_length", "kv_dtype")


def command(settings: Settings) -> list[str]:
    """Arguments after the program. Its context is shared by the slots, hence slots × length tokens."""
    source = "--model" if settings.model.endswith(".gguf") else "--hf-repo"
    found = [source, settings.model, "--host", settings.host, "--port", str(settings.port), "--metrics"]
    found += flags("llama-server", settings, _FLAGS, handled=_HANDLED)
    if settings.max_length is not None:
        found += ["--ctx-size", str(settings.max_length * (settings.max_batch or 1))]
    if settings.kv_dtype is not None:
        found += ["--cache-type-k", settings.kv_dtype, "--cache-type-v", settings.kv_dtype]
    return found


LAUNCHER = Launcher(
    "llama-cpp", ("llama-server",), command, _FLAGS, install="github.com/ggml-org/llama.cpp/releases"
)
