"""Measures what one GPU can do at most: bytes read a second and dense matrix FLOP/s. Needs torch and a GPU.

Reading is measured with a reduction, not a copy: decoding reads weights and KV cache and writes next to
nothing. Prints JSON: {"gpu", "read_bytes_per_s", "bf16_flops", "fp8_flops", "power_limit_w"}.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import torch

READ_BYTES = 8 * 2**30
SIZE = 8192  # of the square matrices
REPEATS = 20


def best_seconds(work: Callable[[], object]) -> float:
    """The shortest of some runs, by the GPU's own clock."""
    for _ in range(3):
        work()
    seconds = []
    for _ in range(REPEATS):
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        work()
        end.record()
        torch.cuda.synchronize()
        seconds.append(start.elapsed_time(end) / 1e3)
    return min(seconds)


def read_bandwidth() -> float:
    data = torch.ones(READ_BYTES // 4, dtype=torch.float32, device="cuda")
    return READ_BYTES / best_seconds(lambda: data.sum())


def bf16_flops() -> float:
    a, b = (torch.randn(SIZE, SIZE, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    return 2 * SIZE**3 / best_seconds(lambda: a @ b)


def fp8_flops() -> float:
    a, b = (torch.randn(SIZE, SIZE, device="cuda").to(torch.float8_e4m3fn) for _ in range(2))
    one = torch.ones((), device="cuda")
    return (
        2
        * SIZE**3
        / best_seconds(lambda: torch._scaled_mm(a, b.t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16))
    )


def power_limit() -> float:
    asked = ["nvidia-smi", "--query-gpu=power.limit", "--format=csv,noheader,nounits"]
    return float(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()[0])


def main() -> None:
    found = {
        "gpu": torch.cuda.get_device_name(),
        "read_bytes_per_s": read_bandwidth(),
        "bf16_flops": bf16_flops(),
        "fp8_flops": fp8_flops(),
        "power_limit_w": power_limit(),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
