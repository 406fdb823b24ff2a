"""Repeats of a sweep that lie far from the others: told at its end, while their cause may still be found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from isoline.analyse.repeats import pool_repeats
from isoline.analyse.strays import stray_notes
from isoline.domain.point import Selection
from isoline.store.store import Store


def odd_words(store: Store, dataset: str, sweeps: Sequence[str]) -> Iterator[str]:
    """By the test that comparisons use, on the valid points of these sweeps, each run by itself."""
    prefixes = tuple(f"{sweep}/" for sweep in sweeps)
    points = [p for p in store.points(Selection(datasets=(dataset,))) if p.key.startswith(prefixes)]
    pooled = pool_repeats(points)
    yield from stray_notes(pooled, apart=True)
