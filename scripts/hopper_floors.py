"""Share of the physical floor that each packaged point reaches, as Markdown tables by GPU and sequence.

One decoding step reads every weight and the KV cache of every stream once, and computes one token of each
stream and, while streams come and go steadily, the prompts that the others begin with meanwhile. Its floor is
the longer of bytes ÷ measured read bandwidth and FLOPs ÷ measured matrix rate (`data/hopper/limits-SEED.json`
or, where several GPUs of a host served, `limits-SEED-gpuN.json`: the same host and session); the share is the
floor ÷ the mean TPOT. Attention's own FLOPs, activations and the norms' weights are left out, so floors are a
little low. Tensor parallelism is counted as an even share of all of it for each GPU, and no communication.
Run as `python scripts/hopper_floors.py`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from isoline.store.packaged.measured import FOLDER

ROOT = Path(__file__).resolve().parents[1]
LAYERS, HIDDEN, FFN, HEADS, KV_HEADS, HEAD, VOCABULARY = 36, 4096, 12288, 32, 8, 128, 151936
LAYER_WEIGHTS = LAYERS * HIDDEN * (2 * HEADS * HEAD + 2 * KV_HEADS * HEAD + 3 * FFN)
OUTPUT_WEIGHTS = VOCABULARY * HIDDEN  # stay BF16 in every format
KV_BYTES = LAYERS * 2 * KV_HEADS * HEAD * 2  # of one token, BF16
# Bytes a weight: NVFP4 has one E4M3 scale for 16 weights. FP4 is multiplied in BF16 on Hopper.
WEIGHT_BYTES = {"bf16": 2.0, "fp8": 1.0, "fp4": 0.5 + 1 / 16}
RATE = {"bf16": "bf16_flops", "fp8": "fp8_flops", "fp4": "bf16_flops"}


class Place(NamedTuple):
    """Of a point: the table it stands in, and its row there."""

    hardware: str
    isl: int
    osl: int
    tp: int
    precision: str
    streams: int


def floor(place: Place, context: float, prompts: float, limits: dict[str, float]) -> tuple[float, str]:
    """Seconds one decoding step of all streams takes at least, and what limits it.

    `context`: tokens in a stream's KV cache; `prompts`: prompt tokens for each token put out; `limits`: what
    each GPU can do, by the names of `gpu_limits.py`.
    """
    precision, streams = place.precision, place.streams
    weights = LAYER_WEIGHTS * WEIGHT_BYTES[precision] + OUTPUT_WEIGHTS * 2
    reading = (weights + streams * context * KV_BYTES) / limits["read_bytes_per_s"]
    tokens = streams + prompts * (streams - 1)  # a stream's own prompt is in its TTFT
    computing = (
        2 * LAYER_WEIGHTS * tokens / limits[RATE[precision]]
        + 2 * OUTPUT_WEIGHTS * streams / limits["bf16_flops"]
    )
    return max((reading / place.tp, "bandwidth"), (computing / place.tp, "compute"))


def shares() -> dict[Place, list[tuple[float, float, str]]]:
    """For each server start: floor in seconds, share of it reached, what limits."""
    found = defaultdict(list)
    for folder in sorted((FOLDER / "runs").iterdir()):
        report = json.loads((folder / "report.json").read_text())
        details = json.loads((folder / "manifest.json").read_text())["details"]
        place = where(report, details)
        whole = report["whole"]
        context = (whole["tokens_in"] + whole["tokens_out"] / 2) / whole["requests"]
        prompts = whole["tokens_in"] / whole["tokens_out"]
        least, limit = floor(place, context, prompts, limits_of(details))
        found[place].append((least, least / report["tpot"]["mean"], limit))
    return found


def where(report: dict[str, Any], details: dict[str, Any]) -> Place:
    """Where a run folder's point stands, by the command that measured it."""
    told = re.search(
        r"--isl (\d+) --osl (\d+) .*hardware=(\w+),.*?precision=(\w+),.*?,tp=(\d+)", details["command"]
    )
    assert told is not None, details["command"]
    isl, osl, hardware, precision, tp = told.groups()
    return Place(hardware, int(isl), int(osl), int(tp), precision, report["concurrency"])


def limits_of(details: dict[str, Any]) -> dict[str, float]:
    """What the GPUs that served could do at most, each and measured in the same session: of the slowest."""
    name = f"limits-{details['workload']['seed']}"
    of_several = re.search(r"nvml=([\d+]+)", details["command"])
    names = [f"{name}-gpu{gpu}" for gpu in of_several[1].split("+")] if of_several else [name]
    each = [json.loads((ROOT / f"data/hopper/{name}.json").read_text()) for name in names]
    return {key: min(one[key] for one in each) for key in ("read_bytes_per_s", *RATE.values())}


def tables() -> dict[tuple[str, int, int, int], str]:
    """(hardware, ISL, OSL, tensor parallelism) → its table."""
    found = defaultdict(
        lambda: [
            "| format | streams | floor, ms a step | limited by | share reached, % |",
            "|---|---|---|---|---|",
        ]
    )
    order = {name: place for place, name in enumerate(WEIGHT_BYTES)}
    for place, starts in sorted(shares().items(), key=lambda item: (order[item[0].precision], item[0])):
        floors = " · ".join(f"{1e3 * least:.2f}" for least, _, _ in starts)
        reached = " · ".join(f"{100 * share:.0f}" for _, share, _ in starts)
        found[place[:4]].append(
            f"| {place.precision.upper()} | {place.streams} | {floors} | {starts[0][2]} | {reached} |"
        )
    return {key: "\n".join(lines) for key, lines in sorted(found.items())}


if __name__ == "__main__":
    for (hardware, isl, osl, tp), table in tables().items():
        print(f"{hardware.upper()}, {isl}/{osl}, TP {tp}\n\n{table}\n")
