"""Whatever a file's values are, it becomes points or findings, never an accident."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isoline.errors import InputError, UsageError
from tests.store.importers.foreign.helpers import (
    AIPERF_EARLY,
    GENAI_PERF,
    GUIDELLM_EARLY,
    SGLANG,
    VLLM,
    imported,
)

INFERENCE_PERF: dict[str, Any] = {
    "load_summary": {"count": 9, "concurrency": 4, "requested_rate": 1.0},
    "successes": {
        "count": 9,
        "latency": {"time_per_output_token": {"median": 0.01, "p99": 0.02}},
        "throughput": {"input_tokens_per_sec": 10.0, "output_tokens_per_sec": 10.0},
        "prompt_tokens": {"mean": 10.0},
        "output_tokens": {"mean": 10.0},
    },
    "failures": {"count": 0},
}
DOCUMENTS = {
    "vllm": VLLM,
    "sglang": {**SGLANG, "server_info": {"tp_size": 4, "version": "0.5", "model_path": "a/b"}},
    "aiperf": AIPERF_EARLY,
    "genai-perf": GENAI_PERF,
    "guidellm": GUIDELLM_EARLY,
    "inference-perf": INFERENCE_PERF,
}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**70), max_value=2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["inf", "NaN", "2026-01-01", "\u001b[2J", [], {}, [1], {"a": 1}, 10**400, 1e308, -0.0]),
)


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of all values within a document."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


def put(document: object, path: tuple[Any, ...], value: object) -> None:
    for key in path[:-1]:
        if not isinstance(document, (dict, list)):
            return
        try:
            document = document[key]
        except (KeyError, IndexError, TypeError):
            return  # an earlier change took it away
    key = path[-1]
    if isinstance(document, dict) or (
        isinstance(document, list) and isinstance(key, int) and key < len(document)
    ):
        document[key] = value


@pytest.mark.parametrize("importer", DOCUMENTS)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_values_never_break_an_import(importer: str, data: st.DataObject, tmp_path: Path) -> None:
    document = copy.deepcopy(DOCUMENTS[importer])
    paths = st.sampled_from(places(document))
    for path in data.draw(st.lists(paths, min_size=1, max_size=3)):
        put(document, path, copy.deepcopy(data.draw(VALUES)))
    (tmp_path / "r.json").write_text(json.dumps(document))
    try:
        found = imported(importer, tmp_path)
    except (InputError, UsageError):  # an answer to the user, in words
        return
    for point in found.points:
        figures = (point.interactivity, point.throughput, *point.metrics.values())
        assert all(math.isfinite(value) for value in figures)
        assert point.interactivity > 0 < point.throughput
    for row in found.quarantined:
        assert row.detail.isprintable()


@pytest.mark.parametrize("importer", DOCUMENTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cut_file_is_never_half_a_point(importer: str, data: st.DataObject, tmp_path: Path) -> None:
    text = json.dumps(DOCUMENTS[importer])
    cut = data.draw(st.integers(min_value=0, max_value=len(text) - 1))
    (tmp_path / "r.json").write_text(text[:cut])
    found = imported(importer, tmp_path)
    assert (found.points, found.reasons) == ([], ["malformed file"])
