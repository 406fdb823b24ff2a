"""What can be shown of a point: metrics as a function of what was measured and of price and power.

Keys are those of the catalog's metrics. Every metric is read along the same frontier, that of total
throughput, so that one target always means one configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from isoline.analyse.metrics import cost_per_mtok, joules_per_token, tokens_per_s_per_mw
from isoline.domain.point import Point

THROUGHPUT = "throughput_per_gpu"
COST = "cost_per_mtok"
PER_MW = "tokens_per_s_per_mw"
OUTPUT_THROUGHPUT, INPUT_THROUGHPUT = "output_throughput_per_gpu", "input_throughput_per_gpu"
OUTPUT_COST, INPUT_COST = "cost_per_mtok_output", "cost_per_mtok_input"


@dataclass(frozen=True, slots=True)
class Rates:
    """What a GPU of one hardware costs ($/GPU-hour) and draws (all-in kW); `None` where unknown.

    `explicit_*` says that the user chose the value, so that it replaces a printed figure.
    """

    usd_per_gpu_hour: float | None
    kw_per_gpu: float | None
    explicit_price: bool = False
    explicit_power: bool = False


NO_RATES = Rates(None, None)
Read = Callable[[Point], float | None]
Convert = Callable[[float, Rates], float | None]


@dataclass(frozen=True, slots=True)
class Base:
    """What a point reports; `name` tells the splines of a line apart, `word` goes into labels."""

    name: str
    word: str
    read: Read


@dataclass(frozen=True, slots=True)
class Quantity:
    """A metric that a chart can show and a sentence can be about.

    `noun` completes "higher by 2× in …", or "… 50 % less …" after `verb` where less is better.
    `convert` is proportional to what was measured, at given rates, or `inverse` to it. `printed`
    is what published points state instead, unless the reader chose the rate it depends on. Metrics are
    over all GPUs; `role` names the only GPUs that one counts of disaggregated points, and `whole` is then
    the key of the same metric over all.
    """

    key: str
    group: str
    label: str
    unit: str
    noun: str
    base: Base
    convert: Convert
    verb: str = ""
    printed: Base | None = None
    kept: Callable[[Rates], bool] = lambda _: True
    sign: str = ""
    inverse: bool = False
    role: str = ""
    whole: str = ""

    @property
    def lower_is_better(self) -> bool:
        return bool(self.verb)

    @property
    def name(self) -> str:
        """`Output tokens per GPU`, `Cost per token`, `Board power`."""
        text = f"cost {self.noun}" if self.verb == "costs" else self.noun
        return text[0].upper() + text[1:]

    def states(self, point: Point, rates: Rates) -> bool:
        """Whether `point` prints this metric itself and its print stands."""
        return self.printed is not None and point.printed_cost is not None and self.kept(rates)

    def of(self, point: Point, rates: Rates) -> float | None:
        """Its value at one point, or `None` where the point does not say."""
        if self.printed is not None and self.states(point, rates):
            return self.printed.read(point)
        value = self.base.read(point)
        return None if value is None else self.convert(value, rates)


def _stored(key: str) -> Base:
    return Base(key, "", lambda point: point.metrics.get(key))


TOTAL = Base("total", "total", lambda p: p.throughput)
OUTPUT = Base("output", "output", attrgetter("output_throughput_per_gpu"))
INPUT = Base("input", "input", attrgetter("input_throughput_per_gpu"))
OUTPUT_PER_DECODE_GPU = Base("output per decode GPU", "output", attrgetter("output_throughput"))
INPUT_PER_PREFILL_GPU = Base("input per prefill GPU", "input", attrgetter("input_throughput"))
PRINTED_COST = Base("printed cost", "printed", lambda p: p.printed_cost)
PRINTED_PER_MW = Base("printed tokens per megawatt", "printed", lambda p: p.printed_tokens_per_mw)
CONCURRENCY = Base("concurrency", "", lambda p: p.concurrency)


def _itself(value: float, _: Rates) -> float:
    return value


def _cost(value: float, rates: Rates) -> float | None:
    return None if rates.usd_per_gpu_hour is None else cost_per_mtok(rates.usd_per_gpu_hour, value)


def _per_mw(value: float, rates: Rates) -> float | None:
    return None if rates.kw_per_gpu is None else tokens_per_s_per_mw(value, rates.kw_per_gpu)


def _joules(value: float, rates: Rates) -> float | None:
    return None if rates.kw_per_gpu is None else joules_per_token(rates.kw_per_gpu, value)


def _throughput(key: str, base: Base) -> Quantity:
    noun = "tokens per GPU" if base is TOTAL else f"{base.word} tokens per GPU"
    return Quantity(key, "Throughput", base.word.capitalize(), f"{base.word} tok/s/GPU", noun, base, _itself)


def _cost_of(key: str, base: Base) -> Quantity:
    kind = "" if base is TOTAL else f"{base.word} "
    return Quantity(
        key,
        "Cost",
        f"Per {base.word} token",
        f"$ per M {kind}tokens",
        f"per {kind}token",
        base,
        _cost,
        verb="costs",
        printed=PRINTED_COST if base is TOTAL else None,
        kept=lambda rates: not rates.explicit_price,
        sign="$",
        inverse=True,
    )


def _per_mw_of(key: str, base: Base) -> Quantity:
    kind = "" if base is TOTAL else f"{base.word} "
    return Quantity(
        key,
        "Per megawatt",
        base.word.capitalize(),
        f"{kind}tok/s per MW all-in",
        f"{kind}tokens per megawatt",
        base,
        _per_mw,
        printed=PRINTED_PER_MW if base is TOTAL else None,
        kept=lambda rates: not rates.explicit_power,
    )


def _joules_of(key: str, base: Base) -> Quantity:
    kind = "" if base is TOTAL else f"{base.word} "
    return Quantity(
        key,
        "Energy, provisioned",
        f"Per {base.word} token",
        f"J per {kind}token, all-in power",
        f"provisioned energy per {kind}token",
        base,
        _joules,
        verb="needs",
        inverse=True,
    )


def _throughput_of_role(key: str, base: Base, role: str, whole: str) -> Quantity:
    """The source's convention: over the GPUs of one role where disaggregated."""
    unit, noun = f"{base.word} tok/s/{role} GPU", f"{base.word} tokens per {role} GPU"
    label = f"{base.word.capitalize()}, per {role} GPU"
    return Quantity(key, "Throughput", label, unit, noun, base, _itself, role=role, whole=whole)


def _cost_of_role(key: str, base: Base, role: str, whole: str) -> Quantity:
    """What the GPUs of one role alone cost."""
    return Quantity(
        key,
        "Cost",
        f"Per {base.word} token, {role} GPUs",
        f"$ per M {base.word} tokens, {role} GPUs alone",
        f"per {base.word} token, {role} GPUs alone",
        base,
        _cost,
        verb="costs",
        sign="$",
        inverse=True,
        role=role,
        whole=whole,
    )


def _measured(key: str, label: str, unit: str, noun: str) -> Quantity:
    return Quantity(key, "Energy, measured", label, unit, noun, _stored(key), _itself, verb="needs")


_ALL = (
    _throughput(THROUGHPUT, TOTAL),
    _throughput(OUTPUT_THROUGHPUT, OUTPUT),
    _throughput(INPUT_THROUGHPUT, INPUT),
    _throughput_of_role(
        "output_throughput_per_decode_gpu", OUTPUT_PER_DECODE_GPU, "decode", OUTPUT_THROUGHPUT
    ),
    _throughput_of_role(
        "input_throughput_per_prefill_gpu", INPUT_PER_PREFILL_GPU, "prefill", INPUT_THROUGHPUT
    ),
    _cost_of(COST, TOTAL),
    _cost_of(OUTPUT_COST, OUTPUT),
    _cost_of(INPUT_COST, INPUT),
    _cost_of_role("cost_per_mtok_output_decode_gpus", OUTPUT_PER_DECODE_GPU, "decode", OUTPUT_COST),
    _cost_of_role("cost_per_mtok_input_prefill_gpus", INPUT_PER_PREFILL_GPU, "prefill", INPUT_COST),
    _per_mw_of("tokens_per_s_per_mw", TOTAL),
    _per_mw_of("output_tokens_per_s_per_mw", OUTPUT),
    _per_mw_of("input_tokens_per_s_per_mw", INPUT),
    _joules_of("provisioned_j_per_token", TOTAL),
    _joules_of("provisioned_j_per_output_token", OUTPUT),
    _joules_of("provisioned_j_per_input_token", INPUT),
    _measured("avg_power_w", "Board power", "W per GPU", "board power"),
    _measured("prefill_avg_power_w", "Board power, prefill", "W per prefill GPU", "prefill board power"),
    _measured("decode_avg_power_w", "Board power, decode", "W per decode GPU", "decode board power"),
    _measured("joules_per_total_token", "Per total token", "J per token, boards", "board energy per token"),
    _measured(
        "joules_per_output_token",
        "Per output token",
        "J per output token, boards",
        "board energy per output token",
    ),
    _measured(
        "joules_per_input_token",
        "Per input token",
        "J per input token, boards",
        "board energy per input token",
    ),
)
QUANTITIES: Mapping[str, Quantity] = {quantity.key: quantity for quantity in _ALL}
