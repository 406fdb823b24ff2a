"""A question: the comparison that it is about, and all that a reader can choose besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from isoline.analyse.terms import DEFAULT_VIEW, NO_FILTERS, Filters, View
from isoline.domain.slugs import Slug


@dataclass(frozen=True, slots=True)
class Question:
    """What `isoline compare` and the page's query parameters ask; `None` means the default."""

    slug: Slug
    sequence: str | None = None
    precision: str | None = None
    targets: tuple[float, ...] | None = None
    budgets: tuple[float, ...] = ()
    method: str = "envelope"
    tier: str | None = None
    prices: Mapping[str, float] = field(default_factory=dict)
    powers: Mapping[str, float] = field(default_factory=dict)
    datasets: tuple[str, ...] | None = None
    as_of: str | None = None
    filters: Filters = NO_FILTERS
    view: View = DEFAULT_VIEW
