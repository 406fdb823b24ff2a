"""What engines show at two scrapes, in the format that each documents, against what happened between."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families

from isoline.measure.telemetry import TelemetrySummary
from isoline.measure.telemetry.counters import engine_summary, scrape
from isoline.measure.telemetry.engine import engine_samples, engine_window

S = 1_000_000_000
VLLM = """\
# HELP vllm:prompt_tokens_total Number of prefill tokens processed.
# TYPE vllm:prompt_tokens_total counter
vllm:prompt_tokens_total{{engine="0",model_name="m"}} {prompt}
vllm:prompt_tokens_total{{engine="1",model_name="m"}} 1000.0
vllm:generation_tokens_total{{engine="0",model_name="m"}} {generated}
vllm:prefix_cache_queries_total{{engine="0",model_name="m"}} {queries}
vllm:prefix_cache_hits_total{{engine="0",model_name="m"}} {hits}
vllm:gpu_prefix_cache_queries_total{{engine="0",model_name="m"}} {queries}
vllm:gpu_prefix_cache_hits_total{{engine="0",model_name="m"}} {hits}
vllm:external_prefix_cache_hits_total{{engine="0",model_name="m"}} {elsewhere}
vllm:num_preemptions_total{{engine="0",model_name="m"}} {preempted}
vllm:spec_decode_num_drafts_total{{engine="0",model_name="m"}} {drafts}
vllm:spec_decode_num_draft_tokens_total{{engine="0",model_name="m"}} {drafted}
vllm:spec_decode_num_accepted_tokens_total{{engine="0",model_name="m"}} {accepted}
vllm:spec_decode_num_accepted_tokens_per_pos_total{{engine="0",model_name="m",position="0"}} {first}
vllm:spec_decode_num_accepted_tokens_per_pos_total{{engine="0",model_name="m",position="1"}} {second}
vllm:num_requests_running{{engine="0",model_name="m"}} 5.0
vllm:num_requests_running{{engine="1",model_name="m"}} 7.0
vllm:num_requests_waiting{{engine="0",model_name="m"}} 0.0
vllm:kv_cache_usage_perc{{engine="0",model_name="m"}} 0.5
vllm:kv_cache_usage_perc{{engine="1",model_name="m"}} 0.75
vllm:request_success_total{{engine="0",finished_reason="stop",model_name="m"}} 77.0
"""
BEFORE = {"prompt": 500, "generated": 50, "queries": 1e6, "hits": 9e5, "elsewhere": 10, "preempted": 3,
          "drafts": 10, "drafted": 20, "accepted": 10, "first": 8, "second": 2}  # fmt: skip
CHANGE = {"prompt": 4_000, "generated": 800, "queries": 4_000, "hits": 100, "elsewhere": 40, "preempted": 2,
          "drafts": 400, "drafted": 800, "accepted": 500, "first": 320, "second": 180}  # fmt: skip

SGLANG = """\
# TYPE sglang:prompt_tokens_total counter
sglang:prompt_tokens_total{{model_name="m"}} {prompt}
sglang:generation_tokens_total{{model_name="m"}} {generated}
sglang:cached_tokens_total{{cache_source="device",model_name="m"}} {device}
sglang:cached_tokens_total{{cache_source="host",model_name="m"}} {host}
sglang:cached_tokens_total{{cache_source="storage",model_name="m"}} 1.0
# TYPE sglang:num_retracted_requests_total counter
sglang:num_retracted_requests_total{{model_name="m",pp_rank="0",tp_rank="0"}} {retracted}
# TYPE sglang:num_retracted_reqs gauge
sglang:num_retracted_reqs{{model_name="m",pp_rank="0",tp_rank="0"}} 1.0
# TYPE sglang:num_running_reqs gauge
sglang:num_running_reqs{{engine_type="unified",model_name="m",pp_rank="0",priority="",tp_rank="0"}} 8.0
sglang:num_running_reqs{{engine_type="unified",model_name="m",pp_rank="0",priority="1",tp_rank="0"}} 3.0
sglang:num_queue_reqs{{engine_type="unified",model_name="m",pp_rank="0",priority="",tp_rank="0"}} {waiting}
sglang:token_usage{{engine_type="unified",model_name="m",pp_rank="0",tp_rank="0"}} 0.25
# TYPE sglang:spec_accept_length gauge
sglang:spec_accept_length{{engine_type="unified",model_name="m",pp_rank="0",tp_rank="0"}} {length}
sglang:spec_accept_rate{{engine_type="unified",model_name="m",pp_rank="0",tp_rank="0"}} {rate}
"""
TRTLLM = """\
# TYPE trtllm_prompt_tokens_total counter
trtllm_prompt_tokens_total{{model_name="m"}} {prompt}
trtllm_generation_tokens_total{{model_name="m"}} {generated}
trtllm_prompt_cached_tokens_total{{model_name="m"}} {cached}
TIERS
trtllm_kv_cache_reused_blocks_total{{model_name="m"}} {reused}
trtllm_kv_cache_missed_blocks_total{{model_name="m"}} {missed}
trtllm_kv_cache_utilization{{model_name="m"}} 0.125
trtllm_num_requests_running{{model_name="m"}} 4.0
trtllm_num_requests_waiting{{model_name="m"}} 2.0
trtllm_spec_decode_num_draft_tokens_total{{model_name="m"}} {iterated}
trtllm_spec_decode_num_accepted_tokens_total{{model_name="m"}} {taken}
trtllm_spec_decode_acceptance_length{{model_name="m"}} 2.0
POSITIONS
"""
TIERS = """\
trtllm_prompt_cache_hit_tokens_total{{cache_level="0",cache_tier="gpu",model_name="m"}} {gpu}
trtllm_prompt_cache_hit_tokens_total{{cache_level="1",cache_tier="host",model_name="m"}} {cpu}
trtllm_prompt_cache_hit_tokens_total{{cache_level="2",cache_tier="disk",model_name="m"}} 0.0"""
POSITIONS = """\
trtllm_spec_decode_drafted_tokens_total{{model_name="m",token_position="0"}} {drafted0}
trtllm_spec_decode_drafted_tokens_total{{model_name="m",token_position="1"}} {drafted1}
trtllm_spec_decode_accepted_tokens_total{{model_name="m",token_position="0"}} {accepted0}
trtllm_spec_decode_accepted_tokens_total{{model_name="m",token_position="1"}} {accepted1}"""
LLAMA_CPP = """\
# HELP llamacpp:prompt_tokens_total Number of prompt tokens processed.
# TYPE llamacpp:prompt_tokens_total counter
llamacpp:prompt_tokens_total {computed}
llamacpp:prompt_tokens_cached_total {cached}
llamacpp:prompt_seconds_total 0.257967
llamacpp:tokens_predicted_total {generated}
llamacpp:n_decode_total 151
llamacpp:n_tokens_max 170
llamacpp:predicted_tokens_seconds 59.6755
llamacpp:requests_processing 3
llamacpp:requests_deferred 1
llamacpp:spec_decode_num_draft_tokens_total {drafted}
llamacpp:spec_decode_num_accepted_tokens_total {accepted}
llamacpp:spec_decode_num_drafts_total {drafts}
llamacpp:spec_decode_num_accepted_tokens_per_pos_total{{position="0"}} {first}
llamacpp:spec_decode_num_accepted_tokens_per_pos_total{{position="1"}} {second}
"""


def scraped(text: str) -> dict[str, float]:
    return scrape(text_string_to_metric_families(text))


def window(*texts: str) -> TelemetrySummary:
    """One scrape a second; the window is from the first to the last."""
    samples = [
        sample
        for second, text in enumerate(texts)
        for sample in engine_samples(list(text_string_to_metric_families(text)), second * S)
    ]
    found = engine_window("e", samples, 0, (len(texts) - 1) * S)
    assert found is not None
    assert (found.boundary, found.flags) == ("engine", [])
    return found


def test_vllm() -> None:
    """What happened before the window, a warm cache among it, is nothing to it; old names count once."""
    after = {name: value + CHANGE[name] for name, value in BEFORE.items()}
    assert window(VLLM.format(**BEFORE), VLLM.format(**after)).metrics == pytest.approx(
        {
            "server_gpu_cache_hit_rate": 0.025,
            "server_external_cache_hit_rate": 0.01,
            "spec_acceptance_rate": 0.625,
            "spec_acceptance_length": 2.25,
            "spec_acceptance_pos_0": 0.8,
            "spec_acceptance_pos_1": 0.45,
            "engine_prompt_tokens": 4_000,
            "engine_generation_tokens": 800,
            "engine_preemptions": 2,
            "engine_requests_running": 12,
            "engine_requests_waiting": 0,
            "gpu_kv_cache_usage_pct": 0.625,
        }
    )


def test_sglang_shows_acceptance_as_gauges_whose_means_are_named_so() -> None:
    first = {"prompt": 10, "generated": 10, "device": 5, "host": 0, "retracted": 1, "waiting": 0, "length": 0,
             "rate": 0}  # fmt: skip
    second = {**first, "length": 3.0, "rate": 0.5, "waiting": 4}
    third = {"prompt": 110, "generated": 30, "device": 25, "host": 10, "retracted": 4, "waiting": 2,
             "length": 2.0, "rate": 0.25}  # fmt: skip
    found = window(*(SGLANG.format(**text) for text in (first, second, third, {**third, "waiting": 99})))
    assert found.metrics == pytest.approx(
        {
            "server_gpu_cache_hit_rate": 0.2,
            "server_cpu_cache_hit_rate": 0.1,
            "server_external_cache_hit_rate": 0.0,
            "engine_prompt_tokens": 100,
            "engine_generation_tokens": 20,
            "engine_preemptions": 3,
            "engine_requests_running": 8,
            "engine_requests_waiting": 2,  # 0, 4 and 2 for a second each
            "gpu_kv_cache_usage_pct": 0.25,
            "spec_acceptance_length_shown": 2.5,  # since there were drafts
            "spec_acceptance_rate_shown": 0.375,
        }
    )


def test_an_sglang_without_drafts_accepts_none() -> None:
    zero = dict.fromkeys(
        ("prompt", "generated", "device", "host", "retracted", "waiting", "length", "rate"), 0
    )
    assert not [name for name in window(*[SGLANG.format(**zero)] * 2).metrics if name.startswith("spec_")]


def test_replicas_of_sglang_are_told_apart_and_ranks_of_one_are_not() -> None:
    line = 'sglang:num_running_reqs{{dp_rank="{}",tp_rank="{}"}} {}\n'
    text = line.format(0, 0, 3) + line.format(0, 1, 3) + line.format(1, 2, 4) + line.format(1, 3, 4)
    assert window(text, text).metrics == {"engine_requests_running": 7}


TRT_BEFORE = {"prompt": 100, "generated": 7, "cached": 50, "gpu": 50, "cpu": 0, "reused": 9, "missed": 1,
              "iterated": 40, "taken": 30, "drafted0": 20, "drafted1": 20, "accepted0": 20,
              "accepted1": 10}  # fmt: skip
TRT_CHANGE = {"prompt": 1_000, "generated": 500, "cached": 300, "gpu": 200, "cpu": 100, "reused": 30,
              "missed": 70, "iterated": 410, "taken": 170, "drafted0": 200, "drafted1": 200, "accepted0": 120,
              "accepted1": 40}  # fmt: skip


def trtllm(tiers: str, positions: str) -> dict[str, float]:
    text = TRTLLM.replace("TIERS", tiers).replace("POSITIONS", positions)
    after = {name: value + TRT_CHANGE[name] for name, value in TRT_BEFORE.items()}
    return window(text.format(**TRT_BEFORE), text.format(**after)).metrics


def test_tensorrt_llm() -> None:
    assert trtllm(TIERS, POSITIONS) == pytest.approx(
        {
            "server_gpu_cache_hit_rate": 0.2,
            "server_cpu_cache_hit_rate": 0.1,
            "server_external_cache_hit_rate": 0.0,
            "spec_acceptance_rate": 0.4,  # of the finished requests, as the drafts are
            "spec_acceptance_length": 1.8,
            "spec_acceptance_pos_0": 0.6,
            "spec_acceptance_pos_1": 0.2,
            "engine_prompt_tokens": 1_000,
            "engine_generation_tokens": 500,
            "engine_requests_running": 4,
            "engine_requests_waiting": 2,
            "gpu_kv_cache_usage_pct": 0.125,
        }
    )


def test_an_older_tensorrt_llm_tells_less() -> None:
    """Without tiers and positions: all cached tokens, the rate by iterations, the length as a gauge."""
    found = trtllm("", "")
    assert found["server_gpu_cache_hit_rate"] == 0.3
    assert found["spec_acceptance_rate"] == pytest.approx(170 / 410)
    assert found["spec_acceptance_length_shown"] == 2.0
    assert "spec_acceptance_length" not in found
    blocks = "trtllm_kv_cache_reused_blocks_total {}\ntrtllm_kv_cache_missed_blocks_total {}\n"
    assert window(blocks.format(5, 5), blocks.format(8, 6)).metrics == {"server_gpu_cache_hit_rate": 0.75}


def test_llama_cpp() -> None:
    """It counts prompt tokens without those that its cache held."""
    before = {"computed": 21, "cached": 5, "generated": 150, "drafted": 8, "accepted": 4, "drafts": 4,
              "first": 3, "second": 1}  # fmt: skip
    change = {"computed": 75, "cached": 25, "generated": 60, "drafted": 40, "accepted": 26, "drafts": 20,
              "first": 16, "second": 10}  # fmt: skip
    after = {name: value + change[name] for name, value in before.items()}
    assert window(LLAMA_CPP.format(**before), LLAMA_CPP.format(**after)).metrics == pytest.approx(
        {
            "server_gpu_cache_hit_rate": 0.25,
            "spec_acceptance_rate": 0.65,
            "spec_acceptance_length": 2.3,
            "spec_acceptance_pos_0": 0.8,
            "spec_acceptance_pos_1": 0.5,
            "engine_prompt_tokens": 100,
            "engine_generation_tokens": 60,
            "engine_requests_running": 3,
            "engine_requests_waiting": 1,
        }
    )


def test_a_counter_that_begins_in_the_window_began_at_nothing() -> None:
    gauge = "sglang:num_running_reqs 1.0\n"
    assert window(gauge, gauge + "sglang:generation_tokens_total 40.0\n").metrics == {
        "engine_generation_tokens": 40,
        "engine_requests_running": 1,
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
