"""Steps: limits that can be computed by hand, and directions that must always hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isoline.domain.catalog import load_catalog
from isoline.numerics.engine.deployment import Deployment, Efficiency, deploy
from isoline.numerics.engine.roofline import Work, step_cost
from isoline.numerics.engine.speculation import Speculation

CATALOG = load_catalog(())
IDEAL = Efficiency(1, 1, 1, 0, 0, 0, 0, 0, 0)


def deployment(model: str = "llama-3-1-8b", tp: int = 1, precision: str = "bf16") -> Deployment:
    return deploy(CATALOG, model, "h100", precision, tp)


def test_decoding_alone_moves_the_weights_and_one_cache() -> None:
    d = replace(deployment(), efficiency=IDEAL)
    cost = step_cost(d, Work(1, 1_000))
    by_hand = (8.03e9 * 2 + 1_001 * 131_072) / 3.35e12
    assert cost.total == cost.memory == pytest.approx(by_hand)


def test_a_long_prompt_is_arithmetic() -> None:
    d = replace(deployment(), efficiency=IDEAL)
    n = 8_192
    cost = step_cost(d, Work(0, 0, n, n, n * n / 2))
    by_hand = (2 * 8.03e9 * n + 4 * 32 * 32 * 128 * n * n / 2) / 989e12
    assert cost.total == cost.compute == pytest.approx(by_hand)


def test_an_all_reduce_moves_the_activations_twice() -> None:
    d = replace(deployment("llama-3-3-70b", 4, "fp8"), efficiency=IDEAL)
    cost = step_cost(d, Work(64, 64_000))
    assert cost.links == pytest.approx(2 * 80 * 2 * 3 / 4 * (2 * 8192 * 64) / 450e9)


def test_latent_attention_is_stored_by_every_gpu() -> None:
    eight = deploy(CATALOG, "deepseek-r1", "h200", "fp8", 8)
    assert eight.kv_per_gpu == eight.kv_bytes
    grouped = deploy(CATALOG, "llama-3-3-70b", "h200", "fp8", 8)
    assert grouped.kv_per_gpu == grouped.kv_bytes / 8


MODELS = st.sampled_from(
    [
        deployment(),
        deployment("llama-3-3-70b", 4, "fp8"),
        deploy(CATALOG, "gptoss-120b", "b300", "fp4", 2),
        deploy(CATALOG, "deepseek-r1", "b300", "fp8", 8, speculation=Speculation("mtp", 3, 0.7)),
    ]
)


@given(MODELS, st.integers(1, 500), st.integers(0, 300_000), st.integers(0, 8_000), st.integers(1, 100))
def test_more_work_never_costs_less(d: Deployment, batch: int, context: int, prompt: int, more: int) -> None:
    base = step_cost(d, Work(batch, context, prompt, prompt, prompt**2 / 2)).total
    assert step_cost(d, Work(batch + more, context, prompt, prompt, prompt**2 / 2)).total > base
    assert step_cost(d, Work(batch, context + more, prompt, prompt, prompt**2 / 2)).total >= base
    assert step_cost(d, Work(batch, context, prompt + more, prompt, prompt**2 / 2)).total >= base
    assert 0 <= step_cost(d, Work(batch, context, prompt)).load <= 1


@given(MODELS, st.integers(1, 500), st.integers(0, 300_000))
def test_better_hardware_never_costs_more(d: Deployment, batch: int, context: int) -> None:
    base = step_cost(d, Work(batch, context)).total
    for better in (
        replace(d, bandwidth=2 * d.bandwidth),
        replace(d, flops=2 * d.flops),
        replace(d, link=2 * d.link),
        replace(d, weight_bytes=d.weight_bytes / 2),
        replace(d, kv_bytes=d.kv_bytes / 2),
    ):
        assert step_cost(better, Work(batch, context)).total <= base
