"""Names of input/output length pairs: `1k/1k` is 1024 in, 1024 out."""

from __future__ import annotations

from functools import lru_cache

from isoline.errors import UsageError


@lru_cache(1024)
def sequence_name(isl: int | None, osl: int | None) -> str | None:
    """`(8192, 1024)` -> `8k/1k`; lengths that are no multiple of 1024 stay as they are."""
    if isl is None or osl is None:
        return None
    return f"{_length(isl)}/{_length(osl)}"


def parse_sequence(text: str) -> tuple[int, int]:
    """`8k/1k`, `8192/1024` or `8192x1024` -> `(8192, 1024)` tokens."""
    parts = text.strip().lower().replace("x", "/").split("/")
    try:
        isl, osl = (_tokens(part) for part in parts)
    except ValueError:
        raise UsageError(
            f"sequence {text!r} is not INPUT/OUTPUT in tokens; write for example 8k/1k or 8192/1024"
        ) from None
    return isl, osl


def _length(tokens: int) -> str:
    return f"{tokens // 1024}k" if tokens and tokens % 1024 == 0 else str(tokens)


def _tokens(text: str) -> int:
    value = int(text[:-1]) * 1024 if text.endswith("k") else int(text)
    if not 0 < value <= 100_000_000:
        raise ValueError(text)
    return value
