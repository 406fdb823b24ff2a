"""The sequence and precision of a question that names none, against the reference's on the shared rows."""

from __future__ import annotations

import pytest

from isoline.ask.buckets import default_bucket
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Coverage, Point
from isoline.domain.sequence import sequence_name
from isoline.domain.slugs import parse_slug
from tests.rows import oracle, selected
from tests.shared import needs_shared

pytestmark = needs_shared


@pytest.mark.parametrize("name", ["precision", "gpu", "spec-decode"])
def test_default_sequence_and_precision(name: str) -> None:
    for page in oracle(f"compare-{name}"):
        slug = parse_slug(page["slug"], load_catalog())
        expected = page.get("default") or {"sequence": page["defaultSequence"], "precision": ""}
        rows = coverage(selected(slug, None, None))
        bucket = default_bucket(rows, slug.kind, slug.sides, load_catalog().precision_rank)
        assert bucket is not None or expected["sequence"] is None
        if bucket is not None:
            isl, osl, precision = bucket
            assert sequence_name(isl, osl) == expected["sequence"], page["slug"]
            assert slug.kind != "gpu" or precision == expected["precision"]


def coverage(points: list[Point]) -> list[Coverage]:
    """One row per point."""
    return [
        Coverage(
            p.dataset,
            p.recipe.model,
            p.recipe.hardware,
            p.recipe.precision,
            p.recipe.engine,
            p.recipe.spec_method,
            p.workload.isl,
            p.workload.osl,
            p.concurrency,
            1,
            p.date,
            p.date,
        )
        for p in points
    ]
