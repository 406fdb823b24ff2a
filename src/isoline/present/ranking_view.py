"""A ranking as rows of text: what the terminal and the page show; and as JSON and CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import msgspec
from msgspec.structs import asdict

from isoline.analyse.comparison import Neighbour, Reading
from isoline.analyse.quantities import QUANTITIES
from isoline.analyse.ranking import Ranked, Ranking, is_known
from isoline.analyse.words import between, factor, interactivity, range_of, times
from isoline.present.behind import NONE, facts
from isoline.present.csv_view import plain
from isoline.present.json_view import ratio_interval, reading_of
from isoline.present.table import LEGEND, Metric, cell, metric_of

FIRST = "1×"
UNITS = ("", "", "", " GPUs", "", " streams")  # of engine, drafting, serving, GPUs, parallelism, load
COLUMNS = (
    *("interactivity", "side", "status", "basis", "bound_interactivity", "concurrency", "series"),
    *("metric", "value", "low", "high", "runs", "by", "ratio", "ratio_low", "ratio_high", "behind"),
    *("model", "hardware", "precision", "sequence"),
    *("price_per_gpu_hour", "price_date", "kw_per_gpu", "datasets", "scope"),
)
EXPLAINED = ("dominated", "wide gap", "simulated", "outside")  # marks that the cells may have


@dataclass(frozen=True, slots=True)
class Line:
    """One configuration: a cell per speed, and what is said of it at the one that orders them.

    `share` of the largest value there, 0 to 1, for a bar; `ratio` to the first, `firm` if it is kept apart
    from it; `recipe` is what gave its reading.
    """

    label: str
    cells: tuple[str, ...]
    interval: str
    share: float
    known: bool
    ratio: str
    firm: bool
    recipe: str


def lines(ranking: Ranking) -> list[Line]:
    """In the ranking's order."""
    metric, place = metric_of(ranking.metric), ranking.place
    values = [row.readings[place].value or 0.0 for row in ranking.rows]
    most = max(values, default=0.0) or 1.0
    return [
        Line(
            label=row.label,
            cells=tuple(_cell(metric, reading) for reading in row.readings),
            interval=_interval(metric, row.readings[place]),
            share=value / most,
            known=is_known(row.readings[place]),
            ratio=_bound(ranking, row) + _ratio(row, first=i == 0 and is_known(row.readings[place])),
            firm=row.behind,
            recipe=recipe(row.readings[place]),
        )
        for i, (row, value) in enumerate(zip(ranking.rows, values, strict=True))
    ]


def title(ranking: Ranking) -> str:
    """`Qwen 3.5 397B-A17B: all configurations at the same speed per user`."""
    return f"{ranking.model_label}: all configurations at the same speed per user"


def unit(ranking: Ranking) -> str:
    """`total tok/s/GPU`, `$ per M tokens`: of the cells."""
    return metric_of(ranking.metric).unit


def conditions(ranking: Ranking) -> str:
    """Lengths, unit and prices in one line."""
    parts = [ranking.sequence or "", unit(ranking), *ranking.scope]
    own = [f"{key.upper()} ${ranking.price[key]:.2f} (your price)" for key in ranking.own_prices]
    if len(ranking.price) > len(own):
        dated = f" {ranking.price_date}" if ranking.price_date else ""
        parts.append(f"prices {ranking.tier}{dated}")
    parts += own
    return " · ".join(part for part in parts if part)


def legend(ranking: Ranking) -> list[str]:
    """What the marks mean, for those that occur."""
    readings = [reading for row in ranking.rows for reading in row.readings]
    told = [reading for reading in readings if reading.value is not None]
    used = {reading.status for reading in told} | {reading.basis for reading in told}
    used |= {"outside"} if len(told) < len(readings) else set()
    found = [LEGEND[name] for name in EXPLAINED if name in used]
    if any(row.interval for row in ranking.rows):
        found.append(LEGEND["interval"])
        found.append(
            "bold × that interval, of the two alone, keeps it apart from the first; of many intervals some "
            "miss by chance, and the first of many is a little lucky"
        )
    if any(row.ratio and not row.interval for row in ranking.rows):
        found.append("× without [ ]: not repeated on both sides, so how far it may be off is not known")
    return found


def recipe(reading: Reading) -> str:
    """`SGLang 0.5.12, MTP, 8 GPUs, TP8, 32 · 64 streams` of the points beside; what they share once."""
    near = [_parts(point) for point in reading.neighbours]
    told = [[text for text in dict.fromkeys(texts) if text] for texts in zip(*near, strict=True)]
    return ", ".join(
        f"{' · '.join(texts)}{unit if texts != ['1'] else unit.removesuffix('s')}"
        for texts, unit in zip(told, UNITS, strict=False)
        if texts
    )


def _parts(point: Neighbour) -> tuple[str, ...]:
    """Texts in the order of `UNITS`; empty where not told, or where it is as usual."""
    _, streams, engine, spec, serving, gpus, parallelism, *_ = (
        "" if fact == NONE else fact for fact in facts(point)
    )
    usual = ("without", "aggregated")
    return engine, *("" if text in usual else text for text in (spec, serving)), gpus, parallelism, streams


def _cell(metric: Metric, reading: Reading) -> str:
    """With how far a configuration reaches where it does not reach the speed."""
    text = cell(metric, reading)
    if reading.bound is not None and reading.status == "outside":
        word = "to" if reading.bound.edge == "last" else "from"
        return f"{text} ({word} {interactivity(float(f'{reading.bound.interactivity:.3g}'))})"
    return text


def _interval(metric: Metric, reading: Reading) -> str:
    found = reading.interval
    return range_of(found.low, found.high, metric.sign) if found else ""


def _ratio(row: Ranked, *, first: bool) -> str:
    if first:
        return FIRST
    if row.ratio is None:
        return ""
    if row.interval is None:
        return times(row.ratio) if row.ratio >= 1 else f"{row.ratio:.2g}×"
    low, high = row.interval.low, row.interval.high
    return f"{factor(row.ratio, low, high)} [{between(low, high)}]"


def _bound(ranking: Ranking, row: Ranked) -> str:
    """Whether the ratio is a bound: a configuration that is faster than asked gives at least its value."""
    if row.ratio is None:
        return ""
    first, own = ranking.rows[0].readings[ranking.place], row.readings[ranking.place]
    less = QUANTITIES[ranking.metric].lower_is_better
    if first.status == "dominated":
        return "≥ " if less else "≤ "
    return ("≤ " if less else "≥ ") if own.status == "dominated" else ""


def to_dict(ranking: Ranking) -> dict[str, object]:
    """The document, values unrounded."""
    document = asdict(ranking)
    document["unit"] = unit(ranking)
    document["sources"] = [asdict(source) for source in ranking.sources]
    document["rows"] = [
        {
            **{key: value for key, value in asdict(row).items() if key != "readings"},
            "interval": ratio_interval(row.interval),
            "readings": [
                {"interactivity": x, **reading_of(reading)}
                for x, reading in zip(ranking.targets, row.readings, strict=True)
            ],
        }
        for row in ranking.rows
    ]
    return document


def to_json(ranking: Ranking) -> str:
    """The document as indented text."""
    return msgspec.json.format(msgspec.json.encode(to_dict(ranking)), indent=2).decode()


def to_csv(ranking: Ranking) -> str:
    """A row per configuration and speed; ratios to the first stand at the speed that orders them."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    datasets = " ".join(source.dataset for source in ranking.sources)
    for row in ranking.rows:
        terms = (
            *(ranking.model, row.hardware, row.precision, ranking.sequence),
            *(ranking.price.get(row.hardware), ranking.price_date, ranking.power.get(row.hardware)),
            *(plain(datasets), plain("; ".join(ranking.scope))),
        )
        for x, reading in zip(ranking.targets, row.readings, strict=True):
            found, here = reading.interval, row if x == ranking.by else None
            ratio = here.interval if here else None
            rows.writerow(
                (
                    *(x, row.key, reading.status, reading.basis),
                    *(reading.bound.interactivity if reading.bound else None, reading.concurrency),
                    *(plain(reading.series or ""), ranking.metric, reading.value),
                    *((found.low, found.high, found.runs[0]) if found else (None, None, None)),
                    *(ranking.by, here.ratio if here else None),
                    *((ratio.low, ratio.high) if ratio else (None, None)),
                    *(int(here.behind) if here else None, *terms),
                )
            )
    return out.getvalue()
