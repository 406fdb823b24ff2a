"""Numbers as people write them: sensible digits, thousands separators, honest ratios."""

from __future__ import annotations

FIELDS = {"kv_format": "KV cache format", "spec_method": "speculative decoding"}
CAPITALS = {"gpus": "GPUs", "tp": "TP", "pp": "PP", "ep": "EP", "dp": "DP", "url": "URL"}
ABOUT_EQUAL = 0.01  # relative difference below which two values are called about equal


def amount(value: float, sign: str = "") -> str:
    """A figure of any metric in three significant digits: `8,680`, `46.6`, `$0.0371`. What is finer than
    that, runs do not repeat; JSON and CSV have all digits."""
    return f"{sign}{_rounded(value, _decimals(value))}"


throughput = seconds = amount


def usd(value: float) -> str:
    """$/M tokens: `$0.153`, `$12.4`."""
    return amount(value, "$")


def _decimals(value: float) -> int:
    """After the point, for three significant digits; below 0 from 1,000 on."""
    return 2 - int(f"{value:.2e}".partition("e")[2])


def _rounded(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}" if decimals >= 0 else f"{round(value, decimals):,.0f}"


def interactivity(value: float) -> str:
    """tok/s/user: whole numbers stay whole, others keep up to two decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


def times(ratio: float) -> str:
    """A ratio >= 1 as `3.1×`; two significant digits, more only from 100 on."""
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.1f}×" if ratio >= 1.1 else f"{ratio:.2f}×"


FEW = 3  # with fewer runs an interval says so


def counted(count: int, one: str, many: str = "") -> str:
    """`1 stream`, `1,024 streams`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def between(low: float, high: float) -> str:
    """An interval of a ratio: `1.21–1.34`."""
    return f"{_ratio(low, low, high)}–{_ratio(high, low, high)}"


def factor(ratio: float, low: float, high: float) -> str:
    """A ratio with the digits of its interval: `1.27×`."""
    return f"{_ratio(ratio, low, high)}×"


def _ratio(value: float, low: float, high: float) -> str:
    """Two decimals; three where two would not tell an end from 1 or from the other; fewer from 10 on."""
    close = high - low < 0.02 or min(abs(low - 1), abs(high - 1)) < 0.005
    return f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 3 if close else 2}f}"


def percent_between(low: float, high: float) -> str:
    """What `percent_less` says at both ends of an interval of larger / smaller: `17–26 %`."""
    shares = [100 * (1 - 1 / ratio) for ratio in (low, high)]
    digits = 0 if shares[1] - shares[0] >= 2 else 1
    return f"{shares[0]:.{digits}f}–{shares[1]:.{digits}f} %"


def bracketed(text: str, counts: tuple[int, ...]) -> str:
    """` [1.21–1.34]`, ` [0.61–2.70, 2 runs a side]` where runs are few."""
    return f" [{text}{few(counts)}]"


def few(counts: tuple[int, ...]) -> str:
    """`, 2 runs` where they are; a point measured once has the spread of others."""
    if min(counts) == 1:
        return ", measured once"
    return f", {runs(counts)}" if min(counts) < FEW else ""


def range_of(low: float, high: float, sign: str = "") -> str:
    """An interval of any metric, with the digits that tell its ends apart: `10,100–10,900`."""
    decimals, width = _decimals(max(abs(low), abs(high))), high - low
    while decimals < 4 and 0 < width < 2 * 10.0**-decimals:
        decimals += 1
    return f"{sign}{_rounded(low, decimals)}–{_rounded(high, decimals)}"


def runs(counts: tuple[int, ...]) -> str:
    """`3 runs`, of two sides `3 runs a side`, `3 and 2 runs`."""
    if len(counts) == 2 and counts[0] != counts[1]:
        return f"{counts[0]} and {counts[1]} runs"
    return f"{counts[0]} {'run' if counts[0] == 1 else 'runs'}{' a side' if len(counts) == 2 else ''}"


def percent_less(ratio: float) -> str:
    """How much less the smaller value is, from larger / smaller: 3.1 -> `68 %`; never above 100 %."""
    share = 100 * (1 - 1 / ratio)
    return f"{share:.0f} %" if share < 99 else f"{share:.1f} %"


def about_equal(a: float, b: float) -> bool:
    """Whether two positive values are within 1 % of each other."""
    return max(a, b) / min(a, b) - 1 <= ABOUT_EQUAL


def join(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def field(name: str) -> str:
    """What a recipe's field is called: `engine_version` -> `engine version`, `decode_tp` -> `decode TP`."""
    return FIELDS.get(name, " ".join(CAPITALS.get(word, word) for word in name.split("_")))


def capital(text: str | None) -> str:
    """With a capital first letter, unless a name begins it that is written otherwise (`vLLM`, `v0.9.2`);
    nothing of nothing.
    """
    if not text or text[1:2].isdigit() or text[1:2].isupper():
        return text or ""
    return text[0].upper() + text[1:]
