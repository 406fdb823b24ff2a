"""`transformers serve`: any model of the library, for trying things out rather than for speed."""

from __future__ import annotations

from isoline.measure.launchers.settings import Launcher, Settings, flags

_FLAGS = {
    "dtype": "--dtype",
    "quantization": "--quantization",
    "trust_remote_code": "--trust-remote-code",
}


def command(settings: Settings) -> list[str]:
    """Arguments after the program; requests must name the model as it is given here."""
    place = ["--host", settings.host, "--port", str(settings.port)]
    return [settings.model, *place, *flags("transformers serve", settings, _FLAGS)]


LAUNCHER = Launcher(
    "transformers",
    ("transformers", "serve"),
    command,
    _FLAGS,
    ready=("/health",),  # its list of models fails where nothing was ever downloaded
    install="pip install 'transformers[serving]'",
)
