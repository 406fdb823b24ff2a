"""The fast path: API rows as they almost always are, decoded straight into typed columns.

msgspec checks every type while it decodes, metrics included, so only ranges are left to check.
A row that does not fit (text or null among the metrics, a wrong type) takes the general path,
which alone decides what is wrong with it.
"""

from operator import attrgetter

import msgspec

from isoline.store.importers.inferencex.recipes import COLUMNS


class PlainRow(msgspec.Struct, gc=False):
    """A row of `benchmarks` or `history`; columns that are not read here are ignored."""

    hardware: str
    framework: str
    model: str
    precision: str
    conc: int
    metrics: dict[str, float]
    spec_method: str | None = None
    disagg: bool | None = None
    is_multinode: bool | None = None
    prefill_tp: int | None = None
    prefill_ep: int | None = None
    prefill_dp_attention: bool | None = None
    prefill_num_workers: int | None = None
    decode_tp: int | None = None
    decode_ep: int | None = None
    decode_dp_attention: bool | None = None
    decode_num_workers: int | None = None
    num_prefill_gpu: int | None = None
    num_decode_gpu: int | None = None
    image: str | None = None
    offload_mode: str | None = None
    checkpoint: str | None = None
    benchmark_type: str | None = None
    isl: int | None = None
    osl: int | None = None
    date: str | None = None
    run_url: str | None = None
    run_started_at: str | None = None
    num_requests_successful: float | None = None
    workers: list[object] | None = None


DECODER = msgspec.json.Decoder(PlainRow)
configuration = attrgetter(*COLUMNS)
