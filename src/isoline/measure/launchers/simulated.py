"""`isoline sim`: an engine that needs no GPU. Its checkpoint is `MODEL on HARDWARE`, both of the catalog."""

from __future__ import annotations

import sys

from isoline.errors import UsageError
from isoline.measure.launchers.settings import Launcher, Settings, flags

_FLAGS = {
    "quantization": "--precision",
    "tp": "--tp",
    "kv_dtype": "--kv",
    "max_batch": "--max-sequences",
    "spec_method": "--spec",
    "spec_tokens": "--draft",
}


def command(settings: Settings) -> list[str]:
    """Arguments after the program; requests may name the model by its catalog key."""
    model, hardware = _parts(settings)
    place = ["--host", settings.host, "--port", str(settings.port)]
    return [model, hardware, *place, *flags("isoline sim", settings, _FLAGS)]


def _parts(settings: Settings) -> tuple[str, str]:
    model, word, hardware = settings.model.partition(" on ")
    if not word:
        raise UsageError(f"checkpoint {settings.model!r}: the simulated engine needs MODEL on HARDWARE")
    return model.strip(), hardware.strip()


LAUNCHER = Launcher(
    "simulated",
    (sys.executable, "-m", "isoline", "sim"),
    command,
    _FLAGS,
    serves=lambda settings: _parts(settings)[0],
)
