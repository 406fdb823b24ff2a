"""Which dataset answers where several could and none was named."""

from __future__ import annotations

from collections.abc import Mapping

from isoline.domain.point import Dataset

# One's own measurements first; with a date, first what can be read back in time.
PREFERENCE = ("runs", "benchmarks", "artifacts", "history", "published", "simulated")
PREFERENCE_AS_OF = ("runs", "history", "artifacts", "benchmarks", "published", "simulated")


def preference(name: str, datasets: Mapping[str, Dataset], as_of: str | None = None) -> tuple[int, str]:
    """A sort key: smaller is preferred."""
    order = PREFERENCE_AS_OF if as_of else PREFERENCE
    kind = datasets[name].kind if name in datasets else ""
    return (order.index(kind) if kind in order else len(order), name)
