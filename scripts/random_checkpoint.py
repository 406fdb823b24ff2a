"""Writes a model of Qwen3-8B's dimensions with random weights, in BF16, FP8 or NVFP4, to serve for speed.

Random weights: speed is real, answers are not. Every tensor is drawn from its own seed, so the three
formats hold the same model: FP8 and NVFP4 are quantised from the BF16 values, with positive scales, as
`compressed-tensors` checkpoints. The tokenizer is made here, so nothing is downloaded. Needs torch,
safetensors and tokenizers; a GPU makes it quick.

    python scripts/random_checkpoint.py nvfp4 /models/qwen3-8b-nvfp4
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file

STANDARD_DEVIATION = 0.02  # as trained transformers of this family are initialised, and roughly stay
GROUP = 16  # weights that share a scale in NVFP4
FP4_MAX, FP8_MAX = 6.0, 448.0
# One global scale for every layer: engines fuse projections and then need them to agree.
GLOBAL_SCALE = FP4_MAX * FP8_MAX / 0.25
FP4_EDGES = (0.25, 0.75, 1.25, 1.75, 2.5, 3.5, 5.0)  # between the magnitudes 0 0.5 1 1.5 2 3 4 6
NOTE = "random weights: speed is real, answers are not"

Tensors = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Dimensions:
    """What a Qwen3 model is made of; the default is Qwen3-8B."""

    hidden: int = 4096
    layers: int = 36
    heads: int = 32
    kv_heads: int = 8
    head: int = 128
    ffn: int = 12288
    vocabulary: int = 151936


SIZES = {
    "8b": Dimensions(),
    "tiny": Dimensions(hidden=256, layers=2, heads=4, kv_heads=2, head=64, ffn=512, vocabulary=1024),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("format", choices=tuple(QUANTISERS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=tuple(SIZES), default="8b")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    asked = parser.parse_args()
    write(asked.format, asked.folder, SIZES[asked.size], asked.seed, asked.device)


def write(fmt: str, folder: Path, size: Dimensions, seed: int, device: str) -> None:
    """Writes weights, index, configuration and tokenizer; one file of weights per layer."""
    folder.mkdir(parents=True, exist_ok=True)
    weight_map: dict[str, str] = {}
    total = 0
    for number, tensors in enumerate(files_of(fmt, size, seed, device)):
        name = f"model-{number:05}.safetensors"
        save_file({key: value.cpu() for key, value in tensors.items()}, folder / name, {"format": "pt"})
        weight_map |= dict.fromkeys(tensors, name)
        total += sum(value.numel() * value.element_size() for value in tensors.values())
    index = {"metadata": {"total_size": total, "note": NOTE, "seed": seed}, "weight_map": weight_map}
    put(folder / "model.safetensors.index.json", index)
    put(folder / "config.json", config(fmt, size))
    write_tokenizer(folder, size.vocabulary)


def files_of(fmt: str, size: Dimensions, seed: int, device: str) -> Iterator[Tensors]:
    """Tensors file by file: the ends of the model (never quantised), then each layer."""
    ends = {"model.embed_tokens.weight": (size.vocabulary, size.hidden)}
    ends["lm_head.weight"] = (size.vocabulary, size.hidden)
    yield {
        **{name: draw(name, shape, seed, device) for name, shape in ends.items()},
        "model.norm.weight": ones(size.hidden, device),
    }
    for layer in range(size.layers):
        prefix = f"model.layers.{layer}."
        tensors: Tensors = {
            f"{prefix}{name}.weight": ones(width, device) for name, width in norms(size).items()
        }
        for name, shape in linears(size).items():
            weight = draw(f"{prefix}{name}", shape, seed, device)
            for kind, tensor in QUANTISERS[fmt](weight).items():
                tensors[f"{prefix}{name}.{kind}"] = tensor
        yield tensors


def linears(size: Dimensions) -> dict[str, tuple[int, int]]:
    """Shapes (out, in) of a layer's projections."""
    query, key = size.heads * size.head, size.kv_heads * size.head
    return {
        "self_attn.q_proj": (query, size.hidden),
        "self_attn.k_proj": (key, size.hidden),
        "self_attn.v_proj": (key, size.hidden),
        "self_attn.o_proj": (size.hidden, query),
        "mlp.gate_proj": (size.ffn, size.hidden),
        "mlp.up_proj": (size.ffn, size.hidden),
        "mlp.down_proj": (size.hidden, size.ffn),
    }


def norms(size: Dimensions) -> dict[str, int]:
    return {
        "input_layernorm": size.hidden,
        "post_attention_layernorm": size.hidden,
        "self_attn.q_norm": size.head,
        "self_attn.k_norm": size.head,
    }


def ones(width: int, device: str) -> torch.Tensor:
    return torch.ones(width, dtype=torch.bfloat16, device=device)


def draw(name: str, shape: tuple[int, int], seed: int, device: str) -> torch.Tensor:
    """Normal values; the seed of a tensor depends on its name, not on the order of writing."""
    generator = torch.Generator(device=device).manual_seed(seed * 2**32 + zlib.crc32(name.encode()))
    values = torch.randn(shape, generator=generator, device=device, dtype=torch.float32)
    return (values * STANDARD_DEVIATION).to(torch.bfloat16)


def as_bf16(weight: torch.Tensor) -> Tensors:
    return {"weight": weight}


def as_fp8(weight: torch.Tensor) -> Tensors:
    """E4M3 with one scale per output channel: weight ≈ quantised x scale."""
    scale = weight.float().abs().amax(dim=1, keepdim=True).clamp(min=1e-12) / FP8_MAX
    quantised = (weight.float() / scale).clamp(-FP8_MAX, FP8_MAX).to(torch.float8_e4m3fn)
    return {"weight": quantised, "weight_scale": scale.to(torch.bfloat16)}


def as_nvfp4(weight: torch.Tensor) -> Tensors:
    """E2M1, two values a byte (the first in the low half), an E4M3 scale per 16, a global one.

    weight ≈ quantised x scale / global scale.
    """
    rows, columns = weight.shape
    groups = weight.float().reshape(rows, columns // GROUP, GROUP)
    scale = groups.abs().amax(dim=2).clamp(min=1e-12) / FP4_MAX * GLOBAL_SCALE
    scale = scale.clamp(max=FP8_MAX).to(torch.float8_e4m3fn)
    spread = (groups * GLOBAL_SCALE / scale.float().unsqueeze(2)).reshape(rows, columns)
    edges = torch.tensor(FP4_EDGES, device=weight.device)
    codes = torch.bucketize(spread.abs(), edges).to(torch.uint8) | ((spread < 0).to(torch.uint8) << 3)
    packed = codes[:, 0::2] | (codes[:, 1::2] << 4)
    return {
        "weight_packed": packed.contiguous(),
        "weight_scale": scale,
        "weight_global_scale": torch.tensor([GLOBAL_SCALE], dtype=torch.float32),
    }


QUANTISERS = {"bf16": as_bf16, "fp8": as_fp8, "nvfp4": as_nvfp4}


def config(fmt: str, size: Dimensions) -> dict[str, object]:
    """`config.json` of a Qwen3 model of this size."""
    plain: dict[str, object] = {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "isoline_note": NOTE,
        "torch_dtype": "bfloat16",
        "hidden_size": size.hidden,
        "num_hidden_layers": size.layers,
        "num_attention_heads": size.heads,
        "num_key_value_heads": size.kv_heads,
        "head_dim": size.head,
        "intermediate_size": size.ffn,
        "vocab_size": size.vocabulary,
        "max_position_embeddings": 40960,
        "rope_theta": 1_000_000,
        "rms_norm_eps": 1e-6,
        "hidden_act": "silu",
        "attention_bias": False,
        "tie_word_embeddings": False,
        "eos_token_id": size.vocabulary - 1,
    }
    return plain if fmt == "bf16" else plain | {"quantization_config": quantisation(fmt)}


def quantisation(fmt: str) -> dict[str, object]:
    """The `compressed-tensors` description of what `as_fp8` and `as_nvfp4` write."""
    shared: dict[str, object] = {"type": "float", "symmetric": True}
    weights = shared | {"dynamic": False}
    if fmt == "fp8":
        weights |= {"num_bits": 8, "strategy": "channel"}
        activations: dict[str, object] | None = shared | {"num_bits": 8, "strategy": "token", "dynamic": True}
        layout = "float-quantized"
    else:
        weights |= {"num_bits": 4, "strategy": "tensor_group", "group_size": GROUP}
        activations, layout = None, "nvfp4-pack-quantized"
    group = {"targets": ["Linear"], "weights": weights, "input_activations": activations}
    return {
        "quant_method": "compressed-tensors",
        "format": layout,
        "quantization_status": "compressed",
        "config_groups": {"group_0": group | {"output_activations": None, "format": layout}},
        "ignore": ["lm_head"],
        "kv_cache_scheme": None,
    }


def write_tokenizer(folder: Path, vocabulary: int) -> None:
    """One word per token id ("t17"), so that every id of the model has a text of its own."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    end = f"t{vocabulary - 1}"
    words = {f"t{number}": number for number in range(vocabulary)}
    made = Tokenizer(models.WordLevel(words, unk_token="t0"))
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made.save(str(folder / "tokenizer.json"))
    template = "{% for message in messages %}{{ message['content'] }} {% endfor %}"
    described = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": end, "unk_token": "t0"}
    put(folder / "tokenizer_config.json", described | {"chat_template": template, "model_max_length": 40960})


def put(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
