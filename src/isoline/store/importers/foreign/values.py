"""Loads and names as tools write them."""

from __future__ import annotations

from collections.abc import Mapping

from isoline.store.importers.fields import MAX_RATE, broken, number


def finite_rate(value: object) -> float | None:
    """Requests/s of an open loop; `inf` sends as fast as the concurrency allows, so nothing is offered."""
    if value in (None, "inf", "trace"):
        return None
    rate = number("request_rate", value)
    if not 0 < rate <= MAX_RATE:
        raise broken("request_rate", value, "requests/s above zero, or inf")
    return rate


def whole(value: object) -> int | None:
    """A whole number, also where a tool wrote it as a fraction."""
    if value is None:
        return None
    result = number("max_concurrency", value)
    if not result.is_integer():
        raise broken("max_concurrency", value, "a whole number")
    return int(result)


def text(value: object) -> str | None:
    """A text that is not empty."""
    return value if isinstance(value, str) and value.strip() else None


def at(value: object, *names: str | int) -> object:
    """What lies at a path of names and places, or `None`."""
    for name in names:
        if isinstance(name, int):
            value = value[name] if isinstance(value, list) and len(value) > name else None
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value


def optional(name: str, value: object) -> float | None:
    """A finite number, or nothing."""
    return None if value is None else number(name, value)
