"""Whether drafts of a started engine are accepted by their worth, or by a number that was given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from isoline.domain.recipe import Scalar

MEASURED, SYNTHETIC = "measured", "synthetic"


def acceptance(arguments: Sequence[str], environment: Mapping[str, str]) -> Scalar | None:
    """`synthetic` or `measured` where a started vLLM or SGLang speculates; `None` where it does not.

    vLLM imposes an acceptance by `rejection_sample_method` in `--speculative-config`, SGLang by
    `SGLANG_SIMULATE_ACC_LEN` in its environment; both documented by the engines.
    """
    flags = _values(arguments)
    if config := flags.get("--speculative-config"):
        return SYNTHETIC if _imposed(config) else MEASURED
    if "--speculative-algorithm" in flags:
        return SYNTHETIC if _positive(environment.get("SGLANG_SIMULATE_ACC_LEN")) else MEASURED
    return None


def _values(arguments: Sequence[str]) -> dict[str, str]:
    """`--a b` and `--a=b` by flag; the last of several wins, as it does for the engines."""
    found: dict[str, str] = {}
    for word, after in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name.startswith("--"):
            found[name] = value if equals else after
    return found


def _imposed(config: str) -> bool:
    try:
        said = json.loads(config)
    except ValueError:  # the engine will say so when it is started
        return False
    return isinstance(said, dict) and said.get("rejection_sample_method") == SYNTHETIC


def _positive(text: str | None) -> bool:
    try:
        return float(text or 0) > 0
    except ValueError:
        return False
