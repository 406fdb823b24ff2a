"""What a sweep measures, in which order, and by what name it is known when it is resumed."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from isoline.errors import UsageError
from isoline.measure.fleet import THIS_HOST
from isoline.measure.loads import SMALLEST_ROUND, Load
from isoline.measure.member import Place
from isoline.measure.supply import Workload
from isoline.measure.sweep.explore import Explore
from isoline.measure.sweep.goodput import Objectives
from isoline.measure.target import Target
from isoline.measure.tokenizer import Tokenizer
from isoline.measure.workloads import Synthetic

LONGEST = 3_600.0  # seconds after which a point that may choose its own length ends


@dataclass(frozen=True, slots=True)
class Slot:
    """One measurement of a sweep: a load in one repeat."""

    name: str  # unique within the sweep: c8-r0 is concurrency 8, first repeat
    load: Load
    repeat: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A sweep. A load without `requests` and with LONGEST as `duration` ends when it has seen enough."""

    target: Target
    workload: Workload
    loads: tuple[Load, ...]
    repeats: int = 1
    explore: Explore | None = None  # finds the concurrencies; `loads` then holds one as a pattern
    seed: int = 0
    processes: int | None = None  # on each host
    place: Place = THIS_HOST  # where they run
    lengths: tuple[int | None, int | None] | None = None  # see `nominal`
    kind: str = "fixed"  # of its lengths, where those two do not say them
    tokenizer: Tokenizer | None = None  # counts answers whose server does not, or wrongly
    objectives: Objectives = field(default_factory=Objectives)
    cooldown: float = 1.0  # seconds between two points
    warmup_requests: int = SMALLEST_ROUND  # of a warm-up's round, at least
    hide: Callable[[str], str] = str  # takes secrets out of what servers say: some echo keys
    identity: Mapping[str, object] = field(default_factory=dict)  # what else makes a sweep another one

    def __post_init__(self) -> None:
        if self.repeats < 1:
            raise UsageError(f"repeats must be at least 1, not {self.repeats}")
        names = [load_name(load) for load in self.loads]
        if twice := {name for name in names if names.count(name) > 1}:
            raise UsageError(f"the load {sorted(twice)[0]} is given twice; repeats measure it more than once")

    def slots(self) -> list[Slot]:
        """Every measurement, shuffled within each repeat: drift of the server is no trend of the load."""
        order: list[Slot] = []
        for repeat in range(self.repeats):
            block = [self.slot(load, repeat) for load in self.loads]
            random.Random(f"order/{self.seed}/{repeat}").shuffle(block)
            order += block
        return order

    def slot(self, load: Load, repeat: int) -> Slot:
        """A load in one repeat, with arrivals of its own."""
        return Slot(f"{load_name(load)}-r{repeat}", replace(load, seed=self.seed + repeat), repeat)

    @property
    def nominal(self) -> tuple[int | None, int | None]:
        """Input and output tokens that the workload is known by; those of a list have to be given."""
        if self.lengths is not None:
            return self.lengths
        if isinstance(self.workload, Synthetic):
            return self.workload.isl, self.workload.osl
        return None, None

    def workload_of(self, slot: Slot) -> Workload:
        """The slot's prompts: lengths as in every repeat, tokens that no earlier slot has sent."""
        digest = hashlib.sha256(f"{self.workload.salt}/{slot.name}".encode()).digest()
        return replace(self.workload, salt=int.from_bytes(digest[:4], "little"))

    @property
    def id(self) -> str:
        """Hash of all that decides what is measured; secrets and waiting times are no part of it."""
        fields = {
            "url": self.target.url,
            "model": self.target.model,
            "endpoint": self.target.endpoint,
            "extra_body": self.target.extra_body,
            "ignore_eos": self.target.ignore_eos,
            "temperature": self.target.temperature,
            "workload": self.workload.id,
            "loads": self.loads,
            "repeats": self.repeats,
            "explore": self.explore,
            "seed": self.seed,
            "processes": self.processes,
            "objectives": self.objectives,
            **self.identity,
        }
        return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()[:12]


def load_name(load: Load) -> str:
    """`c8` for 8 streams, `q2.5` for 2.5 requests a second, `q1to5` for a ramp, `trace`."""
    if load.concurrency is not None:
        return f"c{load.concurrency}"
    if load.times is not None:
        return "trace"
    return f"q{load.rate:g}" + ("" if load.ramp_to is None else f"to{load.ramp_to:g}")


def chooses_its_length(load: Load) -> bool:
    """Whether the point goes on until it has seen enough."""
    return load.requests is None and load.duration == LONGEST
