"""What one step of a continuous batch costs: matrix units, memory, links and fixed costs.

A step is as slow as the slower of its arithmetic and its memory traffic (Williams et al. 2009), plus
what cannot overlap with either: all-reduces between the GPUs and the fixed cost of its kernels.
"""

from __future__ import annotations

from typing import NamedTuple

from isoline.numerics.engine.deployment import Deployment


class Work(NamedTuple):
    """One step. `decoding` sequences with `context` tokens between them each add one token.

    `prompt` tokens of other sequences are prefilled in the same step; they attend to
    `prompt_context` tokens: the sum over chunks of the tokens that lie before its end.
    `prompt_pairs` is the sum over prompt tokens of what each attends to.
    """

    decoding: int
    context: float
    prompt: int = 0
    prompt_context: int = 0
    prompt_pairs: float = 0.0


class Cost(NamedTuple):
    """Seconds. `total` is what passes; the others say where it goes."""

    total: float
    compute: float
    memory: float
    links: float
    fixed: float

    @property
    def load(self) -> float:
        """Share of the step in which matrix units or memory are busy: what draws power."""
        return max(self.compute, self.memory) / self.total


def step_cost(d: Deployment, work: Work) -> Cost:
    """The cost of one step on every GPU of the deployment; GPUs do equal parts at the same time."""
    e, drafts = d.efficiency, d.speculation
    tokens = work.decoding * (1 + drafts.draft) + work.prompt
    compute = _compute(d, work, tokens)
    memory = _traffic(d, work, tokens) / (d.bandwidth * e.memory)
    links = _links(d, tokens)
    layer = e.expert_layer if d.expert else e.dense_layer
    fixed = d.layers * layer + e.host_step + e.host_sequence * work.decoding
    total = max(compute, memory) + links + fixed
    drafting = _drafting(d, work)
    return Cost(total + drafting, compute, memory, links, fixed + drafting)


def weights_read(d: Deployment, tokens: float) -> float:
    """Weights that `tokens` tokens touch: experts are reached as if drawn at random by each token."""
    unreached: float = (1 - d.reach) ** tokens
    return d.dense + d.expert * (1 - unreached)


def _compute(d: Deployment, work: Work, tokens: int) -> float:
    # two operations per weight and token; four per pair and value of a head (scores, then values)
    linear = 2 * d.active * tokens / (d.flops * d.tp * d.efficiency.compute)
    seen = work.context * (1 + d.speculation.draft) + work.prompt_pairs
    attention = 4 * d.layers * d.attention_width * _windowed(d, seen, tokens)
    return linear + attention / (d.attention_flops * d.tp * d.efficiency.compute)


def _traffic(d: Deployment, work: Work, tokens: int) -> float:
    """Bytes each GPU moves: its part of the weights, the cache it reads, the cache it writes."""
    weights = weights_read(d, tokens) * d.weight_bytes / d.tp
    read = _windowed(d, work.context, work.decoding) + work.prompt_context
    return weights + (read + tokens) * d.kv_per_gpu


def _windowed(d: Deployment, seen: float, tokens: int) -> float:
    """Tokens attended to, on average over the layers; windowed layers see at most `window` each."""
    if not d.window_share:
        return seen
    return (1 - d.window_share) * seen + d.window_share * min(seen, d.window * tokens)


def _links(d: Deployment, tokens: int) -> float:
    """Two all-reduces a layer: a latency each, and 2 (n - 1) / n of the activations in bf16 (ring bound)."""
    if d.tp == 1:
        return 0.0
    size = 2 * d.hidden * tokens
    moved = 2 * (d.tp - 1) / d.tp * size / (d.link * d.efficiency.link)
    return 2 * d.layers * (d.efficiency.all_reduce + moved)


def _drafting(d: Deployment, work: Work) -> float:
    """`draft` passes, one after the other, through a drafter of a few layers."""
    drafts = d.speculation
    if not drafts.draft or not work.decoding:
        return 0.0
    part = drafts.layers / d.layers
    e = d.efficiency
    weights = weights_read(d, work.decoding) * part * d.weight_bytes / d.tp
    memory = weights / (d.bandwidth * e.memory)
    compute = 2 * d.active * part * work.decoding / (d.flops * d.tp * e.compute)
    layer = e.expert_layer if d.expert else e.dense_layer
    return drafts.draft * (max(memory, compute) + drafts.layers * layer)
