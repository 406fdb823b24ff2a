"""Per-worker power readings of a row: `[{role, worker_idx, num_gpus, avg_power_w, …}]`."""

from __future__ import annotations

from collections.abc import Mapping

from isoline.store.importers.inferencex.normalise import parse_int, parse_num

Worker = dict[str, object]
_OPTIONAL = ("avg_temp_c", "peak_temp_c", "avg_util_pct", "avg_mem_used_mb")


def extract_workers(value: object) -> list[Worker] | None:
    """The well-formed entries; nothing where there is none."""
    entries = value if isinstance(value, list) else []
    workers = [worker for worker in map(_worker, entries) if worker is not None]
    return workers or None


def worker_metrics(workers: list[Worker]) -> dict[str, float]:
    """One metric per worker and reading: `worker_prefill_0_avg_power_w`."""
    return {
        f"worker_{worker['role']}_{worker['worker_idx']}_{name}": float(value)
        for worker in workers
        for name, value in worker.items()
        if name != "worker_idx" and isinstance(value, int | float)
    }


def _worker(entry: object) -> Worker | None:
    if not isinstance(entry, Mapping) or not isinstance(role := entry.get("role"), str) or not role:
        return None
    index, gpus = parse_int(entry.get("worker_idx")), parse_int(entry.get("num_gpus"))
    power = parse_num(entry.get("avg_power_w"))
    if index is None or gpus is None or power is None:
        return None
    worker: Worker = {"role": role, "worker_idx": index, "num_gpus": gpus, "avg_power_w": power}
    hosts = entry.get("hosts")
    if isinstance(hosts, list) and all(isinstance(host, str) for host in hosts):
        worker["hosts"] = hosts
    for name in _OPTIONAL:
        reading = parse_num(entry.get(name))
        if reading is not None:
            worker[name] = reading
    return worker
