"""What a GPU costs and draws in a comparison, and where that is known from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isoline.analyse.quantities import Rates
from isoline.domain.catalog import Catalog, PriceRow


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """What the reader chose: a tier, prices ($/GPU-hour) and powers (kW per GPU) by hardware, a day."""

    tier: str
    tier_chosen: bool
    prices: Mapping[str, float]
    powers: Mapping[str, float]
    until: str | None


@dataclass(frozen=True, slots=True)
class Rated:
    """Rates by hardware, the date of the book rows used, and remarks about them."""

    rates: Mapping[str, Rates]
    price_date: str | None
    notes: tuple[str, ...]


def rate(hardware: Sequence[str], terms: PriceTerms, catalog: Catalog) -> Rated:
    """Rates of each hardware: the reader's own, else the price book's row of that day."""
    rates: dict[str, Rates] = {}
    dates: set[str] = set()
    notes: list[str] = []
    for key in hardware:
        row = catalog.price(key, terms.tier, terms.until)
        if row is None and (row := _oldest(key, terms.tier, catalog)) is not None:
            notes.append(
                f"No {terms.tier} price of {key} is known as of {terms.until}; "
                f"its first, of {row.date}, is used."
            )
        if row is not None and key not in terms.prices:
            dates.add(row.date)
        entry = catalog.hardware.get(key)
        rates[key] = Rates(
            terms.prices.get(key, row.usd_per_gpu_hour if row else None),
            terms.powers.get(key, entry.power_kw if entry else None),
            explicit_price=key in terms.prices or terms.tier_chosen,
            explicit_power=key in terms.powers,
        )
    return Rated(rates, ", ".join(sorted(dates)) or None, tuple(notes))


def _oldest(hardware: str, tier: str, catalog: Catalog) -> PriceRow | None:
    history = catalog.prices.history(hardware, tier)
    return min(history, key=lambda row: row.date) if history else None
