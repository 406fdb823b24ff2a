"""What a sweep is asked to be: one structure for the flags and for a YAML file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec

from isoline.errors import UsageError
from isoline.measure.sweep.goodput import Objectives


class SpecProblem(UsageError):
    """A value that cannot be; `path` is its key, so that file and line can be named."""

    def __init__(self, path: Sequence[str], message: str, suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message, suggestions)
        self.path = path


Positive = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Scalar = str | int | float | bool


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a spec file; every one is a flag, too. Times are seconds, lengths tokens."""

    url: str
    model: str
    isl: Count
    osl: Count
    concurrency: list[Count] | Count | str | None = None
    rate: list[Positive] | Positive | str | None = None
    arrivals: Literal["poisson", "constant", "gamma"] = "poisson"
    shape: Positive = 1.0
    endpoint: Literal["completions", "chat"] = "completions"
    lengths: Literal["fixed", "uniform", "lognormal"] = "fixed"
    requests: Count | None = None
    requests_per_stream: Count | None = None
    duration: Positive | None = None
    warmup_requests: Count = 8
    repeats: Count = 1
    seed: int = 0
    processes: Count | None = None
    ray: str | None = None
    hosts: Count | None = None
    timeout: Positive = 600.0
    cooldown: Annotated[float, msgspec.Meta(ge=0)] = 1.0
    recipe: dict[str, Scalar] = {}
    slo: Objectives = Objectives()
    dataset: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")] = "local"
    headers: dict[str, str] = {}
    api_key_env: str | None = None
    extra_body: dict[str, Any] = {}
    insecure: bool = False
    telemetry: list[str] = []
    ignore_eos: bool = True


EXAMPLE = """\
# isoline bench SPEC.yaml; every key is a flag, too, and a flag given beside the file wins.
url: http://127.0.0.1:8000
model: Qwen/Qwen3-8B            # as the server knows it
endpoint: completions           # completions: token ids, no tokenizer needed; or chat

isl: 1024                       # input tokens of a request
osl: 1024                       # output tokens
lengths: fixed                  # or uniform: [0.8 L, L], lognormal

concurrency: [1, 8, 64]         # streams kept busy; 1..64 doubles; auto finds them; or
# rate: [2.5, 5]                # requests a second, with
# arrivals: poisson             # poisson, constant or gamma

# Without either, a point goes on until its median TPOT is known within 2 %:
# requests: 640
# requests_per_stream: 10       # 80 requests at 8 streams, 640 at 64
# duration: 120

repeats: 3                      # of every point, in random order
seed: 0
# ray: auto                     # address of a Ray cluster: the load comes from
# hosts: 3                      # so many of its hosts

recipe:                         # what is served: its identity in the store
  hardware: h100
  precision: fp8
  engine: vllm
  engine_version: 0.22.1
  gpus: 1
  tp: 1

slo: {ttft: 2, tpot: 0.05}      # seconds; for goodput
dataset: local                  # where `isoline compare` finds the points
# api_key_env: OPENAI_API_KEY   # name of the variable; the key itself is never stored
# headers: {X-Team: speed}      # values are never stored
# telemetry: [nvml]             # power and clocks; also amdsmi, prometheus=http://host:9400/metrics
# extra_body: {min_p: 0.1}
timeout: 600
"""
