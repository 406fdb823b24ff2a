"""What every handler of the page needs: data, catalog, pictures, files and templates."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from isoline.analyse.comparison import Comparison
from isoline.domain.catalog import Catalog
from isoline.domain.slugs import Slug
from isoline.present.answer import Question, answer
from isoline.present.pairs import Pair, comparable_pairs
from isoline.present.web.assets import Assets
from isoline.present.web.pictures import Pictures
from isoline.store.sources import Sources

ROUTES = {
    "precision": "/compare-precision",
    "gpu": "/compare",
    "spec-decode": "/compare-spec-decode",
    "engine": "/compare-engine",
}
KIND_NAMES = {
    "precision": "Precisions",
    "gpu": "GPUs",
    "spec-decode": "Speculative decoding",
    "engine": "Engines",
}


def address(slug: Slug | Pair) -> str:
    """The path of a comparison's page."""
    return f"{ROUTES[slug.kind]}/{slug.canonical if isinstance(slug, Slug) else slug.slug}"


@dataclass(slots=True)
class Site:
    """One server's state. Handlers run on one thread: the store's reader remembers what it read."""

    sources: Sources
    catalog: Catalog
    pictures: Pictures
    assets: Assets
    fixed_day: str | None = None  # for tests: what "today" is
    work: set[asyncio.Task[None]] = field(default_factory=set)

    def answer(self, question: Question) -> Comparison:
        """The one comparison behind a page, its JSON twin and its pictures."""
        return answer(question, self.sources, self.catalog, draw=True)

    def pairs(self) -> list[Pair]:
        """Every comparison with data on both sides."""
        return comparable_pairs(self.sources, self.catalog)

    def today(self) -> date:
        """The day that ages are counted from."""
        return date.fromisoformat(self.fixed_day) if self.fixed_day else date.today()

    def html(self, template: str, values: Mapping[str, object]) -> str:
        """A page, with what all pages share."""
        return self.assets.template(template).render(
            kinds=[(ROUTES[kind], name) for kind, name in KIND_NAMES.items()], **values
        )
