"""Share of the physical floor that each packaged point reaches, as a Markdown table.

One decoding step reads every weight and the KV cache of every stream once, and computes one token of each
stream and, while streams come and go steadily, as many prompt tokens. Its floor is the longer of bytes ÷
measured read bandwidth and FLOPs ÷ measured matrix rate (`data/hopper/limits-SEED.json`, the same host and
session); the share is the floor ÷ the mean TPOT. Attention's own FLOPs, activations and the norms' weights
are left out, so floors are a little low. Run as `python scripts/hopper_floors.py`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from isoline.store.packaged.measured import FOLDER

ROOT = Path(__file__).resolve().parents[1]
LAYERS, HIDDEN, FFN, HEADS, KV_HEADS, HEAD, VOCABULARY = 36, 4096, 12288, 32, 8, 128, 151936
LAYER_WEIGHTS = LAYERS * HIDDEN * (2 * HEADS * HEAD + 2 * KV_HEADS * HEAD + 3 * FFN)
OUTPUT_WEIGHTS = VOCABULARY * HIDDEN  # stay BF16 in every format
KV_BYTES = LAYERS * 2 * KV_HEADS * HEAD * 2  # of one token, BF16
# Bytes a weight: NVFP4 has one E4M3 scale for 16 weights. FP4 is multiplied in BF16 on Hopper.
WEIGHT_BYTES = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5 + 1 / 16}
RATE = {"bf16": "bf16_flops", "fp8": "fp8_flops", "fp4": "bf16_flops"}


def floor(precision: str, streams: int, context: float, limits: dict[str, float]) -> tuple[float, str]:
    """Seconds one decoding step of `streams` sequences takes at least, and what limits it."""
    weights = LAYER_WEIGHTS * WEIGHT_BYTES[precision] + OUTPUT_WEIGHTS * 2
    reading = (weights + streams * context * KV_BYTES) / limits["read_bytes_per_s"]
    layers = 2 * LAYER_WEIGHTS * 2 * streams / limits[RATE[precision]]
    computing = layers + 2 * OUTPUT_WEIGHTS * streams / limits["bf16_flops"]
    return max((reading, "bandwidth"), (computing, "compute"))


def shares() -> dict[tuple[str, int], list[tuple[float, float, str]]]:
    """(precision, streams) → for each server start: floor in seconds, share of it reached, what limits."""
    found = defaultdict(list)
    for folder in sorted((FOLDER / "runs").iterdir()):
        report = json.loads((folder / "report.json").read_text())
        details = json.loads((folder / "manifest.json").read_text())["details"]
        precision = details["command"].partition("precision=")[2].partition(",")[0]
        limits = json.loads((ROOT / f"data/hopper/limits-{details['workload']['seed']}.json").read_text())
        whole = report["whole"]
        context = (whole["tokens_in"] + whole["tokens_out"] / 2) / whole["requests"]
        least, limit = floor(precision, report["concurrency"], context, limits)
        found[precision, report["concurrency"]].append((least, least / report["tpot"]["mean"], limit))
    return found


def table() -> str:
    lines = [
        "| format | streams | floor, ms a step | limited by | share reached, % |",
        "|---|---|---|---|---|",
    ]
    order = {name: place for place, name in enumerate(WEIGHT_BYTES)}
    for (precision, streams), starts in sorted(
        shares().items(), key=lambda item: (order[item[0][0]], item[0][1])
    ):
        floors = " · ".join(f"{1e3 * least:.2f}" for least, _, _ in starts)
        reached = " · ".join(f"{100 * share:.0f}" for _, share, _ in starts)
        lines.append(f"| {precision.upper()} | {streams} | {floors} | {starts[0][2]} | {reached} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
