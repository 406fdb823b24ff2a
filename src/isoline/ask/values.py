"""Values as a reader types them -> checked ones; `option` is how an error calls them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from isoline.errors import UsageError, unknown

MAX_NUMBERS = 100
LARGEST = 1e6  # tok/s per user or $ per M tokens; nothing is or will soon be asked above it


def by_hardware(option: str, values: Sequence[str] | None) -> dict[str, float]:
    """`["b300=2.26,h100=1.5"]` -> `{"b300": 2.26, "h100": 1.5}`; values are positive and finite."""
    found: dict[str, float] = {}
    for item in split(values):
        key, sign, text = item.partition("=")
        value = number(text)
        if not sign or not key or value is None or value <= 0:
            raise UsageError(
                f"{option} {item!r} is not HARDWARE=NUMBER with a number above 0, like b300=2.26"
            )
        found[key.strip().lower()] = value
    return found


def numbers(option: str, text: str | None, like: str = "102,160,218") -> tuple[float, ...] | None:
    """`"102,160,218"` -> numbers above 0, in the order asked."""
    if text is None:
        return None
    values = [number(part) for part in text.split(",")]
    if len(values) > MAX_NUMBERS:
        raise UsageError(f"{option} takes at most {MAX_NUMBERS} numbers")
    if any(value is None or not 0 < value <= LARGEST for value in values):
        raise UsageError(
            f"{option} {text!r} is not a list of numbers above 0 (and at most {LARGEST:,.0f}), like {like}"
        )
    return tuple(value for value in values if value is not None)


def limit(option: str, text: str | None) -> float | None:
    """One number above 0, seconds."""
    if not text:
        return None
    value = number(text)
    if value is None or not 0 < value <= LARGEST:
        raise UsageError(f"{option} {text!r} is not a number of seconds above 0, like 0.5")
    return value


def choice(option: str, text: str | None, known: Sequence[str]) -> str | None:
    """One of `known`, or `None` where nothing was asked."""
    if text and text not in known:
        raise UsageError(*unknown(option, text, known))
    return text or None


def several(option: str, values: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Some of `known`, in its order, in any case."""
    asked = {text.lower() for text in split(values)}
    for text in sorted(asked - set(known)):
        raise UsageError(*unknown(option, text, known))
    return tuple(text for text in known if text in asked)


def switch(option: str, text: str | None) -> bool:
    """`1` is on; absent, empty or `0` is off."""
    if text not in (None, "", "0", "1"):
        raise UsageError(f"{option} {text!r} is neither 1 (on) nor 0 (off)", ("1", "0"))
    return text == "1"


def split(values: Sequence[str] | None) -> list[str]:
    """Repeated and comma-separated values as one list."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]


def number(text: str) -> float | None:
    """A finite number, or `None`."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def day(option: str, value: str | None) -> str | None:
    """An ISO date, checked."""
    from datetime import date

    if value is None:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise UsageError(f"{option} {value!r} is not a date like 2026-06-14") from None
