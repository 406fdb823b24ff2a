"""Whole comparisons, `method=pooled`, against the reference's on the shared rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from isoline.analyse.compare import compare
from isoline.analyse.comparison import Comparison, Reading
from isoline.analyse.defaults import default_bucket, shown_range
from isoline.analyse.dimensions import ATTRIBUTES
from isoline.analyse.terms import Terms
from isoline.domain.catalog import load_catalog
from isoline.domain.point import Coverage, Point
from isoline.domain.sequence import parse_sequence
from isoline.domain.slugs import Slug, parse_slug
from tests.rows import benchmark_points, oracle
from tests.shared import needs_shared

pytestmark = needs_shared
SEQUENCES = ("1k/1k", "1k/8k", "8k/1k")


def cases(name: str) -> Iterator[tuple[Slug, str, str | None, dict[str, Any]]]:
    """Slug, sequence, precision of GPU pages, the reference's figures."""
    for page in oracle(f"compare-{name}"):
        slug = parse_slug(page["slug"], load_catalog())
        for key, figures in page.get("bySequence", page.get("bySeqPrec", {})).items():
            sequence, _, precision = key.partition("|")
            if sequence in SEQUENCES and figures is not None:
                yield slug, sequence, precision or None, figures


def selected(slug: Slug, sequence: str | None, precision: str | None) -> list[Point]:
    return [
        p
        for p in benchmark_points()
        if getattr(p.recipe, ATTRIBUTES[slug.kind]) in slug.sides
        and p.recipe.model == slug.model
        and p.recipe.hardware in slug.hardware
        and (slug.precision or precision) in (None, p.recipe.precision)
        and (sequence is None or (p.workload.isl, p.workload.osl) == parse_sequence(sequence))
    ]


def pooled(slug: Slug, sequence: str, precision: str | None) -> Comparison:
    terms = Terms(sequence, precision, method="pooled")
    return compare(slug, selected(slug, sequence, precision), terms, load_catalog())


def agree(reading: Reading, expected: dict[str, Any] | None) -> None:
    if expected is None:
        assert reading.status == "outside"
        assert reading.bound is None
        return
    if expected["clamped"]:
        assert reading.status == "outside"
        assert reading.throughput_per_gpu is None
        assert reading.bound is not None
        return
    assert (
        reading.throughput_per_gpu,
        reading.output_throughput_per_gpu,
        reading.input_throughput_per_gpu,
        reading.cost_per_mtok,
        reading.tokens_per_s_per_mw,
        reading.concurrency,
    ) == pytest.approx(
        tuple(
            expected[k]
            for k in ("value", "outputTputValue", "inputTputValue", "cost", "tpPerMw", "concurrency")
        ),
        rel=1e-9,
    )


@pytest.mark.parametrize("name", ["precision", "gpu", "spec-decode"])
def test_targets_ranges_and_readings(name: str) -> None:
    compared = 0
    for slug, sequence, precision, figures in cases(name):
        found = pooled(slug, sequence, precision)
        assert [t.interactivity for t in found.targets] == figures["defaultTargets"], (slug, sequence)
        if found.common_range is not None:
            low, high = shown_range(found.common_range)
            assert {"min": low, "max": high} == figures["interactivityRange"]
        for target, row in zip(found.targets, figures["rows"], strict=True):
            assert target.interactivity == row["target"]
            agree(target.readings[0], row["a"])
            agree(target.readings[1], row["b"])
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("name", ["precision", "gpu", "spec-decode"])
def test_default_sequence_and_precision(name: str) -> None:
    for page in oracle(f"compare-{name}"):
        slug = parse_slug(page["slug"], load_catalog())
        expected = page.get("default") or {"sequence": page["defaultSequence"], "precision": ""}
        rows = coverage(selected(slug, None, None))
        bucket = default_bucket(rows, slug.kind, slug.sides, load_catalog().precision_rank)
        assert bucket is not None or expected["sequence"] is None
        if bucket is not None:
            assert bucket[0] == expected["sequence"], page["slug"]
            assert slug.kind != "gpu" or bucket[1] == expected["precision"]


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
