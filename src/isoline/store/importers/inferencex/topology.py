"""How a run artifact says what was deployed (three schemas) -> the API's configuration columns.

v1 (before 2025-12-19) has `tp` and `ep` only: they hold for both roles, GPUs are tp x ep.
v2 is told by `prefill_tp`: both roles have their own sizes and workers. v3 (agentic) nests its
metrics but says its topology like v1 or v2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from isoline.store.importers.inferencex.normalise import parse_bool, parse_int, parse_num, parse_optional_bool

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog
    from isoline.store.importers.fields import Row

_PER_ROLE = ("pp", "dcp", "pcp")  # sizes that the source keeps among the metrics


@dataclass(frozen=True, slots=True)
class Role:
    """The prefill or the decode side. `gpus` counts all its workers."""

    tp: int
    ep: int
    dp_attention: bool
    workers: int
    gpus: int
    sizes: tuple[tuple[str, float], ...] = ()

    def columns(self, role: str) -> dict[str, object]:
        return {
            f"{role}_tp": self.tp,
            f"{role}_ep": self.ep,
            f"{role}_dp_attention": self.dp_attention,
            f"{role}_num_workers": self.workers,
            f"num_{role}_gpu": self.gpus,
        }


@dataclass(frozen=True, slots=True)
class Topology:
    engine: str
    disaggregated: bool
    multinode: bool
    prefill: Role
    decode: Role

    def columns(self) -> dict[str, object]:
        """The topology as the API's rows write it."""
        return {
            "framework": self.engine,
            "disagg": self.disaggregated,
            "is_multinode": self.multinode,
            **self.prefill.columns("prefill"),
            **self.decode.columns("decode"),
        }

    def sizes(self) -> dict[str, float]:
        """Pipeline and context parallel sizes, which the source counts among the metrics."""
        roles = (("prefill", self.prefill), ("decode", self.decode))
        return {f"{role}_{name}": value for role, side in roles for name, value in side.sizes}


def topology(row: Row, catalog: Catalog, *, workers_multiply: bool) -> Topology:
    """The topology of an artifact row.

    `workers_multiply`: where the GPU count is not said, evaluations count tp x ep per worker,
    benchmarks tp x ep once; that is how the source reads the two.
    """
    name = row.get("framework")
    said = parse_optional_bool(row.get("disagg"))
    engine, disaggregated = catalog.resolve_engine(name if isinstance(name, str) else "", said)
    multinode = parse_bool(row.get("is_multinode"))
    if row.get("prefill_tp") is None:
        role = _role(row, "", workers_multiply)
        return Topology(engine, disaggregated, multinode, role, role)
    prefill, decode = (_role(row, f"{role}_", workers_multiply) for role in ("prefill", "decode"))
    # Older artifacts said `disagg: false` for every run; a pool of decode workers says otherwise.
    if decode.workers > 0 or (said is None and (prefill.workers > 0 or multinode)):
        disaggregated = True
    if not disaggregated:  # one engine does both: the side that was sized holds for both
        prefill = decode = decode if decode.tp > 0 and row.get("decode_tp") is not None else prefill
    return Topology(engine, disaggregated, multinode, prefill, decode)


def _role(row: Row, prefix: str, workers_multiply: bool) -> Role:
    tp, ep = _size(row, f"{prefix}tp"), _size(row, f"{prefix}ep")
    workers = (parse_int(row.get(f"{prefix}num_workers")) or 0) if prefix else 0
    gpus = parse_int(row.get(f"num_{prefix}gpu")) if prefix else None
    if gpus is None:
        gpus = tp * ep * (max(1, workers) if workers_multiply else 1)
    sizes = ((name, parse_num(row.get(f"{prefix}{name}"))) for name in _PER_ROLE) if prefix else ()
    return Role(
        tp=tp,
        ep=ep,
        dp_attention=parse_bool(row.get(f"{prefix}dp_attention")),
        workers=workers,
        gpus=gpus,
        sizes=tuple((name, value) for name, value in sizes if value is not None),
    )


def _size(row: Row, name: str) -> int:
    value = parse_int(row.get(name))
    return 1 if value is None else value
