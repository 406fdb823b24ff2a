"""A catalog model on catalog hardware as the few numbers that time depends on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from isoline.errors import UsageError
from isoline.numerics.engine.speculation import NO_DRAFTS, Speculation

if TYPE_CHECKING:
    from isoline.domain.catalog import Architecture, Catalog, Hardware, Model

WEIGHT_FORMATS = {"fp8": "fp8_e4m3", "bf16": "bf16", "int4": "int4", "nvfp4": "nvfp4", "mxfp4": "mxfp4"}
KV_FORMATS = ("bf16", "fp8_e4m3")


@dataclass(frozen=True, slots=True)
class Efficiency:
    """What kernels reach of a data sheet, and what a step costs besides; `docs/simulated.md` has the sources.

    Fractions of peak for memory, matrix units and links. Seconds for one all-reduce of a small
    message, for the kernels of one layer when they have next to nothing to do, for the host's part
    of a step, for its part per sequence, and for taking in a request before it can be scheduled.
    """

    memory: float = 0.70
    compute: float = 0.40
    link: float = 0.60
    all_reduce: float = 10e-6
    dense_layer: float = 25e-6
    expert_layer: float = 80e-6
    host_step: float = 1.0e-3
    host_sequence: float = 5e-6
    host_request: float = 15e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One replica. Bytes, FLOP/s and bytes/s are per GPU; parameters are whole numbers of weights.

    `dense` weights are read for every step, `expert` weights as far as the step's tokens reach
    them. `kv_bytes` is what one token leaves in the cache of the whole replica, before
    `kv_copies`: how many times tensor parallelism stores it (each GPU holds at least one head).
    """

    model: str
    hardware: str
    precision: str
    tp: int
    layers: int
    hidden: int
    attention_width: int  # heads x head_dim
    dense: float
    expert: float
    reach: float  # share of the experts that one token uses
    weight_bytes: float  # per weight
    kv_bytes: float
    kv_copies: float
    window_share: float  # share of the layers that see only the last `window` tokens
    window: int
    memory: float
    bandwidth: float
    flops: float
    attention_flops: float
    link: float
    idle_watts: float
    peak_watts: float
    weight_format: str
    activation_format: str
    kv_format: str
    memory_share: float = 0.9  # of the GPU's memory that weights and cache may fill
    speculation: Speculation = NO_DRAFTS
    efficiency: Efficiency = field(default_factory=Efficiency)

    @property
    def active(self) -> float:
        """Weights that one token is multiplied with."""
        return self.dense + self.expert * self.reach

    @property
    def kv_per_gpu(self) -> float:
        """Bytes one token's cache takes on each GPU."""
        return self.kv_bytes * self.kv_copies / self.tp

    @property
    def kv_capacity(self) -> int:
        """Tokens the KV cache holds; 0 or less: the weights alone do not fit."""
        weights = (self.dense + self.expert) * self.weight_bytes / self.tp
        return int((self.memory * self.memory_share - weights) / self.kv_per_gpu)


def deploy(
    catalog: Catalog,
    model: str,
    hardware: str,
    precision: str,
    tp: int = 1,
    *,
    kv_format: str | None = None,
    speculation: Speculation = NO_DRAFTS,
    efficiency: Efficiency | None = None,
) -> Deployment:
    """The deployment of catalog entries; `UsageError` says which figure is missing or does not fit."""
    row, chip = catalog.models[model], catalog.hardware[hardware]
    shape = _architecture(row, [key for key, known in catalog.models.items() if known.architecture])
    if row.params_total_b is None or row.params_active_b is None:
        raise UsageError(f"models.{model} has no params_total_b and params_active_b; add both to the catalog")
    if chip.memory_gb is None or chip.bandwidth_tb_s is None or "bf16" not in chip.tflops:
        raise UsageError(f"hardware.{hardware} needs memory_gb, bandwidth_tb_s and tflops.bf16")
    if tp < 1 or shape.heads % tp or tp > (chip.scale_up_gpus or 1):
        raise UsageError(f"tp {tp} does not divide {shape.heads} heads on {chip.scale_up_gpus or 1} GPUs")
    weights = _weight_format(precision, chip)
    cache = kv_format or ("bf16" if precision == "bf16" else "fp8_e4m3")
    if cache not in KV_FORMATS:
        raise UsageError(f"KV cache format {cache!r} is not modelled; use {', '.join(KV_FORMATS)}")
    math = _matrix_format(precision, chip)
    dense, expert, reach = _split(row.params_total_b, row.params_active_b, shape)
    formats = catalog.formats
    built = Deployment(
        model=model,
        hardware=hardware,
        precision=precision,
        tp=tp,
        layers=shape.layers,
        hidden=shape.hidden,
        attention_width=shape.heads * shape.head_dim,
        dense=dense,
        expert=expert,
        reach=reach,
        weight_bytes=formats[weights].stored_bits / 8,
        kv_bytes=kv_values(shape) * formats[cache].stored_bits / 8,
        kv_copies=max(1.0, tp / (shape.kv_heads or 1)),
        window_share=(shape.window_layers or 0) / shape.layers,
        window=shape.window or 0,
        memory=chip.memory_gb * 1e9,
        bandwidth=chip.bandwidth_tb_s * 1e12,
        flops=chip.tflops[math] * 1e12,
        attention_flops=chip.tflops["bf16"] * 1e12,
        link=(chip.scale_up_gb_s or 32.0) * 1e9,  # without a fabric: PCIe 5.0 x16, half of it usable
        idle_watts=0.1 * (chip.tdp_w or 0.0),
        peak_watts=chip.tdp_w or 0.0,
        weight_format=weights,
        activation_format={"fp4": weights, "fp8": "fp8_e4m3"}.get(math, "bf16"),
        kv_format=cache,
        speculation=speculation,
        efficiency=efficiency or Efficiency(),
    )
    if built.kv_capacity < 1024:
        raise UsageError(
            f"{model} in {precision} does not fit {tp} x {hardware} "
            f"({chip.memory_gb:g} GB each); use more GPUs (tp) or fewer bits"
        )
    return built


def kv_values(shape: Architecture) -> int:
    """Numbers that one token leaves in the KV cache, over all layers."""
    per_layer = shape.kv_latent or 2 * (shape.kv_heads or 0) * shape.head_dim
    return shape.layers * per_layer


def _architecture(row: Model, known: list[str]) -> Architecture:
    if row.architecture is None:
        raise UsageError(
            f"the catalog does not know the architecture of {row.key}; it knows {', '.join(known)}. "
            f"Add [models.{row.key}.architecture] in a catalog file",
            tuple(known),
        )
    return row.architecture


def _weight_format(precision: str, chip: Hardware) -> str:
    if precision == "fp4":
        return "mxfp4" if chip.vendor == "AMD" else "nvfp4"
    if precision not in WEIGHT_FORMATS:
        known = ("fp4", *WEIGHT_FORMATS)
        raise UsageError(f"precision {precision!r} is not modelled; use {', '.join(known)}", known)
    return WEIGHT_FORMATS[precision]


def _matrix_format(precision: str, chip: Hardware) -> str:
    """Matrix units that do the work; without units of their own weights are widened to bf16."""
    wanted = "fp4" if precision in ("fp4", "nvfp4", "mxfp4") else precision
    return wanted if wanted in chip.tflops else "bf16"


def _split(total_b: float, active_b: float, shape: Architecture) -> tuple[float, float, float]:
    """Weights every token uses, weights of routed experts, and the share of those a token uses.

    Solves total = dense + expert and active = dense + expert x reach.
    """
    if not shape.experts or not shape.experts_active:
        return total_b * 1e9, 0.0, 0.0
    reach = shape.experts_active / shape.experts
    expert = (total_b - active_b) / (1 - reach)
    return (total_b - expert) * 1e9, expert * 1e9, reach
