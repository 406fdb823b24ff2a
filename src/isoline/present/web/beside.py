"""The measured points beside each target, as a table: what a chart's tooltips say, for everyone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from isoline.analyse.built import Built
from isoline.analyse.comparison import Comparison, Neighbour
from isoline.analyse.read import neighbour_of
from isoline.analyse.words import amount, interactivity, seconds

T = TypeVar("T")

NONE = "—"


def beside(comparison: Comparison) -> list[dict[str, object]]:
    """Per target and side the neighbouring points, slower speed first; a point once."""
    rows: list[dict[str, object]] = []
    seen: set[tuple[int, Neighbour]] = set()
    for target in comparison.targets:
        for side, reading in enumerate(target.readings):
            for neighbour in reading.neighbours:
                if (side, neighbour) not in seen:
                    seen.add((side, neighbour))
                    rows.append(_row(side, neighbour))
    return sorted(rows, key=lambda row: (row["side"], row["at"]))


def besides(comparison: Comparison, built: Sequence[Built]) -> list[dict[str, object]]:
    """Every point that can stand beside a target, with its key, for a script that shows those that do."""
    rows: list[dict[str, object]] = []
    shown = {
        (i, n) for target in comparison.targets for i, r in enumerate(target.readings) for n in r.neighbours
    }
    for number, one in enumerate(built):
        for point in (point for line in one.lines for point in line.points):
            found = neighbour_of(point)
            rows.append({**_row(number, found), "key": point.key, "shown": (number, found) in shown})
    return sorted(rows, key=lambda row: (row["side"], row["at"]))


def _row(side: int, point: Neighbour) -> dict[str, object]:
    url = point.run_url or ""
    return {
        "side": side,
        "at": point.interactivity,
        "cells": (
            interactivity(round(point.interactivity, 1)),
            amount(point.throughput_per_gpu),
            _or_none(point.concurrency, str),
            _or_none(point.ttft, seconds),
            _or_none(point.e2e, seconds),
        ),
        "engine": " ".join(part for part in (point.engine or "", _spec(point.spec_method)) if part) or NONE,
        "gpus": _or_none(point.gpus, str),
        "date": point.date or "undated",
        "url": url if url.startswith(("https://", "http://")) else "",
    }


def _spec(method: str | None) -> str:
    return "" if method in (None, "none") else f"with {method}"


def _or_none(value: T | None, write: Callable[[T], str]) -> str:
    return NONE if value is None else write(value)
