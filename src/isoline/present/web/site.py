"""What every handler of the page needs: data, catalog, pictures, files and templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from isoline.analyse.built import Built
from isoline.analyse.comparison import Comparison, Target
from isoline.analyse.told import headline_target
from isoline.ask.answer import Ready, answer, ready
from isoline.ask.asked import Asked, question
from isoline.ask.choices import Choices, choices
from isoline.ask.pairs import Pair, comparable_pairs
from isoline.ask.question import Question
from isoline.ask.scores import Score, read_at, scores, told
from isoline.ask.siblings import Known, Selector, selectors
from isoline.domain.catalog import Catalog
from isoline.domain.slugs import Slug, parse_slug
from isoline.errors import IsolineError
from isoline.present.web.assets import Assets
from isoline.present.web.memory import Memory
from isoline.present.web.pictures import Pictures
from isoline.present.web.query import Query
from isoline.store.sources import Sources

ROUTES = {
    "precision": "/compare-precision",
    "gpu": "/compare",
    "spec-decode": "/compare-spec-decode",
    "engine": "/compare-engine",
    "gpu-precision": "/compare-gpu-precision",
    "version": "/compare-version",
}
KIND_NAMES = {
    "precision": "Precisions",
    "gpu": "GPUs",
    "spec-decode": "Spec decoding",
    "engine": "Engines",
    "gpu-precision": "GPUs × precisions",
    "version": "Versions",
}

READ = ("at", "within", "hide")  # what of a query changes nothing that the rest of it prepares
RANK = "/rank"  # all configurations of a model at the same speed
PER_DOLLAR = "/compare-per-dollar"  # every comparison once more, led by cost


@dataclass(frozen=True, slots=True)
class Middle:
    """The target that a pair is told by, or the middle one, and of what it tells: the sequence, and between
    GPUs the precision, which neighbouring pairs need not share.
    """

    target: Target
    sequence: str | None
    precision: str | None


def address(slug: Slug | Pair, view: str = "") -> str:
    """The path of a comparison's page."""
    route = PER_DOLLAR if view == "per-dollar" else ROUTES[slug.kind]
    return f"{route}/{slug.canonical if isinstance(slug, Slug) else slug.slug}"


@dataclass(slots=True)
class Site:
    """One server's state. Handlers run on one thread: the store's reader remembers what it read."""

    sources: Sources
    catalog: Catalog
    pictures: Pictures
    assets: Assets
    fixed_day: str | None = None  # for tests: what "today" is
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        self.memory = Memory(self.sources.state)

    def comparison(self, slug: Slug, query: Query, *, draw: bool = False) -> Comparison:
        """The one comparison behind a page, its JSON twin and, with `draw`, its pictures."""
        return self.memory.recall(("comparison", slug, query, draw), lambda: self._at(slug, query, draw))

    def _at(self, slug: Slug, query: Query, draw: bool) -> Comparison:
        """Other targets need only be read: all else is remembered by the rest of the query."""
        asked = question(slug, query.asked(), self.catalog)
        prepared = self._ready(slug, query, asked)
        key = ("within", slug, query.without("at", "hide"))
        budgets = asked.budgets
        found = self.memory.recall(key, lambda: prepared.within(budgets)) if budgets else ()
        return prepared.at(asked.targets, found, hide=asked.view.hide, draw=draw)

    def whole(self, slug: Slug, query: Query) -> Comparison:
        """The same with every metric of its points; it is large, and not remembered."""
        asked = question(slug, query.asked(), self.catalog)
        return ready(asked, self.sources, self.catalog, whole=True).to(asked)

    def _ready(self, slug: Slug, query: Query, asked: Question) -> Ready:
        key = ("ready", slug, query.without(*READ))
        return self.memory.recall(key, lambda: ready(asked, self.sources, self.catalog))

    def built(self, slug: Slug, query: Query) -> tuple[Built, Built]:
        """What the sides of that comparison are read from."""
        return self._ready(slug, query, question(slug, query.asked(), self.catalog)).prepared.built

    def selectors(self, slug: Slug) -> list[Selector]:
        """What leads to the comparisons next to this one."""
        return self.memory.recall(("selectors", slug), lambda: selectors(slug, self.known()))

    def choices(self, slug: Slug) -> Choices:
        """What the comparison can be switched to."""
        return self.memory.recall(("choices", slug), lambda: choices(slug, self.sources))

    def scores(self, slug: Slug, query: Query, comparison: Comparison) -> list[Score]:
        """Evaluation scores known for both sides of the comparison that stands at `query`: other targets
        change them only where they read other recipes."""
        read = told(comparison)
        found = self.memory.recall(
            ("scores", slug, query.without(*READ), read.recipes),
            lambda: scores(comparison, self.sources, query.get("as_of") or None),
        )
        return read_at(found, read.at)

    def pairs(self) -> list[Pair]:
        """Every comparison with data on both sides."""
        return self.memory.recall("pairs", lambda: comparable_pairs(self.sources, self.catalog))

    def known(self) -> Known:
        """Those comparisons with their parsed slugs, by kind."""
        return self.memory.recall("known", self._known)

    def _known(self) -> Known:
        found: dict[str, list[tuple[Pair, Slug]]] = {kind: [] for kind in ROUTES}
        for pair in self.pairs():
            found[pair.kind].append((pair, parse_slug(pair.slug, self.catalog, pair.kind)))
        return found

    def middle(self, pair: Pair, view: str = "") -> Middle | None:
        """What a pair is told by in tables of pairs; `None` where its comparison has no target."""
        return self.memory.recall(("middle", pair, view), lambda: self._middle(pair, view))

    def _middle(self, pair: Pair, view: str) -> Middle | None:
        slug = parse_slug(pair.slug, self.catalog, pair.kind)
        asked = Asked(view=view or None)
        try:
            found = answer(question(slug, asked, self.catalog), self.sources, self.catalog, split=False)
        except IsolineError:
            return None
        if not found.targets:
            return None
        told = headline_target(found.targets) or found.targets[len(found.targets) // 2]
        return Middle(told, found.sequence, found.precision if pair.kind == "gpu" else None)

    def today(self) -> date:
        """The day that ages are counted from."""
        return date.fromisoformat(self.fixed_day) if self.fixed_day else date.today()

    def html(self, template: str, values: Mapping[str, object]) -> str:
        """A page, with what all pages share."""
        return self.assets.template(template).render(
            kinds=[
                (RANK, "Rankings"),
                *((ROUTES[kind], name) for kind, name in KIND_NAMES.items()),
                (PER_DOLLAR, "Per dollar"),
            ],
            **values,
        )
