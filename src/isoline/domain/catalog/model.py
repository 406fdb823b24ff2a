"""The records of the catalog: what a row of each table may hold, checked when it is converted.

No postponed annotations here: msgspec reads them at run time.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

TIERS = ("hyperscaler", "neocloud", "rental")
"""Price tiers: owning at a hyperscaler, owning at a large neocloud, renting for three years."""

Positive = Annotated[float, msgspec.Meta(gt=0, le=1e7)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)]

DATE = r"^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?\Z"
NAME = r"^(?!(.*-)?vs(-|\Z))[a-z0-9]+([._-][a-z0-9]+)*\Z"
PATTERNS = {
    DATE: "a date in quotes, YYYY-MM or YYYY-MM-DD",
    NAME: "a name of lower-case letters and digits, joined by single '-', '.' or '_', without a part 'vs'",
}
"""What a value that matches is, in words."""

Date = Annotated[str, msgspec.Meta(pattern=DATE)]
Name = Annotated[str, msgspec.Meta(pattern=NAME)]
Direction = Literal["higher", "lower", "none"]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every row has: the key it is known by and the name people read."""

    key: str
    label: str
    sort: int = 1000  # position in lists and in a slug; rows without one come last, by key
    source: str | None = None  # where the figures come from, for whoever doubts them


class Architecture(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a transformer's own configuration file says of its size; counts, as in that file.

    What one token leaves in the KV cache of a layer is `kv_heads` keys and values of `head_dim`
    each, or, with latent attention, `kv_latent` values that all heads share. `window_layers` of the
    layers see the last `window` tokens only. Experts are the routed ones of a layer.
    """

    layers: Count
    hidden: Count
    heads: Count
    head_dim: Count  # of a query head, position part included
    kv_heads: Count | None = None
    kv_latent: Count | None = None
    window: Count | None = None
    window_layers: Count | None = None
    experts: Count | None = None
    experts_active: Count | None = None

    def __post_init__(self) -> None:
        if (self.kv_heads is None) == (self.kv_latent is None):
            raise ValueError("give either kv_heads or kv_latent")
        if (self.window is None) != (self.window_layers is None):
            raise ValueError("window and window_layers belong together")
        if (self.experts is None) != (self.experts_active is None):
            raise ValueError("experts and experts_active belong together")
        if (self.window_layers or 0) > self.layers or (self.experts_active or 0) > (self.experts or 0):
            raise ValueError("a part is larger than the whole")


class Model(Entry, frozen=True):
    """A model; `key` is its name in slugs. Parameters are billions."""

    display: str | None = None  # the reference's display name
    db_keys: tuple[str, ...] = ()  # the reference's keys; without any, `key` is the only one
    aliases: tuple[Name, ...] = ()  # other names in slugs
    prefixes: Mapping[str, str] = {}  # run prefix -> db key
    checkpoints: Mapping[str, tuple[str, ...]] = {}  # db key -> checkpoint names and paths
    spec_labels: Mapping[str, str] = {}  # spec decode method -> its name on this model
    params_total_b: Positive | None = None
    params_active_b: Positive | None = None
    architecture: Architecture | None = None


class Hardware(Entry, frozen=True):
    """An accelerator. Figures are per GPU; `tflops` are dense, by format (fp4, fp8, bf16).

    `memory_gb` is usable memory, `bandwidth_tb_s` its bandwidth. `power_kw` is all-in power and
    `power_includes` says what that counts, for whoever doubts it. `scale_up_gb_s` is one direction, per
    GPU, within a domain of `scale_up_gpus`. `None` means not known.
    """

    vendor: str
    architecture: str
    memory_gb: Positive | None = None
    bandwidth_tb_s: Positive | None = None
    tflops: Mapping[str, Positive] = {}
    tdp_w: Positive | None = None
    power_kw: Positive | None = None
    power_includes: str | None = None
    scale_up_gb_s: Positive | None = None
    scale_up_gpus: Count | None = None


class Engine(Entry, frozen=True):
    """Serving software. `disaggregation` is what to assume: `optional` (what the source says),
    `default` (yes unless the source denies it) or `always`.
    """

    family: str
    aliases: tuple[Name, ...] = ()
    disaggregated_aliases: tuple[Name, ...] = ()  # names that imply separate prefill and decode
    disaggregation: Literal["optional", "default", "always"] = "optional"


class Precision(Entry, frozen=True):
    """A precision label; `aliases` are what sources write for it."""

    aliases: tuple[Name, ...] = ()


class SpecMethod(Entry, frozen=True):
    """A speculative decoding method."""


class NumberFormat(Entry, frozen=True):
    """A number format: bits of one element with its share of block scales."""

    stored_bits: Positive


class Metric(Entry, frozen=True):
    """A metric: its unit, which direction is better, what it is; `formula` if it is derived.

    Nothing is computed from these rows: they explain the keys that stored points and documents use.
    `reference` lists the keys under which the reference's charts show it.
    """

    unit: str
    direction: Direction
    what: str
    formula: str | None = None
    reference: tuple[str, ...] = ()


class MetricFamily(Entry, frozen=True):
    """One quantity stored as several statistics: `median_ttft`, `p99_ttft` ...

    `{}` in the label takes the name of the statistic, otherwise that goes in front.
    """

    unit: str
    direction: Direction
    what: str
    statistics: tuple[str, ...] = ("median", "mean", "p75", "p90", "p95", "p99", "p99.9", "std")


class PriceRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one GPU costs in an hour, in US dollars, from `date` on (ISO 8601; a month is its first day)."""

    hardware: str
    tier: Literal["hyperscaler", "neocloud", "rental"]
    usd_per_gpu_hour: Positive
    date: Date
    source: str
