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


class FileProblem(SpecProblem):
    """A file that a key names and that cannot be read as what it should be."""

    exit_code = 1


Positive = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]
Scalar = str | int | float | bool


class Adjusted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of an engine that is started, in the words of `launchers.settings.Settings`.

    `$NAME` in a text is a variable of the environment.
    """

    checkpoint: str | None = None
    tp: Count | None = None
    pp: Count | None = None
    dp: Count | None = None
    ep: Count | None = None
    dp_attention: bool | None = None
    quantization: str | None = None
    dtype: str | None = None
    kv_dtype: str | None = None
    max_length: Count | None = None
    max_batch: Count | None = None
    memory: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    spec_method: str | None = None
    spec_tokens: Count | None = None
    draft: str | None = None
    trust_remote_code: bool | None = None
    extra: list[str] = []
    environment: dict[str, str | int | float] = {}
    program: list[str] = []


class Engine(Adjusted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is started, and how long it may take until it serves (seconds)."""

    name: str
    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0  # 0: any free one
    start_timeout: Positive = 1800.0


class Choice(Adjusted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of an axis: settings that it changes, and what that makes of the recipe."""

    recipe: dict[str, Scalar] = {}


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a spec file; every one is a flag, too. Times are seconds, lengths tokens."""

    url: str | None = None
    engine: Engine | None = None
    matrix: dict[str, Any] = {}  # axes of settings; see bench.matrix
    model: str | None = None
    isl: Count | None = None
    osl: Count | None = None
    tokenizer: str | None = None
    prompts: str | None = None
    prompts_kind: Literal["text", "sharegpt", "trace"] | None = None
    prompts_count: Count = 1000
    speed: Positive = 1.0
    turns: Count | None = None
    first_isl: Count | None = None
    think: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    concurrency: list[Count] | Count | str | None = None
    rate: list[Positive] | Positive | str | None = None
    ramp_to: Positive | None = None
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
    silence: Positive = 60.0
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
# tokenizer: models/qwen3-8b    # folder with a tokenizer.json; counts where the server does not
# prompts: book.txt             # text or JSONL, ShareGPT, or a Mooncake trace; without rate and
# prompts_kind: text            # concurrency a trace is replayed, at
# speed: 2                      # twice its pace
# turns: 5                      # conversations; each turn adds isl tokens, the first has
# first_isl: 2048               # so many, and between two the user thinks for
# think: 10                     # seconds on average

concurrency: [1, 8, 64]         # streams kept busy; 1..64 doubles; auto finds them; or
# rate: [2.5, 5]                # requests a second, with
# ramp_to: 10                   # a linear change from one rate to this over duration, and
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

ENGINE_EXAMPLE = """\
# isoline bench SPEC.yaml: starts each configuration, measures it, stops it, compares what came out.
# Needs no GPU as it stands; replace the engine by vllm, sglang, trt, llama-cpp or transformers.
engine:
  name: simulated
  checkpoint: llama-3-1-8b on h100   # a name or path; of the simulated engine MODEL on HARDWARE
  max_batch: 128                     # settings of all configurations: docs/engines.md lists them
  extra: [--speed, "5"]              # flags in the engine's own words
  # environment: {HF_HUB_OFFLINE: 1, PYTHONPATH: $HOME/vllm}   # of the engine; $NAME is this one's
  # program: [python3, -m, vllm.entrypoints.cli.main, serve]   # instead of the engine's own
  # port: 8001                       # any free one unless said
  start_timeout: 120                 # seconds until it must serve

matrix:                              # every combination of its axes is a configuration
  precision:                         # an axis of named choices: settings, and what is so of the recipe
    bf16: {quantization: bf16, recipe: {precision: bf16}}
    fp8: {quantization: fp8, recipe: {precision: fp8}}
  tp: [1, 2]                         # an axis of one setting's values

# model: my-model                    # name that requests ask for; the checkpoint's unless said
isl: 256
osl: 64
concurrency: [4, 16]
requests_per_stream: 10
repeats: 3                           # each on a start of its own, configurations taking turns
recipe: {hardware: h100}             # true of every configuration
# telemetry: [nvml]                  # power; the engine's own metrics are read anyway
dataset: matrix
"""
