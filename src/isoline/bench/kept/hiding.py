"""Secrets out of everything that is stored or printed: servers echo keys in their messages."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import msgspec

from isoline.domain.recipe import Recipe

HIDDEN = "***"
_TEXTS = ("checkpoint", "flags", "image")  # of a recipe: free texts, which settings may have filled


class Hider:
    """Replaces known secrets in texts."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def text(self, text: str) -> str:
        """The text without any secret."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def document(self, value: object) -> object:
        """Any structure as plain values, every text in it without secrets."""
        return self._plain(msgspec.to_builtins(value))

    def recipe(self, recipe: Recipe) -> Recipe:
        """The recipe as it may be stored: a checkpoint's URL or a flag may hold a secret."""
        texts = {name: text for name in _TEXTS if (text := getattr(recipe, name)) is not None}
        return msgspec.structs.replace(recipe, **{name: self.text(text) for name, text in texts.items()})

    def _plain(self, value: object) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self._plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._plain(item) for item in value]
        return value


def command_line(arguments: Sequence[str], hider: Hider) -> str:
    """The command as it can be typed again, header values left out."""
    words = ["isoline", "bench"]
    is_header = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if is_header:
            argument = f"{name}={HIDDEN}"
        elif name == "--header" and equals:
            argument = f"{name}={value.partition('=')[0]}={HIDDEN}"
        is_header = argument == "--header"
        words.append(hider.text(argument))
    return shlex.join(words)
