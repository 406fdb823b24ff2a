"""A run as it is stored: what its writer said of it, and the points and scores it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from isoline.domain.point import Dataset, Evaluation, Point


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run folder, or all of one sweep. `details` is free: command, environment, validity …

    `created` is UTC, ISO 8601; `kind` is that of the manifest; `files` are sizes in bytes by name,
    `rows` counts by table. Of a sweep, `details` are what all of its folders say alike.
    """

    id: str
    kind: str
    created: str
    dataset: Dataset
    isoline_version: str
    details: Mapping[str, object]
    points: tuple[Point, ...]
    evaluations: tuple[Evaluation, ...]
    rows: Mapping[str, int]
    files: Mapping[str, int]
    folders: tuple[str, ...]
