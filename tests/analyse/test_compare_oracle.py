"""Whole comparisons, `method=pooled`, against the reference's on the shared rows.

Its output and input figures are per decode and per prefill GPU.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from isoline.analyse.compare import compare
from isoline.analyse.comparison import Comparison, Reading
from isoline.analyse.defaults import shown_range
from isoline.analyse.terms import Terms, View
from isoline.domain.catalog import load_catalog
from isoline.domain.slugs import Slug, parse_slug
from tests.rows import oracle, selected
from tests.shared import needs_shared

pytestmark = needs_shared
OF_ROLES = {
    "outputTputValue": "output_throughput_per_decode_gpu",
    "inputTputValue": "input_throughput_per_prefill_gpu",
}
SEQUENCES = ("1k/1k", "1k/8k", "8k/1k")


def cases(name: str) -> Iterator[tuple[Slug, str, str | None, dict[str, Any]]]:
    """Slug, sequence, precision of GPU pages, the reference's figures."""
    for page in oracle(f"compare-{name}"):
        slug = parse_slug(page["slug"], load_catalog())
        for key, figures in page.get("bySequence", page.get("bySeqPrec", {})).items():
            sequence, _, precision = key.partition("|")
            if sequence in SEQUENCES and figures is not None:
                yield slug, sequence, precision or None, figures


def pooled(
    slug: Slug, sequence: str, precision: str | None, metric: str = "throughput_per_gpu"
) -> Comparison:
    terms = Terms(sequence, precision, method="pooled", view=View(metric=metric))
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
        reading.cost_per_mtok,
        reading.tokens_per_s_per_mw,
        reading.concurrency,
    ) == pytest.approx(
        tuple(expected[k] for k in ("value", "cost", "tpPerMw", "concurrency")),
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
        for key, metric in OF_ROLES.items():
            about = pooled(slug, sequence, precision, metric)
            for target, row in zip(about.targets, figures["rows"], strict=True):
                for reading, expected in zip(target.readings, (row["a"], row["b"]), strict=True):
                    if expected is not None and not expected["clamped"]:
                        assert reading.value == pytest.approx(expected[key], rel=1e-9)
    assert compared > 10
