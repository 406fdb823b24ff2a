"""What an engine is asked to serve, in words that all engines share, and the flags they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from isoline.errors import UsageError

HEALTHY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One server. `None` leaves a setting to the engine; `extra` are flags in its own words.

    `model` is a checkpoint's name or path, `served_name` what requests call it. Lengths are in
    tokens, `memory` is the share of GPU memory it may take, `draft` a draft model's name or path.
    """

    model: str
    host: str = "127.0.0.1"
    port: int = 8000
    served_name: str | None = None
    tp: int | None = None
    pp: int | None = None
    dp: int | None = None
    ep: int | None = None
    dp_attention: bool | None = None
    quantization: str | None = None
    dtype: str | None = None
    kv_dtype: str | None = None
    max_length: int | None = None
    max_batch: int | None = None
    memory: float | None = None
    spec_method: str | None = None
    spec_tokens: int | None = None
    draft: str | None = None
    trust_remote_code: bool | None = None
    extra: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold secrets
    program: tuple[str, ...] = ()  # replaces the engine's own program: a path, a container's command

    @property
    def url(self) -> str:
        """Where it will answer; a server on all interfaces answers on this one."""
        host = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def replicated(settings: Settings) -> int | None:
    """GPUs where each data-parallel replica has ranks of its own; `None` where no `dp` is said."""
    return settings.dp and settings.dp * (settings.tp or 1) * (settings.pp or 1)


@dataclass(frozen=True, slots=True)
class Launcher:
    """How one engine is started: `command` gives its arguments, `flags` are those that stand for one
    setting, `ready` are paths that answer 200 once it serves, `install` says in words how to get it,
    `serves` what requests call the model, where that is neither `served_name` nor the checkpoint,
    `gpus` how many GPUs the settings take, `None` where they do not say.
    """

    engine: str
    program: tuple[str, ...]
    command: Callable[[Settings], list[str]]
    flags: Mapping[str, str] = field(default_factory=dict)
    ready: tuple[str, ...] = ("/health", "/v1/models")
    install: str = ""
    serves: Callable[[Settings], str] | None = None
    gpus: Callable[[Settings], int | None] = replicated

    def arguments(self, settings: Settings) -> list[str]:
        """The whole command line."""
        return [*(settings.program or self.program), *self.command(settings), *settings.extra]

    def served(self, settings: Settings) -> str:
        """What requests call the model."""
        return self.serves(settings) if self.serves else settings.served_name or settings.model


_PLACE = ("model", "host", "port", "extra", "environment", "program")


def flags(
    engine: str, settings: Settings, names: Mapping[str, str], *, handled: Sequence[str] = ()
) -> list[str]:
    """Settings that are given as flags by `names`; `True` is a bare flag and `False` none.

    One that the engine has no flag for is an error, not ignored: the run would not be what was asked.
    """
    found: list[str] = []
    for setting in fields(Settings):
        name, value = setting.name, getattr(settings, setting.name)
        if value is None or name in _PLACE or name in handled:
            continue
        if name not in names:
            raise UsageError(
                f"{engine} has no flag for {name} that is known here; say it in its own words with extra"
            )
        if value is True:
            found.append(names[name])
        elif value is not False:
            found += [names[name], str(value)]
    return found
