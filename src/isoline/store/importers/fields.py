"""Strict readings of one row's fields; what cannot be read raises `BadRow` with code and detail."""

from __future__ import annotations

import math
import re
import reprlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from isoline.domain.declared import MAX_COUNT as MAX_COUNT

Row = Mapping[str, object]

MAX_TEXT = 2_000
MAX_CONCURRENCY = 10_000_000
MAX_LENGTH = 100_000_000  # tokens; the same bound as `parse_sequence`
MIN_RATE, MAX_RATE = 1e-6, 1e9  # tok/s of one user or one GPU
MAX_METRICS = 2_000

# Control characters, lone surrogates and the marks that reverse reading order: never part of a
# name, and harmful in terminals, pages and SQL alike.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_METRIC_KEY = re.compile(r"[A-Za-z0-9_.,:/@+-]{1,120}", re.ASCII)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ][0-9:.,]+(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 120
_SHORT.maxlevel = 2


class BadRow(Exception):
    """A row that cannot become what it claims to be; kept whole in the quarantine."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def broken(name: str, value: object, wanted: str) -> BadRow:
    """A `broken field` problem that shows the value."""
    return BadRow("broken field", f"{name} is {shown(value)}; expected {wanted}")


def shown(value: object) -> str:
    """A value for a message: shortened, bounded in depth, without what a terminal must not see."""
    try:
        return printable(_SHORT.repr(value))
    except ValueError:  # an integer of thousands of digits
        return "a very long number"


def printable(text: str) -> str:
    """Text with its control characters and lone surrogates escaped."""
    return _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def text(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise broken(name, value, "a text")
    return clean(name, value)


def optional_text(row: Row, name: str) -> str | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise broken(name, value, "a text or nothing")
    return clean(name, value)


def clean(name: str, value: str) -> str:
    """The text itself if it is printable and not overlong."""
    if len(value) > MAX_TEXT:
        raise BadRow("broken field", f"{name} has {len(value)} characters; at most {MAX_TEXT} are read")
    if _UNPRINTABLE.search(value):
        raise broken(name, value, "no control characters")
    return value


def whole(row: Row, name: str, low: int, high: int) -> int:
    value = row.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise broken(name, value, f"a whole number from {low} to {high}")
    return value


def optional_whole(row: Row, name: str, low: int, high: int) -> int | None:
    return None if row.get(name) is None else whole(row, name, low, high)


def flag(row: Row, name: str) -> bool | None:
    value = row.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise broken(name, value, "true, false or nothing")


def refuse_failed(row: Row) -> None:
    """A run in which no request succeeded measured nothing."""
    value = row.get("num_requests_successful")
    if value == "0" or (isinstance(value, int | float) and value == 0):
        raise BadRow("failed run", "num_requests_successful is 0: no request of this run succeeded")


def number(name: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            result = float(value)
        except OverflowError:
            result = math.inf
        if math.isfinite(result):
            return result
    raise broken(name, value, "a finite number")


def metric_key(name: str) -> str:
    if not _METRIC_KEY.fullmatch(name):
        raise broken("metric name", name, "letters, digits and _ . , : / @ + -")
    return name


def optional_date(row: Row, name: str) -> str | None:
    """The date of an ISO date or timestamp."""
    value = row.get(name)
    result = None if value is None else iso_date(value) if isinstance(value, str) else ""
    if result == "":
        raise broken(name, value, "a date as YYYY-MM-DD")
    return result


def optional_timestamp(row: Row, name: str) -> str | None:
    """An ISO date or timestamp, as it is: runs of one day are ordered by it."""
    value = row.get(name)
    if value is not None and not (isinstance(value, str) and iso_date(value)):
        raise broken(name, value, "an ISO timestamp")
    return value


def iso_date(value: str) -> str:
    """`2026-06-14T04:08:16Z` -> `2026-06-14`; empty where there is no such day."""
    return _iso_date(value) if len(value) <= 40 else ""


@lru_cache(maxsize=4096)
def _iso_date(value: str) -> str:
    match = _DATE.fullmatch(value)
    try:
        return date.fromisoformat(match[1]).isoformat() if match else ""
    except ValueError:
        return ""


def is_web_address(value: str) -> bool:
    """An http(s) address. Others (`javascript:` …) would become links of a page."""
    return len(value) <= MAX_TEXT and _is_web_address(value)


@lru_cache(maxsize=4096)
def _is_web_address(value: str) -> bool:
    return value.startswith(("https://", "http://")) and " " not in value and not _UNPRINTABLE.search(value)


def optional_url(row: Row, name: str) -> str | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not is_web_address(value):
        raise broken(name, value, "a web address")
    return value
