"""The scheduler against a slow one that counts every token, and a closed loop against its own limits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isoline.domain.catalog import load_catalog
from isoline.errors import UsageError
from isoline.numerics.engine.closed_loop import closed_loop
from isoline.numerics.engine.deployment import Deployment, deploy
from isoline.numerics.engine.scheduler import Limits, Scheduler, Sequence
from isoline.numerics.engine.speculation import Speculation

CATALOG = load_catalog(())
PLAIN = deploy(CATALOG, "llama-3-1-8b", "h100", "bf16", 1)
DRAFTING = replace(PLAIN, speculation=Speculation("draft_model", 3, 0.6, seed=5))


def small_cache(d: Deployment, tokens: int) -> Deployment:
    """The same deployment with room for about `tokens` tokens."""
    weights = (d.dense + d.expert) * d.weight_bytes / d.tp
    return replace(d, memory=(weights + tokens * d.kv_per_gpu) / d.memory_share)


REQUESTS = st.lists(st.tuples(st.integers(1, 900), st.integers(1, 60)), min_size=1, max_size=30)


@settings(deadline=None)
@given(REQUESTS, st.sampled_from([PLAIN, DRAFTING]), st.integers(1_000, 6_000), st.integers(64, 2_048))
def test_every_token_is_given_once(
    requests: list[tuple[int, int]], d: Deployment, cache: int, budget: int
) -> None:
    scheduler = Scheduler(small_cache(d, cache), Limits(sequences=8, step_tokens=budget))
    sequences = [scheduler.add(isl, osl) for isl, osl in requests]
    seen: dict[Sequence, int] = dict.fromkeys(sequences, 0)
    finished: list[Sequence] = []
    for _ in range(20_000):
        step = scheduler.step()
        if step is None:
            break
        for sequence in sequences:  # growth by at most what a step can give, never back
            now = scheduler.emitted(sequence)
            assert 0 <= now - seen[sequence] <= 1 + d.speculation.draft
            seen[sequence] = now
        assert scheduler.busy <= 8
        assert scheduler.used <= scheduler.capacity or scheduler.busy == 1
        finished += step.finished
    assert sorted(s.number for s in finished) == [s.number for s in sequences]
    assert [seen[s] for s in sequences] == [s.osl for s in sequences]
    assert scheduler.used == pytest.approx(0, abs=1e-6)
    recomputed = sum(s.preemptions for s in sequences)
    assert scheduler.counters.preemptions == recomputed
    asked = sum(isl for isl, _ in requests)
    assert scheduler.counters.prompt_tokens == asked or recomputed


def test_a_full_cache_preempts_and_still_finishes() -> None:
    scheduler = Scheduler(small_cache(PLAIN, 2_000))
    sequences = [scheduler.add(400, 400) for _ in range(4)]
    while scheduler.step() is not None:
        pass
    assert scheduler.counters.preemptions > 0
    assert [s.kept for s in sequences] == [400] * 4


def test_what_never_fits_is_refused() -> None:
    with pytest.raises(UsageError, match="does not fit a cache"):
        Scheduler(small_cache(PLAIN, 2_000)).add(1_990, 100)


def test_a_cancelled_request_leaves_nothing() -> None:
    scheduler = Scheduler(PLAIN, Limits(step_tokens=256))
    decoding, prefilling, waiting = scheduler.add(100, 50), scheduler.add(5_000, 5), scheduler.add(9, 9)
    scheduler.step()
    for sequence in (decoding, prefilling, waiting):
        scheduler.cancel(sequence)
        scheduler.cancel(sequence)
    assert scheduler.step() is None
    assert scheduler.used == 0


@given(st.integers(1, 12), st.floats(0, 0.95), st.integers(0, 4_095), st.integers(1, 20_000))
def test_drawn_steps_and_tokens_agree(draft: int, acceptance: float, offset: int, tokens: int) -> None:
    s = Speculation("mtp", draft, acceptance)
    steps = s.steps_to(tokens, offset)
    assert s.tokens_after(steps, offset) >= tokens > s.tokens_after(steps - 1, offset)


@pytest.mark.parametrize(("draft", "acceptance"), [(1, 0.9), (3, 0.7), (5, 0.3)])
def test_drawn_lengths_have_the_expected_mean(draft: int, acceptance: float) -> None:
    s = Speculation("mtp", draft, acceptance)
    by_sum = 1 + sum(acceptance**position for position in range(1, draft + 1))
    assert s.tokens_per_step == pytest.approx(by_sum)
    assert s.tokens_after(4_096, 0) / 4_096 == pytest.approx(by_sum, rel=0.03)


def test_one_stream_decodes_at_the_speed_of_a_step() -> None:
    figures = closed_loop(PLAIN, 100, 200, 1)
    # By hand: weights and cache at 70 % of 3.35 TB/s, 32 layers of 25 us, 1 ms and 5 us of the host.
    by_hand = (8.03e9 * 2 + 180 * 131_072) / (0.7 * 3.35e12) + 32 * 25e-6 + 1.005e-3
    assert figures.tpot == pytest.approx(by_hand, rel=0.005)
    assert figures.output_rate < 1 / by_hand


@pytest.mark.parametrize("d", [PLAIN, DRAFTING])
def test_more_streams_give_more_and_wait_longer(d: Deployment) -> None:
    figures = [closed_loop(d, 1_024, 128, n) for n in (1, 4, 16, 64)]
    assert sorted(f.output_rate for f in figures) == [f.output_rate for f in figures]
    assert sorted(f.tpot for f in figures) == [f.tpot for f in figures]
    for n, f in zip((1, 4, 16, 64), figures, strict=True):  # Little's law
        assert f.output_rate * f.e2e == pytest.approx(n * 0.9 * 128, rel=0.12)


def test_drafts_help_few_streams_and_hurt_many() -> None:
    gain = [
        closed_loop(DRAFTING, 256, 128, n).output_rate / closed_loop(PLAIN, 256, 128, n).output_rate
        for n in (1, 256)
    ]
    assert gain[0] > 1.3
    assert gain[1] < gain[0]
