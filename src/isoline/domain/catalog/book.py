"""The price book: which row holds on a date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from isoline.domain.catalog.model import TIERS, PriceRow
from isoline.errors import UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class PriceBook:
    """Rows by hardware and tier, oldest first; for one date the row read last comes last and wins."""

    def __init__(self, rows: Iterable[PriceRow]) -> None:
        self._rows: dict[tuple[str, str], list[PriceRow]] = {}
        for row in rows:
            self._rows.setdefault((row.hardware, row.tier), []).append(row)
        for history in self._rows.values():
            history.sort(key=lambda row: first_day(row.date))

    def price(self, hardware: str, tier: str, on: str | None = None) -> PriceRow | None:
        """The newest row on or before the ISO date `on`; without a date the newest of all."""
        if tier not in TIERS:
            raise UsageError(*unknown("price tier", tier, TIERS))
        if on is not None and not _ISO_DATE.match(on):
            raise UsageError(f"price date {on!r} is not a date; write it as YYYY-MM-DD")
        rows = self.history(hardware, tier)
        return next((row for row in reversed(rows) if on is None or first_day(row.date) <= on), None)

    def history(self, hardware: str, tier: str) -> tuple[PriceRow, ...]:
        """All rows for one hardware and tier, oldest first."""
        return tuple(self._rows.get((hardware, tier), ()))


def first_day(date: str) -> str:
    """`2026-07` -> `2026-07-01`; a full date stays."""
    return date if len(date) > 7 else f"{date}-01"
