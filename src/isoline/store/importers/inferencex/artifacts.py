"""A row of a run artifact -> the API row it stands for, so that both take one path to a `Point`.

Says what was measured in the API's words; whether it is plausible is decided where API rows are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from isoline.store.importers.fields import BadRow, Row, broken, refuse_failed, shown
from isoline.store.importers.inferencex.agentic import derive_interactivity, flatten, is_agentic
from isoline.store.importers.inferencex.normalise import parse_image, parse_int, parse_num
from isoline.store.importers.inferencex.recipes import TEXT_METRICS
from isoline.store.importers.inferencex.topology import topology
from isoline.store.importers.inferencex.workers import extract_workers

if TYPE_CHECKING:
    from isoline.domain.catalog import Catalog

_METRIC = re.compile(
    r"(?:mean|median|std|p\d{1,2}(?:\.\d{1,3})?)_"
    r"(?:ttft|tpot|itl|e2el|intvty|full_response_itl|full_response_intvty|qps|input_tokens"
    r"|output_tokens_actual|output_tokens_expected)"
    r"|(?:input_|output_)?tput_per_gpu|(?:total|input|output)_tput_tps|duration_seconds"
    r"|total_(?:requests_completed|prompt_tokens|generation_tokens)"
    r"|(?:server_(?:gpu|cpu|external)|theoretical)_cache_hit_rate|gpu_kv_cache_usage_pct"
    r"|(?:prefill_|decode_)?avg_power_w|joules_per_(?:output|total|input)_token"
    r"|avg_temp_c|peak_temp_c|avg_util_pct|avg_mem_used_mb",
    re.ASCII,
)
# Numbers that say how the run was set up; they become columns instead of metrics.
_SETTINGS = frozenset(
    (
        *("isl", "osl", "conc", "users", "tp", "ep", "num_prefill_gpu", "num_decode_gpu"),
        *("num_requests_total", "num_requests_successful"),
        *(f"{role}_{name}" for role in ("prefill", "decode") for name in ("tp", "ep", "num_workers")),
        *(f"{role}_{name}" for role in ("prefill", "decode") for name in ("pp", "dcp", "pcp")),
    )
)
_RUN = ("date", "run_url", "run_started_at", "num_requests_successful")


def benchmark_row(row: Row, catalog: Catalog) -> dict[str, object]:
    """The API's benchmark row for an artifact row of schema v1, v2 or v3."""
    refuse_failed(row)
    agentic = is_agentic(row)
    place = topology(row, catalog, workers_multiply=False)
    metrics, texts = _metrics({**row, **flatten(row)}), _texts(row)
    metrics |= place.sizes()
    if agentic:
        derive_interactivity(metrics)
    users = row.get("users") if agentic and row.get("users") is not None else row.get("conc")
    workers = extract_workers(row.get("workers"))
    return {
        **identity(row, catalog),
        **place.columns(),
        "benchmark_type": "agentic_traces" if agentic else "single_turn",
        "isl": None if agentic else count(row, "isl"),
        "osl": None if agentic else count(row, "osl"),
        "conc": count({"conc": users}, "conc"),
        "offload_mode": _offload(row),
        "metrics": {**metrics, **texts},
        **({"workers": workers} if workers else {}),
    }


def identity(row: Row, catalog: Catalog) -> dict[str, object]:
    """Model, hardware, precision, speculative decoding, image and run of an artifact row."""
    prefix = row.get("infmax_model_prefix") or row.get("model_prefix")
    checkpoint = row.get("model")
    checkpoint = checkpoint if isinstance(checkpoint, str) and checkpoint else None
    model = catalog.resolve_model(prefix if isinstance(prefix, str) else None, checkpoint)
    if model is None:
        raise BadRow(
            "unknown model",
            f"prefix {shown(prefix)} and checkpoint {shown(checkpoint)} are not in the catalog",
        )
    hw = row.get("hw")
    hardware = catalog.resolve_hardware(hw) if isinstance(hw, str) else None
    if hardware is None:
        raise BadRow("unknown hardware", f"hw {shown(hw)} is not in the catalog")
    precision, spec = row.get("precision"), row.get("spec_decoding")
    return {
        "hardware": hardware,
        "model": model,
        "checkpoint": checkpoint,
        "precision": catalog.resolve_precision(precision) if isinstance(precision, str) else "",
        "spec_method": catalog.resolve_spec_method(spec if isinstance(spec, str | int | float) else None),
        "image": parse_image(row.get("image")),
        **{name: row[name] for name in _RUN if row.get(name) is not None},
    }


def count(row: Row, name: str) -> int | None:
    """A whole number, also from text. 64.5 is not rounded: no such load or length exists."""
    value = row.get(name)
    if isinstance(value, float) and not value.is_integer():
        raise broken(name, value, "a whole number")
    return parse_int(value)


def _metrics(row: Row) -> dict[str, float]:
    metrics: dict[str, float] = {}
    for name, value in row.items():
        if value is None or name in _SETTINGS:
            continue
        if _METRIC.fullmatch(name):
            parsed = parse_num(value)
            if parsed is None and name == "std_intvty":  # never kept, so never a reason to refuse
                continue
            if parsed is None or isinstance(value, bool):
                raise broken(name, value, "a number")
            metrics[name] = parsed
        elif isinstance(value, int | float) and not isinstance(value, bool):
            metrics[name] = value
    return metrics


def _texts(row: Row) -> dict[str, str]:
    """What the source keeps as text among its metrics, named parts flattened."""
    texts = {name: value for name in TEXT_METRICS if isinstance(value := row.get(name), str) and value}
    for name, flat in (("router", "router_name"), ("kv_offload_backend", "kv_offload_backend")):
        part = row.get(name)
        if isinstance(part, Mapping):
            version = f"{flat.removesuffix('_name')}_version"
            values = ((flat, part.get("name")), (version, part.get("version")))
            texts |= {key: value for key, value in values if isinstance(value, str) and value}
    if is_agentic(row):
        texts["offload_mode"] = _offload(row)
    return texts


def _offload(row: Row) -> str:
    mode, kind = row.get("offload_mode"), row.get("kv_offloading")
    if isinstance(mode, str) and mode:
        return mode
    return "on" if isinstance(kind, str) and kind not in ("", "none", "off") else "off"
