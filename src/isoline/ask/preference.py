"""Which dataset answers where several could and none was named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from isoline.domain.point import SIMULATED, Coverage, Dataset

# One's own measurements first, then the packaged ones; with a date, first what can be read back in time.
PREFERENCE = ("runs", "study", "benchmarks", "artifacts", "history", "published", "simulated")
PREFERENCE_AS_OF = ("runs", "study", "history", "artifacts", "benchmarks", "published", "simulated")


def preference(name: str, datasets: Mapping[str, Dataset], as_of: str | None = None) -> tuple[int, str]:
    """A sort key: smaller is preferred."""
    order = PREFERENCE_AS_OF if as_of else PREFERENCE
    kind = datasets[name].kind if name in datasets else ""
    return (order.index(kind) if kind in order else len(order), name)


def without_stand_ins(rows: Iterable[Coverage], datasets: Mapping[str, Dataset]) -> list[Coverage]:
    """The rows of one question without simulated ones, unless there are no others.

    Whatever is measured or published about a comparison, even on one side only, is shown before
    anything that was computed.
    """
    held = list(rows)
    real = [row for row in held if not is_simulated(row.dataset, datasets)]
    return real or held


def is_own(name: str, datasets: Mapping[str, Dataset]) -> bool:
    """Whether a dataset was measured by Isoline itself, with its records."""
    return name in datasets and datasets[name].kind in ("runs", "study")


def is_simulated(name: str, datasets: Mapping[str, Dataset]) -> bool:
    """Whether a dataset holds simulated points."""
    return name in datasets and datasets[name].kind == SIMULATED
