"""Engine counters differenced between two scrapes, in the words of the engines."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from isoline.measure.telemetry.counters import engine_summary, scrape

VLLM = """
# TYPE vllm:prompt_tokens_total counter
vllm:prompt_tokens_total{{model_name="m",engine="0"}} {prompt}
vllm:prompt_tokens_total{{model_name="m",engine="1"}} 1000
vllm:generation_tokens_total{{model_name="m"}} {generated}
vllm:prefix_cache_queries_total{{model_name="m"}} {queries}
vllm:prefix_cache_hits_total{{model_name="m"}} {hits}
vllm:num_preemptions_total{{model_name="m"}} {preempted}
vllm:spec_decode_num_drafts_total{{model_name="m"}} {drafts}
vllm:spec_decode_num_draft_tokens_total{{model_name="m"}} {drafted}
vllm:spec_decode_num_accepted_tokens_total{{model_name="m"}} {accepted}
vllm:spec_decode_num_accepted_tokens_per_pos_total{{model_name="m",position="0"}} {first}
vllm:spec_decode_num_accepted_tokens_per_pos_total{{model_name="m",position="1"}} {second}
vllm:request_success_total{{finished_reason="stop"}} 77
"""
BEFORE = {"prompt": 500, "generated": 50, "queries": 1e6, "hits": 9e5, "preempted": 3, "drafts": 10,
          "drafted": 20, "accepted": 10, "first": 8, "second": 2}  # fmt: skip
CHANGE = {"prompt": 4_000, "generated": 800, "queries": 4_000, "hits": 100, "preempted": 2, "drafts": 400,
          "drafted": 800, "accepted": 500, "first": 320, "second": 180}  # fmt: skip


def scraped(text: str) -> dict[str, float]:
    return scrape(text_string_to_metric_families(text))


def test_vllm_over_a_window() -> None:
    """What happened before the window, a warm cache among it, is nothing to the window."""
    after = {name: value + CHANGE[name] for name, value in BEFORE.items()}
    found = engine_summary("e", scraped(VLLM.format(**BEFORE)), scraped(VLLM.format(**after)))
    assert found is not None
    assert (found.boundary, found.flags) == ("engine", [])
    assert found.metrics == pytest.approx(
        {
            "server_gpu_cache_hit_rate": 0.025,
            "spec_acceptance_rate": 0.625,
            "spec_acceptance_length": 2.25,
            "spec_acceptance_pos_0": 0.8,
            "spec_acceptance_pos_1": 0.45,
            "engine_prompt_tokens": 4_000,
            "engine_generation_tokens": 800,
            "engine_preemptions": 2,
        }
    )


def test_sglang_over_a_window() -> None:
    text = "sglang:prompt_tokens_total {}\nsglang:generation_tokens_total {}\nsglang:cached_tokens_total {}\n"
    found = engine_summary("e", scraped(text.format(10, 10, 5)), scraped(text.format(110, 30, 25)))
    assert found is not None
    assert found.metrics == {
        "server_gpu_cache_hit_rate": 0.2,
        "engine_prompt_tokens": 100,
        "engine_generation_tokens": 20,
    }


def test_a_restart_in_the_window_derives_nothing() -> None:
    found = engine_summary("e", scraped(VLLM.format(**BEFORE)), scraped(VLLM.format(**{**BEFORE, "hits": 4})))
    assert found is not None
    assert found.metrics == {}
    assert found.flags[0].startswith("restarted")


def test_an_engine_that_counts_nothing_known() -> None:
    assert engine_summary("e", {}, scraped("python_gc_objects_collected_total 5\n")) is None


def test_nothing_happened_is_no_rate() -> None:
    same = scraped(VLLM.format(**BEFORE))
    found = engine_summary("e", same, same)
    assert found is not None
    assert set(found.metrics) == {"engine_prompt_tokens", "engine_generation_tokens", "engine_preemptions"}
