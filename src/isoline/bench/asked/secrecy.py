"""Which texts of a spec are secrets: by the names of headers, variables and flags that hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import environ

from isoline.bench.asked.spec import Spec

# MAX_TOKENS and TOKENIZERS_PARALLELISM are settings, HF_TOKEN and --api-key are not.
_NAME = re.compile(
    r"(?i)(?:^|[_-])(?:token|key|(?:api|access)_?keys?|credentials?)(?:_?\d+)?$"
    r"|(?:^|[_-])secrets?(?:[_-]|$)|passw(?:or)?d|passphrase"
)
_SETTING = re.compile(r"(?i)[-+]?\d*\.?\d*(?:e[-+]?\d+)?|true|false|none|null")
_SHORT = 3  # letters; a text this short is no secret, and hiding it would garble words


def secret_name(name: str) -> bool:
    """Whether a variable or flag of that name holds a secret."""
    return _NAME.search(name) is not None


def secrets(spec: Spec, held: Iterable[str] = ()) -> list[str]:
    """Values that must appear in nothing that is stored or printed, the longest first.

    `held` are those of the configurations of its matrix.
    """
    # A server may echo a header without its scheme: `Bearer` and the key are hidden apart, too.
    headers = [part for value in spec.headers.values() for part in (value, *value.split())]
    values = {*headers, environ.get(spec.api_key_env or "", ""), *held}
    return sorted(filter(_worth_hiding, values), key=len, reverse=True)


def of_variables(variables: Mapping[str, str]) -> Iterator[str]:
    """Values of the variables that by their names are secret."""
    return (value for name, value in variables.items() if secret_name(name))


def of_words(words: Sequence[str]) -> Iterator[str]:
    """Secrets of a command line: of `--api-key A B`, `--api-key=A` and `HF_TOKEN=A`."""
    flag = ""
    for word in words:
        name, equals, value = word.partition("=")
        if equals and secret_name(name):
            yield value
        elif word.startswith("-"):
            flag = word
        elif secret_name(flag):
            yield word


def _worth_hiding(value: str) -> bool:
    """Numbers and truth values are in every document: they are no secrets whatever they are called."""
    return len(value) > _SHORT and _SETTING.fullmatch(value) is None
