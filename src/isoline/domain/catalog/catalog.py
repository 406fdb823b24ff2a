"""The catalog: records of models, hardware, engines, precisions and prices, and how to find them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from isoline.domain.catalog import model as m
from isoline.domain.catalog.book import PriceBook
from isoline.domain.catalog.names import Names
from isoline.domain.catalog.records import Records


class Catalog(Records):
    """What is known of models, hardware, engines, precisions, metrics and prices, and how to find it.

    The `resolve_*` methods turn what other programs write into our keys, by the reference's
    rules (InferenceX's ETL, 7fe6d62); `*_label` methods turn keys into what people read.
    """

    @cached_property
    def prices(self) -> PriceBook:
        return PriceBook(self._tables.prices(self.hardware))

    @cached_property
    def names(self) -> Names:
        """Aliases, db keys and checkpoints -> keys."""
        return Names(self, self._tables)

    def price(self, hardware: str, tier: str, on: str | None = None) -> m.PriceRow | None:
        """$/GPU-hour: the newest row on or before the ISO date `on` (without one, the newest)."""
        return self.prices.price(hardware, tier, on)

    def find_model(self, name: str) -> m.Model | None:
        """By key, slug alias, db key or display name, in any case."""
        key = self.names.models.get(name.lower())
        return None if key is None else self.models[key]

    def model_for_db_key(self, key: str) -> m.Model | None:
        """`dsr1` -> deepseek-r1; our own key is accepted as well."""
        found = self.names.db_keys.get(key, key)
        return self.models.get(found)

    def resolve_model(self, prefix: str | None, checkpoint: str | None) -> str | None:
        """The db key of a run's model prefix (`dsr1-fp8`), else of its checkpoint, else `None`."""
        return self.names.db_key(prefix, checkpoint)

    def resolve_hardware(self, text: str) -> str | None:
        """A runner's name -> hardware key: `cluster:b300-nv` -> `b300`."""
        name = text.lower().rpartition(":")[2]
        parts = name.split("-")
        # The reference stops at the first dash; the longest known start also finds keys that hold one.
        starts = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((start for start in starts if start in self.hardware), None)

    def resolve_engine(self, text: str, disaggregated: bool | None) -> tuple[str, bool]:
        """Engine key, and whether prefill and decode are separate; unknown names stay, lower-cased."""
        return self.names.engine(text, disaggregated)

    def resolve_precision(self, text: str) -> str:
        """`NVFP4` -> `fp4`; unknown labels stay, lower-cased."""
        return self.names.precisions.get(text.lower(), text.lower())

    def resolve_spec_method(self, value: object) -> str:
        """Absent, empty, zero or false is `none`; anything else its own name, lower-cased."""
        return str(value).lower() if value else "none"

    def precision_rank(self, key: str) -> int:
        """Place in a slug's order; all unknown precisions share the last place."""
        return self.names.precision_ranks.get(key, len(self.names.precision_ranks))

    def model_label(self, key: str) -> str:
        found = self.find_model(key)
        return found.label if found else key

    def hardware_label(self, key: str) -> str:
        return _label(self.hardware, key)

    def engine_label(self, key: str) -> str:
        return _label(self.engines, key)

    def precision_label(self, key: str) -> str:
        return _label(self.precisions, key)

    def spec_label(self, key: str, model: str | None = None) -> str:
        """The method's name, which some models' makers replace by their own."""
        found = self.find_model(model) if model else None
        own = found.spec_labels.get(key) if found else None
        return own or _label(self.spec_methods, key)

    def check(self, tables: Collection[str]) -> None:
        """Read the named tables and every index over them now, so that their errors show."""
        for table in tables:
            getattr(self, "metrics" if table == "metric_families" else table)
        if tables:
            self.names.check()


def _label(records: Mapping[str, m.Entry], key: str) -> str:
    return records[key].label if key in records else key.upper()
