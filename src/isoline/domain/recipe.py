"""A recipe: everything that was chosen before the load was applied."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

import msgspec

Scalar = str | int | float | bool | None


class Recipe(msgspec.Struct, frozen=True, gc=False):
    """model x hardware x engine x formats x topology x speculative decoding x flags.

    Flat on purpose: one field is one column of the store and one row of "what differs".
    `None` always means "not known", never a default. `prefill_*` and `decode_*` are equal
    when the deployment is aggregated. GPU counts are whole accelerators.
    """

    model: str
    hardware: str
    engine: str
    precision: str
    spec_method: str = "none"
    disaggregated: bool = False
    multinode: bool = False
    prefill_tp: int | None = None
    prefill_pp: int | None = None
    prefill_ep: int | None = None
    prefill_dp_attention: bool | None = None
    prefill_workers: int | None = None
    prefill_gpus: int | None = None
    decode_tp: int | None = None
    decode_pp: int | None = None
    decode_ep: int | None = None
    decode_dp_attention: bool | None = None
    decode_workers: int | None = None
    decode_gpus: int | None = None
    checkpoint: str | None = None
    engine_version: str | None = None
    image: str | None = None
    image_digest: str | None = None
    weight_format: str | None = None
    activation_format: str | None = None
    kv_format: str | None = None
    spec_draft_tokens: int | None = None
    spec_acceptance_length: float | None = None
    spec_acceptance: str | None = None  # "measured" or "synthetic"
    offload: str | None = None
    flags: str | None = None  # engine flags as one line, sorted

    @property
    def gpus(self) -> int | None:
        """GPUs of the whole deployment: prefill plus decode where disaggregated."""
        if not self.disaggregated:
            return self.decode_gpus
        if self.prefill_gpus is None or self.decode_gpus is None:
            return None
        return self.prefill_gpus + self.decode_gpus

    @property
    def parallelism(self) -> str:
        """`TP8 EP8 DP attention`, where disaggregated of the decode role; empty where it is not known."""
        return _degrees(self.decode_tp, self.decode_pp, self.decode_ep, self.decode_dp_attention)

    @property
    def prefill_parallelism(self) -> str:
        """The same of the prefill role, where that is another one."""
        if not self.disaggregated:
            return ""
        return _degrees(self.prefill_tp, self.prefill_pp, self.prefill_ep, self.prefill_dp_attention)

    @property
    def id(self) -> str:
        """First 16 hex digits of the SHA-256 over all fields, in declared order."""
        return _identity(self)

    def items(self) -> Iterator[tuple[str, Scalar]]:
        """Field names and values in declared order."""
        for name in RECIPE_FIELDS:
            yield name, getattr(self, name)


RECIPE_FIELDS: tuple[str, ...] = Recipe.__struct_fields__


def _degrees(tp: int | None, pp: int | None, ep: int | None, dp_attention: bool | None) -> str:
    """Degrees above 1, and of tensor parallelism any."""
    named = [
        f"{name}{n}" for name, n in (("TP", tp), ("PP", pp), ("EP", ep)) if n and (n > 1 or name == "TP")
    ]
    return " ".join(named + ["DP attention"] * bool(dp_attention))


@lru_cache(maxsize=16_384)
def _identity(recipe: Recipe) -> str:
    text = "\x1f".join(f"{name}={value}" for name, value in recipe.items())
    return hashlib.sha256(text.encode()).hexdigest()[:16]
