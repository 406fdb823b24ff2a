"""Other names of catalog entries -> their keys: the rules behind `Catalog.resolve_*`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from isoline.domain.catalog.records import Records
from isoline.domain.catalog.tables import Tables

# A run prefix may carry its precision: `dsr1-fp8`, `dsr1-nvfp4-v2`.
_PRECISION_SUFFIX = re.compile(r"-(fp4|fp8|mxfp4|nvfp4)(-.*)?\Z")


class Names:
    """Indexes over the records of one catalog, built when first used; no name may belong to two entries."""

    def __init__(self, records: Records, tables: Tables) -> None:
        self._records = records
        self._tables = tables

    @cached_property
    def models(self) -> dict[str, str]:
        """Key, slug alias, db key and display name of a model, lower-cased -> its key."""
        pairs = (
            (name.lower(), key)
            for key, model in self._records.models.items()
            for name in (key, *model.aliases, *model.db_keys, model.display or key)
        )
        return self._tables.index("models", pairs)

    @cached_property
    def db_keys(self) -> dict[str, str]:
        """Db key -> model key; a model without db keys is its own."""
        pairs = ((name, key) for key, row in self._records.models.items() for name in row.db_keys or (key,))
        return self._tables.index("models", pairs)

    @cached_property
    def checkpoints(self) -> dict[str, str]:
        """Checkpoint name or path -> db key."""
        pairs = (
            (path, key, db)
            for key, row in self._records.models.items()
            for db, paths in row.checkpoints.items()
            for path in paths
        )
        return self._db_index(pairs)

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Run prefix -> db key; every db key is a prefix of its own."""
        pairs = (
            (prefix, key, db)
            for key, row in self._records.models.items()
            for prefix, db in (*((own, own) for own in row.db_keys or (key,)), *row.prefixes.items())
        )
        return self._db_index(pairs)

    @cached_property
    def engines(self) -> dict[str, str]:
        """Engine key and alias -> key."""
        pairs = (
            (name, key)
            for key, row in self._records.engines.items()
            for name in (key, *row.aliases, *row.disaggregated_aliases)
        )
        return self._tables.index("engines", pairs)

    @cached_property
    def precisions(self) -> dict[str, str]:
        """What sources write -> precision key. An alias may be a key too: `nvfp4` folds into `fp4`."""
        rows = self._records.precisions.items()
        return self._tables.index("precisions", ((name, key) for key, row in rows for name in row.aliases))

    @cached_property
    def precision_ranks(self) -> dict[str, int]:
        rows = sorted(self._records.precisions.values(), key=lambda row: (row.sort, row.key))
        return {row.key: rank for rank, row in enumerate(rows)}

    def _db_index(self, triples: Iterable[tuple[str, str, str]]) -> dict[str, str]:
        """(name, model key, db key) -> name to db key; a name of two models is an error."""
        found = list(triples)
        self._tables.index("models", ((name, key) for name, key, _ in found))
        return {name: db for name, _, db in found}

    def db_key(self, prefix: str | None, checkpoint: str | None) -> str | None:
        """A prefix that is known wins over the checkpoint."""
        bare = _PRECISION_SUFFIX.sub("", prefix or "")
        return self.prefixes.get(bare) or self.checkpoints.get(checkpoint or "")

    def engine(self, text: str, disaggregated: bool | None) -> tuple[str, bool]:
        name = text.lower()
        key = self.engines.get(name, name)
        row = self._records.engines.get(key)
        policy = row.disaggregation if row else _policy_by_name(name)
        if policy == "always" or (row and name in row.disaggregated_aliases):
            return key, True
        return key, policy == "default" if disaggregated is None else disaggregated

    def check(self) -> None:
        """Build the indexes that can hold a conflict."""
        _ = self.models, self.checkpoints, self.prefixes, self.engines, self.precisions
        for key, row in self._records.models.items():
            for db in (*row.prefixes.values(), *row.checkpoints):
                if self.db_keys.get(db) != key:
                    own = ", ".join(row.db_keys or (key,))
                    raise self._tables.fault("models", key, f"{db!r} is none of its db keys ({own})")


def _policy_by_name(name: str) -> str:
    """Unknown engines follow the families their names claim, as in the reference."""
    if name.endswith("-disagg") or name.startswith("mori-"):
        return "always"
    return "default" if name.startswith("dynamo-") else "optional"
