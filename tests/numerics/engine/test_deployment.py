"""What the model derives from a configuration, against figures the models' makers print."""

from __future__ import annotations

import pytest

from isoline.domain.catalog import load_catalog
from isoline.errors import UsageError
from isoline.numerics.engine.deployment import deploy, kv_values
from isoline.numerics.engine.roofline import weights_read
from isoline.numerics.engine.speculation import Speculation

CATALOG = load_catalog(())

# Bytes of KV cache a token in BF16: DeepSeek-V3's hardware paper (arXiv 2505.09343, table 1) for latent
# attention; by hand (layers x 2 x heads x width x 2) for the others.
KV_BYTES = {
    "deepseek-r1": 70_272,
    "llama-3-3-70b": 327_680,
    "llama-3-1-8b": 131_072,
    "qwen-3-8b": 147_456,
    "qwen-3-235b-a22b": 192_512,
    "gptoss-120b": 73_728,
}


@pytest.mark.parametrize("model", KV_BYTES)
def test_cache_of_a_token(model: str) -> None:
    shape = CATALOG.models[model].architecture
    assert shape is not None
    assert 2 * kv_values(shape) == KV_BYTES[model]


def test_weights_outside_the_experts() -> None:
    """gpt-oss-120b's card: 114.7 B of its weights are the experts', 36 layers x 4 of 128 active."""
    d = deploy(CATALOG, "gptoss-120b", "h100", "fp4", 2)
    assert d.expert / 1e9 == pytest.approx(114.7, rel=0.04)
    assert weights_read(d, 1) == pytest.approx(d.active)
    assert weights_read(d, 100_000) == pytest.approx(d.dense + d.expert)


def test_every_architecture_can_be_deployed_somewhere() -> None:
    known = [key for key, row in CATALOG.models.items() if row.architecture]
    assert len(known) >= 8
    for key in known:
        assert deploy(CATALOG, key, "b300", "bf16", 8).kv_capacity > 100_000


def test_formats_follow_the_hardware() -> None:
    nvidia = deploy(CATALOG, "llama-3-3-70b", "b300", "fp4", 1)
    assert (nvidia.weight_format, nvidia.activation_format) == ("nvfp4", "nvfp4")
    assert deploy(CATALOG, "llama-3-3-70b", "mi355x", "fp4", 1).weight_format == "mxfp4"
    hopper = deploy(CATALOG, "llama-3-3-70b", "h100", "fp4", 1)
    assert (hopper.weight_bytes, hopper.activation_format) == (4.5 / 8, "bf16")  # no FP4 units
    assert hopper.flops == 989e12


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("qwen-3-5", "b300", "fp4", 8), "does not know the architecture"),
        (("llama-3-3-70b", "h100", "bf16", 1), "does not fit 1 x h100"),
        (("llama-3-3-70b", "h100", "bf16", 3), "does not divide 64 heads"),
        (("llama-3-3-70b", "h100", "bf16", 64), "on 8 GPUs"),
        (("llama-3-3-70b", "h100", "fp2", 8), "is not modelled"),
        (("llama-3-1-8b", "rtx5090", "fp8", 1), "hardware.rtx5090 needs"),
    ],
)
def test_what_cannot_be_modelled_is_said(arguments: tuple[str, str, str, int], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        deploy(CATALOG, *arguments)


@pytest.mark.parametrize("numbers", [(0, 0.5), (17, 0.5), (3, 1.0), (3, -0.1)])
def test_speculation_is_bounded(numbers: tuple[int, float]) -> None:
    with pytest.raises(UsageError):
        Speculation("mtp", *numbers)
