"""Where the points of a comparison come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from isoline.analyse.comparison import Source
from isoline.domain.point import PUBLISHED, SIMULATED, Dataset, Point


def provenance(points: Sequence[Point], datasets: Mapping[str, Dataset]) -> tuple[Source, ...]:
    """A row for each dataset, in order of the points, with the dates (ISO 8601) of all their runs."""
    found: list[Source] = []
    for name in dict.fromkeys(p.dataset for p in points):
        own = [p for p in points if p.dataset == name]
        dates = sorted(run.date for p in own for run in p.single_runs if run.date)
        pages = sorted({p.run_url for p in own if p.status == PUBLISHED and p.run_url})
        about = datasets.get(name)
        found.append(
            Source(
                dataset=name,
                kind=about.kind if about else "",
                source=", ".join(pages) or _place(about),
                points=len(own),
                first_date=dates[0] if dates else None,
                last_date=dates[-1] if dates else None,
            )
        )
    return tuple(found)


def _place(about: Dataset | None) -> str:
    """Addresses and words as they are; of a path on the importing machine only its end, which tells most."""
    if about is None:
        return ""
    if "://" in about.source or about.kind in (SIMULATED, "study"):
        return about.source
    return about.source.rstrip("/").rpartition("/")[2]
