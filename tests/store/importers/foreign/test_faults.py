"""Files that are cut off, of another tool, of an unknown version or full of surprises."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.errors import InputError, UsageError
from isoline.registry import RETRIES
from isoline.store.importers.foreign.files import source_of
from tests.store.importers.foreign.helpers import (
    AIPERF_EARLY,
    GENAI_PERF,
    GUIDELLM_EARLY,
    RECIPE,
    SGLANG,
    VLLM,
    changed,
    imported,
    saved,
)
from tests.store.importers.helpers import CATALOG


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"date": "20260301", "model_id": ', "cut off"),
        ("", "an empty file"),
        ("<html>busy</html>", "HTML, not JSON"),
        ("[1, 2]", "holds `array` where a result is an object"),
        ('{"a": 1,\n "b": nope}', "line 2, column 8"),
        ("{}", "no result of vllm bench serve"),
    ],
)
def test_one_unusable_file_ends_the_import_in_words(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "r.json"
    file.write_text(text)
    with pytest.raises(InputError, match=r"r\.json") as error:
        imported("vllm", file)
    assert words in str(error.value)


def test_among_others_it_is_kept_aside_and_the_rest_is_read(tmp_path: Path) -> None:
    saved(tmp_path / "a.json", VLLM)
    (tmp_path / "b.json").write_text('{"model_id": "x", "num_pro')
    saved(tmp_path / "c.json", SGLANG)
    saved(tmp_path / "d.json", {"something": "else"})
    found = imported("vllm", tmp_path)
    assert len(found.points) == 1
    assert found.reasons == ["malformed file", "other tool", "unrecognised file"]
    assert "isoline import sglang reads it" in found.quarantined[1].detail


def test_a_cut_last_line_costs_that_line_only(tmp_path: Path) -> None:
    file = saved(tmp_path / "r.jsonl", SGLANG, changed(SGLANG, max_concurrency=16), SGLANG)
    file.write_bytes(file.read_bytes()[:-40])
    found = imported("sglang", file)
    assert [p.concurrency for p in found.points] == [8, 16]
    assert [(row.position, row.reason) for row in found.quarantined] == [("line 3", "malformed file")]


@pytest.mark.parametrize(
    ("importer", "document"),
    [
        ("guidellm", {**GUIDELLM_EARLY, "metadata": {"version": 3, "guidellm_version": "9.0"}}),
        ("aiperf", changed(AIPERF_EARLY, schema_version="2.0")),
        ("sglang", changed(SGLANG, median_ttft=80.0, median_ttft_ms=None)),
    ],
)
def test_an_unknown_version_is_named(importer: str, document: dict[str, Any], tmp_path: Path) -> None:
    file = saved(tmp_path / "r.json", document)
    found = imported(importer, file, saved(tmp_path / "other.json", document))
    assert found.reasons == ["unknown version"] * 2


@pytest.mark.parametrize(
    ("importer", "document", "reason"),
    [
        ("vllm", changed(VLLM, completed=0), "failed run"),
        ("vllm", changed(VLLM, median_tpot_ms=None), "missing field"),
        ("vllm", changed(VLLM, median_tpot_ms=0.0), "missing field"),
        ("vllm", changed(VLLM, median_tpot_ms=float("nan")), "missing field"),
        ("vllm", changed(VLLM, median_tpot_ms="fast"), "broken field"),
        ("vllm", changed(VLLM, duration=0.0), "broken field"),
        ("vllm", changed(VLLM, max_concurrency=2.5), "broken field"),
        ("vllm", changed(VLLM, request_rate=-1.0), "broken field"),
        ("vllm", changed(VLLM, spec_decode_acceptance_length=2.4), "contradiction"),
        ("sglang", changed(SGLANG, accept_length=1.9), "contradiction"),
        ("genai-perf", changed(GENAI_PERF, inter_token_latency=3.0), "broken field"),
        ("guidellm", {"metadata": {"guidellm_version": "0.5"}, "benchmarks": []}, "failed run"),
    ],
)
def test_a_run_without_figures_is_kept_aside_with_its_reason(
    importer: str, document: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    saved(tmp_path / "r.json", document)
    assert imported(importer, tmp_path).reasons == [reason]


def test_a_declared_length_that_the_requests_deny_is_a_contradiction(tmp_path: Path) -> None:
    saved(tmp_path / "r.json", VLLM)
    assert imported("vllm", tmp_path, sequence="8k/1k").reasons == ["contradiction"]
    assert imported("vllm", tmp_path, sequence="1k/512").points[0].workload.isl == 1024


def test_a_cancelled_run_is_stored_but_not_compared(tmp_path: Path) -> None:
    found = imported("aiperf", saved(tmp_path / "r.json", changed(AIPERF_EARLY, was_cancelled=True)))
    assert [point.valid for point in found.points] == [False]
    assert any("cancelled" in note for note in found.notes)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("model=qwen-3-5", "KEY=VALUE|does not say hardware, precision, gpus"),
        ("modle=qwen-3-5", "no recipe field 'modle'"),
        ("model=qwen-9", "no model 'qwen-9'; --catalog"),
        ("hardware=b301", "no hardware 'b301'; --catalog"),
        ("precision=fp5", "no precision 'fp5'; --catalog"),
        ("tp=none", "a whole number"),
        ("tp=4,gpus=8,decode_tp=4", "declared twice"),
        ("model", "KEY=VALUE"),
        ("disaggregated=maybe", "true or false"),
        ("model=qwen-3-5,hardware=b300,precision=fp8,disaggregated=true,decode_gpus=4", "prefill_gpus and"),
    ],
)
def test_a_wrong_declaration_is_a_usage_error(recipe: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        imported("vllm", saved(tmp_path / "r.json", VLLM), recipe=recipe)


def test_flags_may_hold_commas(tmp_path: Path) -> None:
    found = imported("vllm", saved(tmp_path / "r.json", VLLM), recipe=f"{RECIPE},flags=--a 1,2 --b,spec=none")
    assert found.points[0].recipe.flags == "--a 1,2 --b"


def test_a_kept_file_can_be_tried_again(tmp_path: Path) -> None:
    saved(tmp_path / "r.json", changed(VLLM, spec_decode_acceptance_length=2.4))
    (row,) = imported("vllm", tmp_path, dataset="mine").quarantined
    (again,) = RETRIES.load("vllm")([row], CATALOG)
    assert [kept.reason for kept in again.quarantined] == ["contradiction"]
    healed = replace(row, raw=row.raw.replace("2.4", "1.0"))
    (taken,) = RETRIES.load("vllm")([healed], CATALOG)
    assert [point.dataset for point in taken.points] == ["mine"]


def test_keys_that_a_server_printed_are_not_kept(tmp_path: Path) -> None:
    info = {"tp_size": 8, "api_key": "sk-very-secret", "nested": [{"hf_token": "hf_very-secret"}]}
    saved(tmp_path / "r.jsonl", changed(SGLANG, completed=0, server_info=info))
    (row,) = imported("sglang", tmp_path).quarantined
    assert "very-secret" not in row.raw
    assert '"tp_size": 8' in row.raw


def test_lists_per_request_cost_no_memory(tmp_path: Path) -> None:
    file = saved(tmp_path / "r.json", {**VLLM, "generated_texts": ["x" * 1_000_000] * 48})
    tracemalloc.start()
    try:
        assert len(imported("vllm", file).points) == 1
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


@given(st.text(), st.sampled_from(["NaN", "Infinity", "-Infinity", "1.5", "null"]))
def test_bare_nan_is_read_and_texts_stay_as_they_are(text: str, bare: str) -> None:
    source = source_of("r.json", "", f'{{"text": {json.dumps(text)}, "number": {bare}}}'.encode())
    wanted = {"NaN": "NaN", "Infinity": "inf", "-Infinity": "-inf", "1.5": 1.5, "null": None}
    assert source.scalars() == {"text": text, "number": wanted[bare]}
