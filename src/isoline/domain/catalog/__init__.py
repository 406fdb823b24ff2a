"""What Isoline knows about models, hardware, engines, precisions, metrics and prices: the TOML files here.

`load_catalog()` also reads the user's files; docs/catalog.md says what they may hold.
"""

from __future__ import annotations

from isoline.domain.catalog.book import PriceBook
from isoline.domain.catalog.catalog import Catalog
from isoline.domain.catalog.load import load_catalog
from isoline.domain.catalog.model import (
    TIERS,
    Architecture,
    Engine,
    Hardware,
    Metric,
    Model,
    NumberFormat,
    Precision,
    PriceRow,
    SpecMethod,
)

__all__ = [
    "TIERS",
    "Architecture",
    "Catalog",
    "Engine",
    "Hardware",
    "Metric",
    "Model",
    "NumberFormat",
    "Precision",
    "PriceBook",
    "PriceRow",
    "SpecMethod",
    "load_catalog",
]
